"""Answer questions about source code by rule: where something is defined, what it is worth, what a manifest names.

Each kind of question has a file of its own beside this one; they are asked in turn, the surest first. Limits:
questions are recognised by English words; what needs reading prose is left to the readers.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_changes import changes
from rao_cli.agent.compute.code_counts import counts, language
from rao_cli.agent.compute.code_defaults import default
from rao_cli.agent.compute.code_described import described
from rao_cli.agent.compute.code_exits import exits
from rao_cli.agent.compute.code_manifests import dependency_of, manifest
from rao_cli.agent.compute.code_options import option
from rao_cli.agent.compute.code_shapes import shape
from rao_cli.agent.compute.code_source import Repository
from rao_cli.agent.compute.code_tables import table_value
from rao_cli.agent.compute.code_uses import environment, uses
from rao_cli.agent.compute.code_values import described_value, named_value
from rao_cli.agent.compute.code_where import where
from rao_cli.agent.compute.code_written import written_value
from rao_cli.agent.question.model import Asked, Option
from rao_cli.agent.reading import Reading

_LEAD = re.compile(
    r"^\s*(?:in|for|about|regarding|within|considering) (?:the |this )?(?:project|repository|repo|package|library|"
    r"codebase|code base|program|source code of|sources of|code of|tool|crate|"
    r"module)?\s*[`'\"]?[\w./@+ -]{1,60}?[`'\"]?\s*[:,]\s+"
    r"(?=\S)",
    re.IGNORECASE,
)

_ANSWERS: tuple[Callable[[str, Repository], Computed | None], ...] = (
    counts,
    language,
    manifest,
    changes,
    uses,
    option,
    where,
    environment,
    named_value,
    exits,
    default,
    shape,
    table_value,
    described_value,
    written_value,
    described,
)


def solve_code(asked: Asked, reading: Reading) -> Computed | None:
    """Answer a question about a document's source code, or return None where no rule surely does."""
    if asked.kind in ("explain", "yes-no"):
        return None
    repository = Repository(reading)
    if not repository.has_code:
        return None
    question = _LEAD.sub("", asked.stem)
    found = (answer(question, repository) for answer in _ANSWERS)
    computed = next((one for one in found if one is not None), None)
    offered = asked.form.options
    return _chosen(offered, computed) or dependency_of(offered, question, repository) if offered else computed


def _chosen(options: Sequence[Option], computed: Computed | None) -> Computed | None:
    """Return the option that was computed, or None where it is none of them."""
    said = computed.answer.casefold() if computed else ""
    fits = [option.text for option in options if option.text.casefold() == said]
    return replace(computed, answer=fits[0]) if computed and len(fits) == 1 else None
