"""Choose by code among the options that a question offers, for a model that reads too poorly to do so.

The passages that search ranks best for the question, alone and with each option, are cut into sentences. An option
is worth the share of its own words, rare ones counting more, that stands in a window of a few sentences, times the
share of the question's words there; its best windows of several sizes count together. It is the sliding window
of Richardson, Burges and Renshaw (MCTest, EMNLP 2013, section 5.1) over what was found. Limits: it knows no
meaning; on questions about stories it does little better than chance (docs/experiments.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.finding.sentences import stretches, worths
from rao_cli.agent.finding.tokens import sentence_spans, tokens
from rao_cli.agent.question.model import Asked, Option
from rao_cli.agent.reading import Reading
from rao_cli.documents.model import Span

PASSAGES = 10
"""Passages read for the question and as many for each option."""
WINDOWS = (1, 6, 12)
"""Sentences that are looked at together."""
_BESIDE = 0.3
"""What an option's words are worth where no word of the question stands."""
_SAID = 0.6
"""Share of the question's words that must stand in one sentence with an option for it to be said there."""
_TRUST = 0.25
"""How far words that only stand near each other are trusted (docs/experiments.md)."""


@dataclass(frozen=True)
class Told:
    """A sentence near what search found: where it stands, and the stems of its content words."""

    span: Span
    stems: frozenset[str]


@dataclass(frozen=True)
class _Weighed:
    """What a window of sentences is worth to an option, where it begins, and whether it says the option."""

    worth: float
    span: Span
    said: bool


@dataclass(frozen=True)
class _Found:
    """What an option is worth, and the sentence that speaks for it most."""

    option: Option
    worth: float
    span: Span
    said: bool


def choose(asked: Asked, reading: Reading) -> Computed | None:
    """Return the option that the source speaks for most, with the sentences that do; None where nothing does.

    It is verified where one sentence holds all of its words and most of the question's, and no other option's.
    """
    options = asked.form.options
    runs = runs_around(asked, reading) if options and asked.form.shape != "yes-no" else []
    if not runs:
        return None
    own = _own_words(asked, options)
    worth = rarity_of(asked, reading)
    question = stems_of(asked.stem).difference(*own)
    found = [_weigh(option, words, question, runs, worth) for option, words in zip(options, own, strict=True)]
    best = max(found, key=lambda one: one.worth)
    if best.worth <= 0:
        return None
    verified = [one for one in found if one.said] == [best]
    return Computed(
        answer=best.option.key if asked.form.shape == "letter" else best.option.text,
        how=f"of {len(options)} options its words stand closest to the question's in the text",
        evidence=(best.span,),
        examined=tuple(sentence.span for run in runs for sentence in run),
        confidence=_sureness(best.worth / sum(one.worth for one in found), len(options), verified=verified),
        verified=verified,
    )


def _sureness(share: float, options: int, *, verified: bool) -> float:
    """Return how sure an option is by its share of all worth: little more than chance where nothing says it."""
    chance = 1 / options
    return share if verified else chance + _TRUST * max(0.0, share - chance)


def runs_around(asked: Asked, reading: Reading) -> list[list[Told]]:
    """Return the sentences around what search finds, those that follow each other together."""
    queries = [asked.stem, *(f"{asked.stem} {option.text}" for option in asked.form.options)]
    hits = [hit.span for query in queries for hit in reading.index.ranked(query, limit=PASSAGES)]
    read = (_sentences(reading.document.read(stretch), stretch.start) for stretch in stretches(reading, hits))
    return [run for run in read if run]


def _sentences(text: str, offset: int) -> list[Told]:
    return [
        Told(Span(offset + start, offset + end), frozenset(stems_of(text[start:end])))
        for start, end in sentence_spans(text)
    ]


def stems_of(text: str) -> set[str]:
    """Return the stems of a text's content words."""
    return {word.stem for word in tokens(text) if not word.stop and not word.stem.endswith("n't")}


def _own_words(asked: Asked, options: Sequence[Option]) -> list[set[str]]:
    """Return the stems of each option that neither the question's other words nor all options have."""
    stems = [stems_of(option.text) or {word.stem for word in tokens(option.text)} for option in options]
    shared = set.intersection(*stems)
    within = all(option.text in asked.stem for option in options)  # "Is it red or blue?"
    return [each - shared - (set() if within else stems_of(asked.stem)) for each in stems]


def rarity_of(asked: Asked, reading: Reading) -> dict[str, float]:
    """Return what each stem of a question and its options is worth: the rarer in the document, the more."""
    words = {
        word.stem: word.text
        for text in (asked.stem, *(option.text for option in asked.form.options))
        for word in tokens(text)
    }
    return worths(words, reading)


def _weigh(
    option: Option,
    own: set[str],
    question: set[str],
    runs: Sequence[Sequence[Told]],
    worth: Mapping[str, float],
) -> _Found:
    """Return what an option is worth: the sum of its best windows of each size."""

    def weigh(window: Sequence[Told]) -> _Weighed:
        held = frozenset().union(*(sentence.stems for sentence in window))
        said, asked = _share(own, held, worth), _share(question, held, worth)
        return _Weighed(said * (_BESIDE + asked), window[0].span, said >= 1.0 and asked >= _SAID)

    best = [
        max((weigh(run[at : at + size]) for run in runs for at in _starts(run, size)), key=lambda one: one.worth)
        for size in WINDOWS
    ]
    nearest = next((one for one in best if one.worth > 0), best[0])
    return _Found(option, sum(one.worth for one in best), nearest.span, best[0].said)


def _starts(run: Sequence[Told], size: int) -> range:
    """Return where windows of a size begin; a short run is one window."""
    return range(max(1, len(run) - size + 1))


def _share(words: set[str], held: frozenset[str], worth: Mapping[str, float]) -> float:
    """Return the share of words that is held, by what they are worth."""
    whole = sum(worth.get(word, 0.0) for word in words)
    return sum(worth.get(word, 0.0) for word in words & held) / whole if whole else 0.0
