"""What is asked of facts: single ones, chains, all of several; what is told beside; what is left out."""

from itertools import pairwise

import pytest

from rao_cli.training.environments.asked import (
    Asked,
    Asking,
    all_of,
    chain,
    distract,
    keep_absent,
    question_of,
    single,
    within,
)
from rao_cli.training.environments.facts import Book, Fact, Template, fact_kinds
from rao_cli.training.environments.invented import Value, chance_of, read_data

KINDS = {kind.name: kind for kind in fact_kinds()}


def value(sort, text):
    """Return a value."""
    return Value(sort, text)


def lives(who, where):
    """Return the fact that somebody lives somewhere."""
    values = {"person": value("person", who), "town": value("town", where), "year": value("year", "1901")}
    return Fact(KINDS["lives"], values)


def governs(where, who):
    """Return the fact that somebody is the mayor of a town."""
    values = {"town": value("town", where), "person": value("person", who), "year": value("year", "1902")}
    return Fact(KINDS["mayor"], values)


def book_with(*facts, seed=1):
    """Return a book of some facts."""
    book = Book(chance_of(seed))
    book.facts.extend(facts)
    return book


LIVES = Asking(0, "town", Template("Where does {person} live?"))
GOVERNS = Asking(1, "person", Template("Who governs {town}?"))
FACTS = [lives("Ada Bor", "Tarby"), governs("Tarby", "Cyril Dun")]


def wording(asked, facts=FACTS, number=60):
    """Return all wordings of a question, without words around it."""
    around = read_data("phrases.toml")["questions"]
    known = {one.format("").strip() for one in around}
    drawn = {question_of(facts, asked, chance_of("wording", seed)) for seed in range(number)}
    return {question for question in drawn if not any(word and word in question for word in known)}


@pytest.mark.parametrize("seed", range(20))
def test_a_single_question_has_one_fact(seed):
    """A single question asks for a slot of the one fact that was made, by a question of its kind."""
    book = Book(chance_of("single", seed))
    (asking,) = single(book)
    (fact,) = book.facts
    assert asking.number == 0
    assert not fact.kind.many
    assert asking.template in fact.kind.asks[asking.slot]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("length", [2, 3, 4])
def test_a_chain_hangs_together(seed, length):
    """Each fact of a chain is about the answer of the one before, and is asked by its subject alone."""
    book = Book(chance_of("chain", seed, length))
    askings = chain(book, length)
    facts = [book.facts[asking.number] for asking in askings]
    for asking, (fact, after) in zip(askings, pairwise(facts), strict=False):
        assert fact.values[asking.slot] == after.subject
    for asking, fact in zip(askings, facts, strict=True):
        assert asking.template.slots == {fact.kind.subject}


@pytest.mark.parametrize("seed", range(20))
def test_all_of_one_thing(seed):
    """A question for all asks the same slot of two to four facts on one thing."""
    book = Book(chance_of("all", seed))
    askings = all_of(book)
    assert 2 <= len(askings) == len(book.facts) <= 4
    assert len({fact.subject.text for fact in book.facts}) == 1
    assert len({(asking.slot, asking.template) for asking in askings}) == 1


def test_nothing_is_left_out_of_an_answered_question():
    """A question that the text answers lacks no fact."""
    assert Asked((LIVES, GOVERNS), True, None).omitted == frozenset()


@pytest.mark.parametrize(("missing", "omitted"), [(0, {0, 1}), (1, {1})])
def test_a_chain_breaks_off(missing, omitted):
    """Of a chain without an end, the facts from the missing one on are left out."""
    assert Asked((LIVES, GOVERNS), True, missing).omitted == omitted


def test_a_single_question_is_put_as_it_stands():
    """The question on one fact names its subject."""
    assert wording(Asked((LIVES,), False, None)) == {"Where does Ada Bor live?"}


def test_a_chain_is_put_by_its_first_thing():
    """In the question on a chain, each thing on the way is told by the fact that leads to it."""
    assert wording(Asked((LIVES, GOVERNS), True, None)) == {
        "Who governs the town where Ada Bor lives?",
        "Who governs the town to which Ada Bor moved?",
    }


def test_a_phrase_may_begin_a_question():
    """A noun phrase at the beginning of a question has a capital."""
    asked = Asked((LIVES, Asking(1, "person", Template("{town} is governed by whom?"))), True, None)
    assert {question[:9] for question in wording(asked)} == {"The town "}


def test_words_around_a_question():
    """Some questions have words around them; the question's first word then fits."""
    asked = Asked((LIVES,), False, None)
    drawn = {question_of(FACTS, asked, chance_of("around", seed)) for seed in range(300)}
    assert "According to the text, where does Ada Bor live?" in drawn
    assert "Question: Where does Ada Bor live?" in drawn


@pytest.mark.parametrize("missing", [None, 0])
def test_other_facts_are_told_beside(missing):
    """Facts of the same kind, and others on the same thing, come beside the asked one; nothing contradicts it."""
    kinds, subjects = set(), set()
    for seed in range(30):
        book = book_with(FACTS[0], seed=seed)
        distract(book, 900, Asked((LIVES,), False, missing))
        kinds |= {fact.kind.name for fact in book.facts[1:] if fact.kind is FACTS[0].kind}
        subjects |= {fact.kind.name for fact in book.facts[1:] if fact.subject.text == "Ada Bor"}
        assert not any(fact.contradicts(FACTS[0]) for fact in book.facts[1:])
    assert kinds == {"lives"}
    assert len(subjects) > 5
    assert "lives" not in subjects


def test_an_absent_fact_has_rivals():
    """Where the asked fact is left out, at least one of its kind is there to be taken for it."""
    for seed in range(30):
        book = book_with(FACTS[0], seed=seed)
        distract(book, 300, Asked((LIVES,), False, 0))
        assert any(fact.kind.name == "lives" for fact in book.facts[1:])


def test_a_longer_text_has_more_beside():
    """The more room there is, the more facts are told beside the asked one."""
    numbers = []
    for size in (150, 3000):
        made = [book_with(FACTS[0], seed=seed) for seed in range(20)]
        for book in made:
            distract(book, size, Asked((LIVES,), False, None))
        numbers.append(sum(len(book.facts) for book in made))
    assert numbers[1] > 2 * numbers[0]


def test_a_held_answer_is_exchanged():
    """If a text happens to hold the answer that it must lack, the left-out fact gets another."""
    book = book_with(FACTS[0])
    assert keep_absent(book, Asked((LIVES,), False, 0), "Somewhere near tarby there is a well.")
    assert book.facts[0].values["town"].text != "Tarby"
    assert book.facts[0].values["person"] == FACTS[0].values["person"]


def test_an_answer_that_is_not_held_stays():
    """If the text does not hold it, the answer of a left-out fact stays as it is."""
    book = book_with(FACTS[0])
    assert keep_absent(book, Asked((LIVES,), False, 0), "Somewhere near Tarbystead there is a well.")
    assert book.facts == [FACTS[0]]


def test_an_answered_question_keeps_its_answer():
    """Nothing is exchanged where nothing is left out."""
    book = book_with(*FACTS)
    assert keep_absent(book, Asked((LIVES, GOVERNS), True, None), "Tarby, Cyril Dun")
    assert book.facts == FACTS


def test_only_the_end_of_a_chain_counts():
    """Of a chain that breaks off, only its last answer must not be held."""
    book = book_with(*FACTS)
    assert keep_absent(book, Asked((LIVES, GOVERNS), True, 0), "Tarby")
    assert book.facts == FACTS


def test_a_text_that_holds_everything():
    """Where each answer that could be invented is held, the question is given up."""
    days = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
    values = {"person": value("person", "A B"), "town": value("town", "C"), "day": value("day", "Monday")}
    book = book_with(Fact(KINDS["seen"], values))
    asked = Asked((Asking(0, "day", Template("When was {person} last seen?")),), False, 0)
    assert not keep_absent(book, asked, days)
    assert keep_absent(book, asked, days.replace("Sunday", "")) or book.facts[0].values["day"].text == "Monday"


@pytest.mark.parametrize("text", ["a Tarby", "TARBY.", "(tarby)", "Tarby's"])
def test_words_within(text):
    """Whole words are found in any case."""
    assert within("Tarby", text)


@pytest.mark.parametrize("text", ["", "Tarbystead", "Starby", "Tar by"])
def test_words_not_within(text):
    """Parts of words are not found."""
    assert not within("Tarby", text)


@pytest.mark.parametrize("words", ["-f", "--no-cache", "v1.2", "$5", "(x", "C++"])
def test_signs_within(words):
    """Signs are found as they are written."""
    assert within(words, f"give {words} here")
    assert not within(words, "give nothing here")
