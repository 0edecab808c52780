"""Find, check and record where an answer stands in the source. Code does this; a model's numbers only break ties.

A text supports an answer when it contains it word for word, or contains all its numbers, names and negations and
nearly all its other content words. Limits: a paraphrase that shares no words, and "yes" or "no", cannot be checked
this way and stay unverified; an answer that leaves out the text's own "not" passes when it is no quotation.
"""

import re
from collections.abc import Iterable, Sequence

from rao_cli.agent.records import Citation
from rao_cli.documents.model import Document, Section, Span
from rao_cli.text import one_line

ENOUGH_WORDS = 0.8
"""Share of an answer's content words that a supporting text must contain."""
FUZZY_RATIO = 90.0
"""Similarity, out of 100, at which a quote with small damage still counts as found."""
QUOTE_CHARACTERS = 240
NEAR_CHARACTERS = 1_000
"""How far from the cited text a name that the question gave may stand."""

_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_SIGN = r"(?:(?<!\w)[-−](?=\d))?"
_WORD = re.compile(rf"{_SIGN}\w+(?:[.,:/@'’-]\w+)*")
_NUMBER = re.compile(rf"{_SIGN}\d+(?:[.,:]\d+)*")
_NOT = frozenset({"not", "no", "never", "none", "nor", "neither", "without", "cannot", "nothing", "nobody"})
_STOP = frozenset(
    """
    a an and are as at be been but by can could did do does for from had has have he her his how i if in into is
    it its may no not of on or our over she should so such than that the their them then there these they this
    those to under up was we were what when where which who whom whose why will with would you your
    """.split()  # noqa: SIM905  a list of 90 quoted words is harder to read
)


def words(text: str) -> list[str]:
    """Return the lower-cased words of text; parts of a dotted or hyphenated name stay together."""
    return [word.lower() for word in _WORD.findall(text)]


def content_words(text: str) -> set[str]:
    """Return the words that carry meaning; all words when nothing else is there."""
    every = set(words(text))
    return (every - _STOP) or every


def supports(answer: str, text: str, question: str = "") -> bool:
    """Tell whether text holds what answer says; words that only repeat the question prove nothing."""
    return support(answer, text, question) >= 1.0


def support(answer: str, text: str, question: str = "") -> float:
    """Measure from 0 to 1 how far text backs answer; 1 is what counts as verified."""
    told, shown = words(answer), words(text)
    if not told or set(told) <= {"yes", "no", "true", "false"}:
        return 0.0
    if _contains_run(_unspaced(text), _unspaced(answer)):
        return 1.0
    held = set(shown)
    if not set(_NUMBER.findall(answer)) <= set(_NUMBER.findall(text)):
        return 0.0
    if not _indispensable(answer) - set(words(question)) <= held:
        return 0.0
    wanted = (content_words(answer) - content_words(question)) or content_words(answer)
    share = len(wanted & held) / len(wanted)
    if share >= ENOUGH_WORDS or _nearly_quoted(answer, text):
        return 1.0
    return share / ENOUGH_WORDS


def _indispensable(answer: str) -> set[str]:
    """Return the words that must not be missing: negations, and names, told by capitals or an underscore."""
    found = set()
    for match in _WORD.finditer(answer):
        word, before = match.group(), answer[max(0, match.start() - 4) : match.start()].rstrip()
        inside = bool(before) and before[-1] not in ".!?:;"
        negates = word.lower() in _NOT or word.endswith(("n't", "n’t"))
        named = "_" in word or (inside and word[0].isupper())
        if negates or (named and word.lower() not in _STOP):
            found.add(word.lower())
    return found


def _unspaced(text: str) -> list[str]:
    """Return words for comparing runs of them; what is written without spaces is cut into its characters."""
    return words(_IDEOGRAPH.sub(r" \g<0> ", text))


def _contains_run(haystack: Sequence[str], run: Sequence[str]) -> bool:
    return f" {' '.join(run)} " in f" {' '.join(haystack)} "


def _nearly_quoted(answer: str, text: str) -> bool:
    # Short answers resemble too much by chance; only a quote of some length may have damage.
    if not 24 <= len(answer) <= len(text):
        return False
    from rapidfuzz import fuzz  # only answers that are not found word for word need it

    return bool(fuzz.partial_ratio(answer.lower(), text.lower()) >= FUZZY_RATIO)


def align(
    document: Document,
    answer: str,
    question: str,
    entries: Sequence[Section],
    cited: Iterable[int],
    limit: int = 3,
) -> tuple[Citation, ...]:
    """Cite the entries that back an answer best; where several do, those that the model named come first.

    When none backs it fully, the best partial match is cited as not verified, so that a person can look.
    """
    named = frozenset(cited)
    scored = [
        (support(answer, document.read(entry.span), question), number in named, -number)
        for number, entry in enumerate(entries, start=1)
    ]
    best = sorted((row for row in scored if row[0] >= 1.0), key=lambda row: (row[1], row[2]), reverse=True)
    if not best:
        best = sorted((row for row in scored if row[0] > 0 or row[1]), reverse=True)[:1]
    chosen = [entries[-row[2] - 1] for row in best[: limit if len(named) > 1 else 1]]
    return tuple(
        cite(document, _narrow(document, entry.span, answer, question), answer, question) for entry in chosen
    )


def cite(document: Document, span: Span, answer: str, question: str = "") -> Citation:
    """Make the citation of a span, checked against the answer it stands for."""
    text = document.read(span)
    place = document.locate(span)
    return Citation(
        path=place.path.encode("utf-8", "replace").decode("utf-8"),  # a file's name need not be valid text
        start=span.start,
        end=span.end,
        first_page=place.first_page,
        last_page=place.last_page,
        page_label=place.page_label,
        first_line=place.first_line,
        last_line=place.last_line,
        unit=place.unit,
        heading=one_line(" › ".join(document.headings(span.start)), 200),
        quote=one_line(text, QUOTE_CHARACTERS),
        verified=supports(answer, text, question) and _on_topic(document, span, answer, question),
        label=one_line(str(place), 200),
    )


def _on_topic(document: Document, span: Span, answer: str, question: str) -> bool:
    """Tell whether the names that the answer repeats from the question stand near the cited text.

    Without this, "AUTO_PUSHD makes jobs run" would be verified by a passage on what makes jobs run.
    """
    names = _indispensable(answer) & set(words(question))
    around = Span(max(0, span.start - NEAR_CHARACTERS), span.end + NEAR_CHARACTERS)
    return names <= set(words(document.read(around)))


def recheck(document: Document, citation: Citation, answer: str, question: str = "") -> Citation:
    """Make the citation anew from its span: what a report claims about the source is never taken on trust."""
    end = max(0, min(citation.end, len(document)))
    return cite(document, Span(max(0, min(citation.start, end)), end), answer, question)


def _narrow(document: Document, span: Span, answer: str, question: str) -> Span:
    """Shrink a block to the run of its lines, as short as possible, that still backs the answer."""
    if not supports(answer, document.read(span), question):
        return span
    lines = _line_spans(document.read(span), span.start)
    shortest, first = len(lines), 0
    best = span
    for last, line in enumerate(lines):
        # More lines never back less, so the first line only moves on: linear in the number of lines.
        while first <= last and supports(answer, document.read(Span(lines[first].start, line.end)), question):
            if last - first + 1 < shortest:
                shortest, best = last - first + 1, Span(lines[first].start, line.end)
            first += 1
    return best


def most_telling(document: Document, span: Span, question: str) -> Span:
    """Return the rest of a passage from its line that shares most words with the question."""
    lines = _line_spans(document.read(span), span.start)
    wanted = content_words(question)
    shared = [len(wanted & content_words(document.read(line))) for line in lines]
    return Span(lines[shared.index(max(shared))].start, span.end) if lines else span


def telling_lines(document: Document, sentence: Span, answer: Span, question: str) -> Span:
    """Return the lines of a sentence from the first to the last that hold the answer or a word of the question."""
    wanted = content_words(question)
    lines = _line_spans(document.read(sentence), sentence.start)
    telling = [line for line in lines if line.overlaps(answer) or wanted & content_words(document.read(line))]
    return Span(telling[0].start, telling[-1].end) if telling else sentence


def _line_spans(text: str, offset: int) -> list[Span]:
    found = re.finditer(r"[^\n]*\n|[^\n]+", text)
    return [Span(offset + line.start(), offset + line.end()) for line in found if line.group().strip()]
