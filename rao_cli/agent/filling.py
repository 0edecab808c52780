"""Turn an answer into the JSON that a schema asks for: by code where that is sure, else by the model.

A number, a text, one of several choices, true or false, and a list of these are taken from the answer itself; so
are the only field of an object and the field named "answer". The other fields of an object are written by the
model, under a grammar, from the answer and the passages that it cites. The value is checked whoever wrote it; a
text or number of the model that the passages do not hold becomes null where the schema allows that, or is named.
"""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rao_cli.agent import prompts
from rao_cli.agent.cite import supports
from rao_cli.agent.combine import number_in
from rao_cli.agent.form import in_form, items_of, option_in, yes_or_no
from rao_cli.agent.passages import with_passages
from rao_cli.agent.question.model import Option
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.records import Report, Task
from rao_cli.agent.schema import Schema, fault, read_schema, schema_grammar
from rao_cli.documents.model import Document
from rao_cli.engine.base import Completion, Request
from rao_cli.errors import BudgetError
from rao_cli.text import one_line

OUTPUT_TOKENS = 400
"""Most tokens that the fields of an object are written with."""
_ANSWER = "answer"
_SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}

Write = Callable[[Request], Awaitable[Completion]]


@dataclass(frozen=True)
class Filled:
    """A JSON value, or in ``reason`` why there is none; ``unbacked`` are fields that the passages do not hold."""

    value: Any = None
    reason: str = ""
    unbacked: tuple[str, ...] = ()


async def in_schema(task: Task, report: Report, document: Document, write: Write) -> tuple[Report, Any]:
    """Return a task's report and its answer in the schema that the task asks for, if any.

    A report whose answer cannot be put into it has failed; the value is None then, and where nothing was found.
    """
    if not task.answer_schema or not report.answer:
        return report, None
    answer = in_form(report.answer, recognise(task.question))
    citations = with_passages(document, report.citations)
    shown = report.model_copy(update={"answer": answer, "citations": citations})
    try:
        found = await fill(read_schema(task.answer_schema), task.question, shown, write)
    except BudgetError as error:
        found = Filled(reason=f"a limit was reached before it was put into the schema: {error.message}")
    if found.reason:
        return report.model_copy(update={"status": "failed", "reason": found.reason}), None
    if found.unbacked:
        reason = f"the cited text does not say: {one_line(', '.join(found.unbacked), 200)}"
        report = report.model_copy(update={"status": "partial", "reason": reason})
    return report, found.value


async def fill(schema: Schema, question: str, report: Report, write: Write) -> Filled:
    """Return what the schema asks for of a report's answer; ``write`` asks the model."""
    if not report.answer:
        return Filled(reason="there is no answer to put into the form")
    found = by_code(schema, report.answer)
    if found.reason and "object" in schema.kinds:
        found = await _written(schema, question, report, write)
    wrong = found.reason or fault(schema, found.value)
    return Filled(reason=f"the answer does not fit the schema: {wrong}") if wrong else found


def by_code(schema: Schema, answer: str) -> Filled:
    """Return the value that an answer spells, or why it is none: nothing is guessed."""
    if schema.choices:
        return _chosen(schema, answer)
    tried = [_VALUES[kind](schema, answer) for kind in schema.kinds if kind in _VALUES]
    return next(
        (one for one in tried if not one.reason), tried[0] if tried else Filled(reason="it may only be null")
    )


def _chosen(schema: Schema, answer: str) -> Filled:
    options = tuple(Option(text=_spelled(choice)) for choice in schema.choices)
    option = option_in(answer, options)
    if option is None:
        return Filled(reason=f"{one_line(answer, 60)!r} names none of the choices, or several")
    return Filled(schema.choices[options.index(option)])


def _spelled(choice: Any) -> str:
    """Return a choice as people write it."""
    return choice if isinstance(choice, str) else json.dumps(choice)


def _text(schema: Schema, answer: str) -> Filled:
    fits = schema.least <= len(answer) <= schema.most
    return (
        Filled(answer) if fits else Filled(reason=f"a text of {len(answer)} characters is too long or too short")
    )


_INSIDE_NAME = re.compile(r"[^\d]*[A-Za-z_/\\][^\d]*\d")


def _number(schema: Schema, answer: str) -> Filled:
    told = next((word for word in answer.split() if any(map(str.isdigit, word))), "")
    # Digits inside a path or a name ("/talks-2013", "v2") are no number.
    number = None if _INSIDE_NAME.match(told) else number_in(answer)
    if number is None:
        return Filled(reason=f"{one_line(answer, 60)!r} holds no number")
    for word in answer.lower().split():
        number *= _SCALES.get(word.strip(".,;"), 1)
    if number == number.to_integral_value():
        return Filled(int(number))
    return Filled(float(number)) if "number" in schema.kinds else Filled(reason=f"{number} is no whole number")


def _boolean(_schema: Schema, answer: str) -> Filled:
    said = yes_or_no(answer)
    return Filled(said == "yes") if said else Filled(reason=f"{one_line(answer, 60)!r} says neither yes nor no")


def _array(schema: Schema, answer: str) -> Filled:
    made = [by_code(schema.items, item) for item in items_of(answer) or [answer]] if schema.items else []
    wrong = next((one.reason for one in made if one.reason), "")
    return Filled(reason=wrong) if wrong else Filled([one.value for one in made])


def _object(schema: Schema, answer: str) -> Filled:
    if len(schema.fields) != 1:
        return Filled(reason="an object of several fields is for the model to write")
    (name, inner), *_ = schema.fields.items()
    found = by_code(inner, answer)
    return found if found.reason else Filled({name: found.value})


_VALUES: dict[str, Callable[[Schema, str], Filled]] = {
    "string": _text,
    "integer": _number,
    "number": _number,
    "boolean": _boolean,
    "array": _array,
    "object": _object,
}


async def _written(schema: Schema, question: str, report: Report, write: Write) -> Filled:
    """Let the model write the fields of an object that are not sure."""
    known = by_code(schema.fields[_ANSWER], report.answer) if _ANSWER in schema.fields else Filled(reason="none")
    sure = {} if known.reason else {_ANSWER: known.value}
    rest = {name: inner for name, inner in schema.fields.items() if name not in sure}
    form = Schema(kinds=("object",), fields=rest)
    request = Request(
        prompts.form_messages(question, report, {name: inner.description for name, inner in rest.items()}),
        max_tokens=OUTPUT_TOKENS,
        grammar=schema_grammar(form),
    )
    try:
        made = json.loads((await write(request)).text)
    except (ValueError, RecursionError):
        return Filled(reason="the model did not finish it")
    if not isinstance(made, dict):
        return Filled(reason="the model wrote something else")
    passages = "\n".join(citation.passage or citation.quote for citation in report.citations)
    unbacked = [name for name in rest if name in made and not _backed(rest[name], made[name], passages)]
    nulled = {name: None for name in unbacked if "null" in rest[name].kinds}
    values = {**made, **nulled, **sure}
    kept = {name: values[name] for name in schema.fields if name in values}
    return Filled(kept, unbacked=tuple(name for name in unbacked if name not in nulled))


def _backed(schema: Schema, value: Any, passages: str) -> bool:
    """Tell whether passages hold a text or number; what is judged, such as a choice, they need not hold."""
    if isinstance(value, list) and schema.items is not None:
        return all(_backed(schema.items, item, passages) for item in value)
    if schema.choices or isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return True
    return supports(f"{value}", passages)
