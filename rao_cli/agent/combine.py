"""How a parent turns its children's reports into its own. All of it is code but ``merge``.

Reports are facts with a confidence. Duplicates are merged, numbers are added by Python, and a report that says
absent never outweighs one that was found and verified.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation, localcontext

from rao_cli.agent.cite import words
from rao_cli.agent.records import Citation, Combine, Report

UNVERIFIED_WEIGHT = 0.5
"""A report whose citation was not verified counts half of what it claims."""
CITATIONS_KEPT = 8
CONFLICTING = 0.8
"""Share of the best report's weight from which another answer is told beside it."""
CONFLICTS_KEPT = 3

LONGEST_NUMBER = 30
"""Digits beyond which a number is no quantity that anyone would add."""

_NUMBER = re.compile(r"(?:(?<!\w)[-−])?\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}(?:\.\d+)?")


def weight(report: Report) -> float:
    """Return how far a found report is to be believed, between 0 and 1."""
    return report.confidence * (1.0 if report.verified else UNVERIFIED_WEIGHT)


def combine(reports: Sequence[Report], how: Combine) -> Report:
    """Combine reports by rule. Absent when all are absent; failed when none found anything and some failed.

    ``merge`` is no rule: it joins the answers line by line, for a model to rewrite.
    """
    found = [report for report in reports if report.status in ("found", "partial") and report.answer]
    if not found:
        return _nothing(reports)
    return _RULES[how](found)


def _nothing(reports: Sequence[Report]) -> Report:
    failed = [report for report in reports if report.status == "failed"]
    if failed or not reports:
        return Report(status="failed", reason=failed[0].reason if failed else "no section was read")
    return Report(status="absent", confidence=max(report.confidence for report in reports))


def _best(found: Sequence[Report]) -> Report:
    """Return the report to be believed most, with all places that say the same, and what speaks against it."""
    best = max(found, key=lambda report: (report.status == "found", weight(report)))
    same = [report for report in found if same_answer(report, best)]
    citations = {(one.path, one.start, one.end): one for report in (best, *same) for one in report.citations}
    against = [report for report in found if _speaks_against(report, best)]
    conflicts = dict.fromkeys(other for report in (best, *against) for other in _alternatives(report, best))
    kept = tuple(citations.values())[:CITATIONS_KEPT]
    return best.model_copy(update={"citations": kept, "conflicts": tuple(conflicts)[:CONFLICTS_KEPT]})


def same_answer(report: Report, other: Report) -> bool:
    """Tell whether two reports say the same in the same words."""
    return bool(report.answer) and _key(report.answer) == _key(other.answer)


def _speaks_against(report: Report, best: Report) -> bool:
    """Tell whether a report with another answer is as good as verified and nearly as sure as the best."""
    mine, theirs = _key(best.answer), _key(report.answer)
    differs = mine not in theirs and theirs not in mine
    return differs and report.verified and weight(report) >= CONFLICTING * weight(best)


def _alternatives(report: Report, best: Report) -> tuple[str, ...]:
    if report is best:
        return best.conflicts
    place = next((one.label for one in report.citations if one.verified), "")
    return (f"{report.answer} ({place})", *report.conflicts)


def _vote(found: Sequence[Report]) -> Report:
    groups: dict[str, list[Report]] = defaultdict(list)
    for report in found:
        groups[_key(report.answer)].append(report)
    winners = max(groups.values(), key=lambda group: sum(weight(report) for report in group))
    return _joined(_best(winners).answer, winners)


def _list(found: Sequence[Report]) -> Report:
    items: dict[str, str] = {}
    for report in found:
        for item in re.split(r"[;\n]", report.answer):
            if item.strip():
                items.setdefault(_key(item), item.strip())
    return _joined("; ".join(items.values()), found)


def _merge(found: Sequence[Report]) -> Report:
    return _joined("\n".join(report.answer for report in found), found)


def _count(found: Sequence[Report]) -> Report:
    return _joined(str(len(found)), found)


def _numeric(
    choose: Callable[[list[Decimal]], Decimal], *, all_count: bool
) -> Callable[[Sequence[Report]], Report]:
    """Make a rule over the reports' numbers; the evidence is all reports, or those that hold the chosen one."""

    def rule(found: Sequence[Report]) -> Report:
        numbered = [(number, report) for report in found if (number := number_in(report.answer)) is not None]
        if not numbered:
            return Report(status="failed", reason="no report holds a number")
        value = choose([number for number, _ in numbered])
        holders = [report for number, report in numbered if all_count or number == value]
        return _joined(_plain(value), holders)

    return rule


def number_in(text: str) -> Decimal | None:
    """Return the first number of text, thousands separators removed; None without one."""
    match = _NUMBER.search(text)
    if match is None or len(match.group()) > LONGEST_NUMBER:
        return None
    digits = match.group().replace("−", "-")
    digits = digits.replace(",", "") if _GROUPED.fullmatch(digits) else digits.replace(",", ".")
    try:
        return Decimal(digits)
    except InvalidOperation:  # a version such as 1.2.3 is no number
        return None


def _plain(value: Decimal) -> str:
    """Write a number without an exponent or zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _total(numbers: list[Decimal]) -> Decimal:
    with localcontext(prec=2 * LONGEST_NUMBER + 20):  # enough for an exact sum
        return sum(numbers, Decimal(0))


_RULES: dict[Combine, Callable[[Sequence[Report]], Report]] = {
    "best": _best,
    "vote": _vote,
    "list": _list,
    "merge": _merge,
    "count": _count,
    "sum": _numeric(_total, all_count=True),
    "min": _numeric(min, all_count=False),
    "max": _numeric(max, all_count=False),
}


def _joined(answer: str, parts: Sequence[Report]) -> Report:
    citations: dict[tuple[int, int], Citation] = {}
    for report in parts:
        for citation in report.citations:
            citations.setdefault((citation.start, citation.end), citation)
    return Report(
        status="found" if all(report.status == "found" for report in parts) else "partial",
        answer=answer,
        citations=tuple(citations.values())[:CITATIONS_KEPT],
        confidence=sum(report.confidence for report in parts) / len(parts),
        conflicts=tuple(dict.fromkeys(one for report in parts for one in report.conflicts))[:CONFLICTS_KEPT],
    )


def _key(answer: str) -> str:
    return " ".join(words(answer)) or answer.strip()
