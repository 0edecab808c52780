"""A finished run as people and programs read it: text, JSON, the summary line, and the exit code.

Everything here is made from the records of a run; nothing is written. Text is cleaned, and JSON escapes what a
terminal could act on, so that neither carries a control character out of a document or a model.
"""

import json
import math
import re
import textwrap
from collections.abc import Mapping
from typing import Any

from rao_cli.agent.records import Citation, Plan, Record, RunResult
from rao_cli.cli.words import counted
from rao_cli.errors import RaoError
from rao_cli.text import clean, one_line

_NOT_ASCII = re.compile("[^\x00-\x7e]")
_LIKE_CITATION = re.compile(r"^(?=\s*\[\d+\])", re.MULTILINE)
_KEY = re.compile(r"-[0-9a-f]{16}(?=\.gguf$)")
_PASSAGE_LINES = 12
_PASSAGE_WIDTH = 74  # with the indent it fits a terminal of 80 columns
_QUOTE = 240  # characters of a citation that are printed; --json has it whole


def exit_code(result: RunResult, *, fail_not_found: bool) -> int:
    """Return what the process ends with."""
    if result.limits_hit or result.status == "partial":
        return 5
    if result.status == "failed":
        return 1
    return 6 if result.status == "absent" and fail_not_found else 0


def answer_text(result: RunResult) -> str:
    """Return the answer with its citations, as it is printed.

    Under it stand how code found it, if it did, and other answers that the source backs nearly as well. A line of
    the answer that looks like a citation is quoted with ``>``: only checked places stand as citations.
    """
    answer = _LIKE_CITATION.sub("> ", clean(result.answer).strip())
    if not answer and result.limits_hit and (result.task == "summarize" or result.status == "failed"):
        return "No answer: a limit was reached first.\n"
    if result.status == "absent" or (not answer and result.status == "partial"):
        return "Not found in the sources.\n" if not result.limits_hit else "Not found in what was read.\n"
    if not answer:
        return ""
    lines = [answer if result.verified else f"unverified: {answer}"]
    lines += [f"({one_line(result.how)})"] if result.how else []
    lines += [f"or: {one_line(conflict)}" for conflict in result.conflicts]
    if result.citations:
        lines.append("")
        for number, one in enumerate(result.citations, 1):
            lines += [f"[{number}] {citation_text(one)}", *_passage(one.passage)]
    return "\n".join(lines) + "\n"


def data_text(result: RunResult) -> str:
    """Return the answer in the asked schema as a line of JSON: null where nothing was found, none on failure."""
    return _dump(result.data) + "\n" if result.data is not None or result.status == "absent" else ""


def _passage(text: str) -> list[str]:
    """Return a passage indented, long lines wrapped, in at most _PASSAGE_LINES lines."""
    lines = [part for line in clean(text).split("\n") for part in textwrap.wrap(line, _PASSAGE_WIDTH) or [""]]
    if len(lines) > _PASSAGE_LINES:
        lines = [*lines[: _PASSAGE_LINES - 1], "…"]
    return [f"    {line}".rstrip() for line in lines] if text else []


def citation_text(citation: Citation) -> str:
    """Return a citation as one line: the place, the quote, and whether code found the answer there."""
    quote = one_line(citation.quote, _QUOTE)
    place = one_line(citation.label) or one_line(citation.path)
    return f'{place}: "{quote}"' + ("" if citation.verified else " (unverified)")


def summary_line(result: RunResult) -> str:
    """Return one line on what the run read and cost."""
    coverage, usage = result.coverage, result.usage
    parts = [
        f"read {coverage.sections_read:,} of {counted(coverage.sections_total, 'section')}",
        f"code went through {coverage.sections_examined:,}" if coverage.sections_examined else "",
        counted(usage.agents, "agent"),
        f"depth {usage.depth}",
        f"{usage.tokens:,} tokens",
        f"{usage.seconds:.1f} s",
        f"strategy {strategy_text(result.strategy, result.fell_back)}"
        if result.strategy and not result.how
        else "",
        model_name(result.model),
    ]
    return ", ".join(part for part in parts if part)


def strategy_text(strategy: str, fell_back: str) -> str:
    """Return a strategy's name, and why it was left if it was."""
    name = one_line(strategy.partition(" ")[0], 40)
    return f"{name} left: {one_line(fell_back, 160)}" if fell_back else name


def model_name(identity: str) -> str:
    """Return what a person calls a model, without the key that converted weights have in their file's name."""
    return _KEY.sub("", one_line(identity.partition(":")[0]))


def cost_line(result: RunResult) -> str:
    """Return one line on where the tokens went, for ``--verbose``."""
    usage = result.usage
    return (
        f"{usage.prompt_tokens:,} prompt tokens ({usage.cached_tokens:,} cached), {usage.output_tokens:,} written"
        f", confidence {result.confidence:.2f}, run {one_line(result.run)}"
    )


def plan_text(plan: Plan) -> str:
    """Return a plan as it is printed."""
    rows = (
        ("sections", plan.sections),
        ("tokens", plan.tokens),
        ("calls", plan.calls),
        ("prompt tokens", plan.prompt_tokens),
        ("output tokens", plan.output_tokens),
        ("depth", plan.depth),
        ("window", plan.window),
        ("view tokens", plan.view_tokens),
    )
    return "".join(f"{name:14} {value:>12,}\n" for name, value in rows)


def to_json(record: Record) -> str:
    """Return a record as one line of valid JSON."""
    return _dump(record.model_dump(mode="json", by_alias=True))


def plan_line(plan: Plan) -> str:
    """Return a plan as one line, for ``--verbose``."""
    return (
        f"plan: {counted(plan.sections, 'section')}, at most {counted(plan.calls, 'call')} and"
        f" {plan.prompt_tokens:,} prompt tokens, depth {plan.depth}, window {plan.window:,}"
    )


def plan_json(plan: Plan) -> str:
    """Return a plan as one line of valid JSON."""
    return _dump({"schema": "rao.plan/1", **plan.model_dump(mode="json")})


def outline_json(outline: Mapping[str, Any]) -> str:
    """Return an outline as one line of valid JSON."""
    return _dump({"schema": "rao.outline/1", **outline})


def symbol_json(found: Mapping[str, Any]) -> str:
    """Return where a name is defined and used as one line of valid JSON."""
    return _dump({"schema": "rao.symbol/1", **found})


def bench_json(bench: str, figures: Mapping[str, Any]) -> str:
    """Return the figures of a benchmark as one line of valid JSON."""
    return _dump({"schema": f"rao.bench.{bench}/1", **figures})


def models_json(command: str, record: Mapping[str, Any]) -> str:
    """Return what a command about models found or did as one line of valid JSON."""
    return _dump({"schema": f"rao.models.{command}/1", **record})


def runs_json(command: str, record: Mapping[str, Any]) -> str:
    """Return what a command about runs found as one line of valid JSON."""
    return _dump({"schema": f"rao.runs.{command}/1", **record})


def strategies_json(command: str, record: Mapping[str, Any]) -> str:
    """Return what a command about strategies found or did as one line of valid JSON."""
    return _dump({"schema": f"rao.strategies.{command}/1", **record})


def doctor_json(record: Mapping[str, Any]) -> str:
    """Return what ``rao doctor`` found as one line of valid JSON."""
    return _dump({"schema": "rao.doctor/1", **record})


def error_json(error: RaoError) -> str:
    """Return an error as one line of valid JSON."""
    body = {"message": one_line(error.message), "hint": one_line(error.hint), "exit_code": error.exit_code}
    return _dump({"schema": "rao.error/1", "error": body})


def _dump(value: Any) -> str:
    text = json.dumps(_plain(value), ensure_ascii=False, allow_nan=False)
    return _NOT_ASCII.sub(_escape, text)


def _plain(value: Any) -> Any:
    """Return JSON data without what JSON cannot hold: half surrogate pairs, NaN and infinities."""
    if isinstance(value, dict):
        return {_plain(str(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if clean(character) == character:
        return character
    return json.dumps(character)[1:-1] if ord(character) > 0x7F else f"\\u{ord(character):04x}"
