"""The kinds of facts: enough of them, each said and asked in several ways, and every question answerable."""

from itertools import pairwise

import pytest

from rao_cli.documents.model import Span
from rao_cli.training.environments.facts import Book, Fact, Template, chains, fact_kinds
from rao_cli.training.environments.invented import Value, chance_of, invent, near

KINDS = fact_kinds()


def kind(name):
    """Return a kind by its name."""
    return next(kind for kind in KINDS if kind.name == name)


def test_there_are_many_kinds():
    """There are more than seventy kinds, each with a name of its own."""
    assert len({kind.name for kind in KINDS}) == len(KINDS) > 70


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_is_said_and_asked_in_four_ways(kind):
    """Each kind has at least four statements, and at least four questions for each slot that is asked."""
    assert len(set(kind.says)) >= 4
    assert all(len(set(questions)) >= 4 for questions in kind.asks.values())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_question_can_be_answered(kind):
    """For each question some statements tell the answer and all that the question gives."""
    for slot, questions in kind.asks.items():
        assert all(len(kind.saying(slot, question)) >= 2 for question in questions), slot


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_question_tells_its_answer(kind):
    """A question does not name what it asks for, but it names something, not as its first word."""
    for slot, questions in kind.asks.items():
        assert all(question.source[0].isupper() for question in questions)
        assert all(slot not in question.slots and question.slots for question in questions)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_templates_use_known_slots(kind):
    """Templates name slots of their kind only, of sorts that can be invented."""
    written = [*kind.says]
    for templates in (*kind.asks.values(), *kind.phrases.values()):
        written += templates
    assert all(template.slots <= set(kind.slots) for template in written)
    assert all(invent(sort, chance_of(sort)).text for sort in kind.slots.values())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_phrases_give_the_subject_only(kind):
    """A noun phrase for a slot is made from the subject alone."""
    assert all(phrase.slots == {kind.subject} for phrases in kind.phrases.values() for phrase in phrases)


def test_filling_tells_the_places():
    """The place of a slot is that of its text, not of another form of it."""
    values = {"a": Value("x", "reads", {"ing": "reading"}), "b": Value("y", "files")}
    text, spans = Template("{a.ing} {b}: {a} {b}").fill(values)
    assert text == "reading files: reads files"
    assert spans == {"b": Span(8, 13), "a": Span(15, 20)}


@pytest.mark.parametrize(
    ("source", "written", "text"),
    [
        ("A {a} is here.", "eager node", "An eager node is here."),
        ("Is a {a} here?", "open node", "Is an open node here?"),
        ("A {a} is here.", "raw node", "A raw node is here."),
        ("Vitamin {a}", "a1", "Vitamin a1"),
        ("At {a}.", "2 p.m.", "At 2 p.m."),
        ("At {a}, too.", "2 p.m.", "At 2 p.m., too."),
    ],
)
def test_articles_and_full_stops_fit(source, written, text):
    """An article before a slot, and a full stop behind it, fit what is written there."""
    made, spans = Template(source).fill({"a": Value("x", written)})
    assert made == text
    assert made[spans["a"].start : spans["a"].end] == written


def test_facts_of_one_kind_share_nothing():
    """Two facts of a kind contradict each other if a single value is the same."""
    values = {"person": Value("person", "A"), "other": Value("person", "B")}
    one = Fact(kind("deputy"), values)
    assert one.contradicts(Fact(kind("deputy"), {**values, "person": Value("person", "C")}))
    assert not one.contradicts(
        Fact(kind("deputy"), {"person": Value("person", "C"), "other": Value("person", "D")})
    )


def test_a_topic_is_told_once_of_a_thing():
    """Two kinds of one topic contradict each other on the same thing only."""
    book = Book(chance_of(1))
    works = book.add(kind("works"))
    assert book.add(kind("pay"), {"person": works.subject}) is None
    assert book.add(kind("pay")) is not None


def test_many_facts_of_one_thing():
    """Of a kind of which several facts hold, only the same value twice is a contradiction."""
    book = Book(chance_of(1))
    first = book.add(kind("fleet"))
    second = book.add(kind("fleet"), {"company": first.subject})
    assert first.subject == second.subject
    assert not first.contradicts(second)
    assert second.contradicts(Fact(kind("fleet"), {**second.values, "company": Value("company", "A")}))


def test_only_many_when_asked():
    """Unless it is told to, a book says nothing more of a thing of which several facts hold."""
    book = Book(chance_of(1))
    subjects = [book.add(kind("visits")).subject for _ in range(40)]
    assert len(set(subjects)) == 40


def test_a_book_gives_up():
    """Where nothing new can be said, no fact is added."""
    book = Book(chance_of(2))
    fixed = {"person": Value("person", "A")}
    assert book.add(kind("birth"), fixed) is not None
    assert book.add(kind("birth"), fixed) is None
    assert len(book.facts) == 1


@pytest.mark.parametrize("length", [2, 3, 4])
def test_chains_fit(length):
    """In a chain, what one fact leads to is what the next is about; no kind comes twice."""
    found = chains(chance_of(length), length)
    for _ in range(100):
        chain = next(found)
        assert len({kind.name for kind, _ in chain}) == length
        assert all(kind.slots[slot] == after.slots[after.subject] for (kind, slot), (after, _) in pairwise(chain))


SORTS = sorted({sort for kind in KINDS for sort in kind.slots.values()})


@pytest.mark.parametrize("sort", SORTS)
def test_values_are_short(sort):
    """A value is one line of at most twelve words."""
    chance = chance_of(sort)
    values = [invent(sort, chance).text for _ in range(200)]
    assert all(0 < len(value.split()) <= 12 and "\n" not in value and value == value.strip() for value in values)


@pytest.mark.parametrize("sort", ["person", "town", "company", "code", "action", "option", "setting", "date"])
def test_values_hardly_repeat(sort):
    """Of a hundred invented values nearly all are different."""
    chance = chance_of(sort, 1)
    assert len({invent(sort, chance).text for _ in range(100)}) > 85


def test_near_values_share_a_word():
    """A value that is to be taken for another mostly shares a word with it, and is of the same sort."""
    chance = chance_of(3)
    pairs = [(one := invent("person", chance), near(one, chance)) for _ in range(50)]
    assert all(one.sort == other.sort for one, other in pairs)
    assert invent("machine", chance) != near(invent("machine", chance), chance)
