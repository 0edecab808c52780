"""Choosing: the length is kept, the best is told, the rest is named."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.summary.choose import SLACK, choose, shortened
from rao_cli.agent.summary.model import Statement
from rao_cli.agent.summary.sentences import count_words
from rao_cli.documents.model import Document, Span
from tests.agent.helpers import document
from tests.agent.summary.helpers import topic, written

TEN = "alpha{0} beta{0} gamma{0} delta{0} epsilon{0} zeta{0} eta{0} theta{0} iota{0} kappa{0}."


def ten(number):
    """Return a sentence of ten words that no other number has."""
    return TEN.format(number)


def headings(choice):
    """Return the headings of what is told."""
    return [told.topic.heading for told in choice.told]


def test_the_weightiest_is_told_first():
    """Where not everything fits, the topics that matter most are told, and the others named."""
    topics = [topic("Small", ten(1), weight=1.0), topic("Large", ten(2), at=9, weight=5.0)]
    choice = choose(topics, 16, "bullets")
    assert headings(choice) == ["Large"]
    assert choice.left_out == ("Small",)


def test_every_topic_before_a_second_statement():
    """Of topics that weigh the same, each is told once before any is told twice."""
    topics = [topic("A", ten(1), ten(2)), topic("B", ten(3), ten(4), at=9), topic("C", ten(5), ten(6), at=18)]
    choice = choose(topics, 42, "bullets")
    assert [len(told.statements) for told in choice.told] == [1, 1, 1]
    assert choice.left_out == ()


def test_the_lead_is_always_told():
    """What says what the whole is comes before anything that weighs more."""
    topics = [topic("Heavy", ten(1), weight=9.0), topic("Lead", ten(2), at=9, weight=0.1, lead=True)]
    assert headings(choose(topics, 15, "brief")) == ["Lead"]


def test_statements_stand_in_the_order_of_the_text():
    """What is told of a topic is put into the order in which it stands."""
    late, early = Statement(ten(1), (Span(8, 9),)), Statement(ten(2), (Span(2, 3),))
    found = choose([topic("A")], 60, "brief")
    assert found.told == ()
    whole = topic("A", weight=1.0)
    mixed = type(whole)("A", Span(0, 9), (late, early))
    assert choose([mixed], 60, "brief").told[0].statements == (early, late)


def test_what_code_found_keeps_its_order():
    """Statements that code made are told in the order in which it made them."""
    late = Statement(ten(1), (Span(8, 9),), computed=True)
    early = Statement(ten(2), (Span(2, 3),), computed=True)
    whole = type(topic("A"))("A", Span(0, 9), (late, early))
    assert choose([whole], 60, "brief").told[0].statements == (late, early)


def test_the_same_is_not_said_twice():
    """A statement that has the words of one already chosen is passed over."""
    again = "alpha1 beta1 gamma1 delta1 epsilon1 zeta1 eta1 theta1 iota1 lambda1."
    assert len(choose([topic("A", ten(1), again, ten(2))], 100, "brief").told[0].statements) == 2


def test_an_outline_goes_deeper_before_it_says_more():
    """Parts of a part are told below it, and only where it is told itself."""
    inner = (topic("A1", ten(3), at=1), topic("A2", ten(4), at=2))
    whole = topic("A", ten(1), ten(2), at=0, topics=inner)
    choice = choose([whole], 40, "outline")
    assert [(told.topic.heading, told.level) for told in choice.told] == [("A", 0), ("A1", 1), ("A2", 1)]
    assert [told.level for told in choose([whole], 40, "bullets").told] == [0]


def test_a_part_told_under_another_heading_is_not_left_out():
    """A part in which something told stands is not named as left out."""
    side = type(topic("x"))("Side", Span(0, 100), (Statement(ten(1), (Span(5, 6),)),), named=False)
    part = type(topic("x"))("Part", Span(0, 10), ())
    assert choose([side, part], 40, "bullets").left_out == ()


def test_many_names_become_runs():
    """Where naming everything would take too many words, neighbours are named by the first and the last."""
    topics = [topic(f"Part{n} of it", ten(n), at=9 * n) for n in range(200)]
    choice = choose(topics, 60, "bullets")
    assert any(name.endswith(" parts)") and " to Part" in name for name in choice.left_out)
    assert sum(count_words(name) for name in choice.left_out) <= 40


def test_a_sentence_that_is_too_long_is_shortened():
    """Where not even one statement fits, the best is cut."""
    choice = choose([topic("A", " ".join(f"word{n}" for n in range(50)) + ".")], 10, "brief")
    (told,) = choice.told
    assert told.statements[0].text.endswith(" …")
    assert told.statements[0].words <= 12


def test_shortening_keeps_what_is_short():
    """A statement within the words is not touched."""
    statement = Statement("A short one.", (Span(0, 1),))
    assert shortened(statement, 3) is statement


def test_nothing_to_tell_is_nothing():
    """Without topics nothing is told and nothing left out; topics without statements are named."""
    assert choose([], 10, "brief").told == ()
    assert choose([topic("Empty")], 10, "brief").left_out == ("Empty",)


SOURCE: Document = document("x" * 5000)
SENTENCES = st.lists(
    st.lists(
        st.sampled_from(["mill", "river", "Weber", "42", "built", "and", "old", "gate"]), min_size=1, max_size=40
    ),
    max_size=6,
)


@given(
    st.lists(st.tuples(SENTENCES, st.floats(0.1, 9)), max_size=30),
    st.integers(20, 400),
    st.sampled_from(["brief", "bullets", "outline"]),
)
def test_a_summary_is_never_too_long(topics, words, style):
    """Whatever there is to tell, at most a fifth more words than asked are written."""
    made = [
        topic(
            f"Part {n}", *(f"{' '.join(told)} {n} {m}." for m, told in enumerate(texts)), at=50 * n, weight=weight
        )
        for n, (texts, weight) in enumerate(topics)
    ]
    text, citations = written(SOURCE, made, words, style)
    assert len(text.split()) <= words * 1.2 + 1
    choice = choose(made, words, style)
    assert len(choice.told) + len(choice.left_out) <= len(made)
    assert bool(text) == bool(made)
    assert all(citation.end <= len(SOURCE) for citation in citations)
    assert SLACK < 1.2


def test_names_stand_in_the_order_of_the_text():
    """What is left out is named in the order of the text, whatever its weight."""
    topics = [topic("Late", at=90, weight=9.0), topic("Early", at=5, weight=1.0), topic("Told", ten(1), at=50)]
    assert choose(topics, 40, "bullets").left_out == ("Early", "Late")


def test_words_that_naming_did_not_take_are_used():
    """Where a run names many parts in few words, more is told with the words that are left."""
    silent = [topic(f"A part without any sentence {n}", at=100 + n) for n in range(60)]
    told = topic("Told", *(ten(n) for n in range(9)))
    (line,) = choose([told, *silent], 90, "bullets").told
    assert len(line.statements) >= 5
