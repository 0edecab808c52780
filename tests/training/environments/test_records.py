"""Questions on records: the answers follow from the labels, ties are not asked, sheets say what they hold."""

import re
from collections import Counter
from datetime import date
from itertools import islice

import pytest

from rao_cli.documents.model import Span
from rao_cli.training.environments.invented import chance_of, read_data
from rao_cli.training.environments.record_sheets import Record, Scheme, Sheet, make_sheet, schemes
from rao_cli.training.environments.records import SOLVING, Given, Records

COLOURS = Scheme("a word", "Word", "colour", ("blue", "green", "red"), lambda label, chance: f"it is {label}")
ROWS = [
    ("red", 1, "10"),
    ("red", 2, "11"),
    ("blue", 3, "10"),
    ("red", 4, "10"),
    ("blue", 9, "12"),
    ("green", 9, "12"),
]
RECORDS = tuple(
    Record(
        date(2020, 5, day),
        user,
        label,
        Span(place, place + 1),
        {"date": Span(place, place), "user": Span(place, place)},
    )
    for place, (label, day, user) in enumerate(ROWS)
)
SHEET = Sheet("012345", COLOURS, COLOURS.labels, RECORDS, True, "{year}-{month:02}-{day:02}")


def ask(sort, label="red", other="blue", user="10", day=3):
    """Return the answers to a question on the six records, as one text, or None."""
    told = SOLVING[sort](SHEET, Given(label, other, user, date(2020, 5, day)))
    return told and " ".join(told.answers)


def episodes(seed, number=60, **settings):
    """Return episodes on short sheets."""
    return list(islice(Records(**{"smallest": 200, "largest": 900, **settings}).episodes(seed), number))


@pytest.mark.parametrize(
    ("sort", "given", "answer"),
    [
        ("count", {}, "3"),
        ("count", {"label": "green"}, "1"),
        ("count", {"label": "pink"}, None),
        ("count_user", {}, "3"),
        ("count_both", {}, "2"),
        ("count_before", {}, "2"),
        ("count_before", {"day": 1}, None),
        ("difference", {}, "1"),
        ("difference", {"label": "blue", "other": "red"}, None),
        ("most", {}, "red"),
        ("least", {}, "green"),
        ("most_user", {}, "red"),
        ("most_user", {"user": "12"}, None),
        ("top_user", {}, "10"),
        ("top_label_user", {}, "10"),
        ("top_label_user", {"label": "blue"}, None),
        ("compare", {}, "red"),
        ("compare", {"label": "green"}, "blue"),
        ("halves", {}, "before"),
        ("halves", {"day": 2}, "after"),
        ("halves", {"label": "blue", "day": 5}, None),
        ("earliest", {"label": "blue"}, "2020-05-03"),
        ("latest", {}, "2020-05-04"),
        ("earliest_user", {"user": "12"}, "2020-05-09"),
        ("who", {}, "10 11"),
        ("who", {"label": "pink"}, None),
    ],
)
def test_answers_are_computed(sort, given, answer):
    """Each sort of question is answered from the labels; ties and empty sets are not asked."""
    told = ask(sort, **given)
    assert (sorted(told.split()) if told else told) == (sorted(answer.split()) if answer else answer)


def test_every_sort_is_asked_in_four_ways():
    """Each sort of question has at least four phrasings."""
    asks = read_data("records.toml")["asks"]
    assert set(asks) == set(SOLVING)
    assert all(len(set(questions)) >= 4 for questions in asks.values())


@pytest.mark.parametrize("seed", range(5))
def test_counts_equal_the_evidence(seed):
    """A count is the number of its places; a date stands at its place."""
    for episode in episodes(seed, absent=0.0):
        assert episode.answers
        assert all(0 <= span.start < span.end <= len(episode.text) for span in episode.evidence)
        if re.match(r"(How many records|Count|How often)", episode.question):
            assert episode.answers == (str(len(episode.evidence)),)
        if re.search(r"\d{4}", episode.answers[0]) and "date" in episode.question:
            assert {episode.text[span.start : span.end] for span in episode.evidence} == {episode.answers[0]}


@pytest.mark.parametrize("seed", range(5))
def test_absent_users_are_nowhere(seed):
    """A question without an answer is on a user whom the text does not name."""
    for episode in episodes(seed, 20, absent=1.0):
        user = re.search(r"\d{5}", episode.question)[0]
        assert user not in episode.text
        assert episode.absent
        assert not episode.evidence


def test_same_seed_same_episodes():
    """A seed determines the episodes."""
    assert episodes(4) == episodes(4)


def test_different_seeds_differ():
    """Two seeds have no text in common."""
    assert not {episode.text for episode in episodes(1)} & {episode.text for episode in episodes(2)}


def test_sheets_are_those_of_the_episodes():
    """The labelled sheets of a seed have the texts of its episodes, in their order."""
    texts = dict.fromkeys(episode.text for episode in episodes(3))
    sheets = Records(smallest=200, largest=900).sheets(3)
    assert [sheet.text for sheet in islice(sheets, len(texts))] == list(texts)


@pytest.mark.parametrize("explicit", [True, False])
@pytest.mark.parametrize("scheme", schemes(), ids=lambda scheme: scheme.short)
def test_a_sheet_says_what_it_holds(scheme, explicit):
    """Each record stands where the sheet says, with its user and date, and its label if that is written."""
    sheet = make_sheet(scheme, explicit, 2000, chance_of(scheme.noun))
    for record in sheet.records:
        assert sheet.text[record.places["user"].start : record.places["user"].end] == record.user
        assert sheet.text[record.places["date"].start : record.places["date"].end] == sheet.written(record.day)
        assert record.whole.contains(record.places["text"])
        assert ("label" in record.places) == explicit
    assert all(label in sheet.text.split("\n\n")[0] for label in sheet.labels)


@pytest.mark.parametrize("scheme", schemes(), ids=lambda scheme: scheme.short)
def test_labels_have_their_own_sentences(scheme):
    """No text is made for two labels of a scheme."""
    chance = chance_of("labels", scheme.noun)
    made = Counter(text for label in scheme.labels for text in {scheme.make(label, chance) for _ in range(60)})
    assert max(made.values()) == 1


def test_given_texts_are_used():
    """Texts that the caller has by label make about half of the sheets."""
    texts = {"oak": ["An oak text."], "elm": ["An elm text."], "ash": ["An ash text."]}
    made = episodes(2, 200, texts=texts, called="tree")
    share = sum("text." in episode.text and "tree" in episode.text for episode in made) / 200
    assert 0.3 < share < 0.7


def test_shares_are_kept():
    """About the wanted shares of the questions have no answer, and of the sheets their labels written."""
    made = episodes(6, 300, absent=0.2)
    assert 0.13 < sum(episode.absent for episode in made) / 300 < 0.27
    sheets = list(islice(Records(smallest=200, largest=300, explicit=0.4).sheets(6), 150))
    assert 0.3 < sum(sheet.explicit for sheet in sheets) / 150 < 0.5


@pytest.mark.parametrize("size", [300, 1500])
def test_sizes_are_kept(size):
    """Sheets have about the wanted size."""
    lengths = [len(episode.text) / 4 for episode in episodes(1, 20, smallest=size, largest=size)]
    assert 0.8 * size < sum(lengths) / 20 < 1.4 * size


@pytest.mark.parametrize(
    ("dated", "text"),
    [("{short} {day:02}, {year}", "May 07, 2020"), ("{day} {long} {year}", "7 May 2020"), ("{year}", "2020")],
)
def test_dates_are_written_as_in_the_sheet(dated, text):
    """A sheet writes all its dates in its own way."""
    sheet = Sheet("", COLOURS, COLOURS.labels, (), True, dated)
    assert sheet.written(date(2020, 5, 7)) == text


def test_implied_labels_are_not_beside_the_text():
    """In a sheet whose labels are implied, no record has its label as a field."""
    for sheet in islice(Records(smallest=300, largest=500, explicit=0.0).sheets(2), 30):
        assert not sheet.explicit
        assert all("label" not in record.places for record in sheet.records)


def test_several_sorts_are_asked():
    """Counts, names, dates and lists are asked for."""
    made = episodes(9, 300, absent=0.0)
    assert any(episode.every for episode in made)
    assert any(episode.answers[0] in ("before", "after") for episode in made)
    assert any(episode.answers[0].isdigit() and int(episode.answers[0]) < 100 for episode in made)
    assert any(re.fullmatch(r"\d{5}", episode.answers[0]) for episode in made)
    assert any(re.search(r"[12]\d{3}", episode.answers[0]) for episode in made)
