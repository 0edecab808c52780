"""Leave out of a trace's lines whatever a document, a user or a model wrote, and keep how the run went.

A list says which fields are kept, and a field that nobody listed is left out, so a new one is safe before anybody
thought of it. Lists keep their length and records their shape; what is left out is null. What could be undone is
left out too: the numbers of tokens, which spell the text, and digests of short texts, which can be guessed.
"""

from typing import Any, TypeVar

from rao_cli.runs import trace_records as records
from rao_cli.runs.trace_records import Line

T = TypeVar("T", bound=Line)

KEPT: dict[type[Line], frozenset[str]] = {
    records.Asked: frozenset({"kind", "words", "style", "passages", "thorough"}),
    records.Source: frozenset({"digest", "sections", "tokens"}),
    records.Model: frozenset({"digest"}),
    records.Header: frozenset({"type", "schema_", "redacted", "run", "version", "started", "window"}),
    records.Cost: frozenset(
        {"prompt_tokens", "cached_tokens", "output_tokens", "agents", "depth", "seconds"},
    ),
    records.Given: frozenset({"sections", "returns"}),
    records.Agent: frozenset({"type", "at", "agent", "parent", "depth", "view", "spans"}),
    records.Progress: frozenset({"type", "at", "agent", "phase", "done", "total"}),
    records.Turn: frozenset({"role"}),
    records.Chance: frozenset({"temperature", "top_p", "min_p", "seed"}),
    records.Written: frozenset({"logprob"}),
    records.Call: frozenset(
        {"type", "at", "agent", "number", "started", "writing", "max_tokens", "finish"}
        | {"prompt_tokens", "cached_tokens", "output_tokens"}
    ),
    records.Acted: frozenset({"type", "at", "agent", "step", "by", "kind", "cite", "scope", "read"}),
    records.Child: frozenset({"agent", "sections"}),
    records.Decomposition: frozenset(
        {"type", "at", "agent", "step", "by", "combine", "returns", "entries", "refused"}
    ),
    records.Heard: frozenset({"agent", "status", "confidence", "verified"}),
    records.Aggregation: frozenset({"type", "at", "agent", "step", "combine"}),
    records.Evidence: frozenset(
        {"start", "end", "first_page", "last_page", "first_line", "last_line", "unit", "verified", "found_by"}
    ),
    records.Reported: frozenset(
        {"type", "at", "agent", "children", "status", "interrupted", "confidence", "verified"}
    ),
    records.Refused: frozenset({"type", "at", "agent", "limit"}),
    records.Reach: frozenset(
        {"sections_read", "sections_total", "tokens_read", "tokens_total", "sections_examined", "skipped"}
    ),
    records.Result: frozenset({"type", "at", "status", "verified", "confidence", "limits_hit"}),
}
"""The fields of each record that are kept; those that are records themselves are gone through in any case."""


def redacted(line: T) -> T:
    """Return a line without what anybody wrote."""
    kept = KEPT.get(type(line), frozenset())
    return type(line)(**{name: _value(value, kept=name in kept) for name, value in line})


def _value(value: object, *, kept: bool) -> Any:
    if isinstance(value, Line):
        return redacted(value)
    if isinstance(value, tuple):
        return tuple(_value(inner, kept=kept) for inner in value)
    return value if kept else None
