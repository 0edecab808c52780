"""Which sentences tell most of a part."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.summary.central import Ranker, rarity
from rao_cli.agent.summary.sentences import Sentence, sentences
from rao_cli.documents.model import Span


def best(text, title=""):
    """Return the sentence of a text that tells most."""
    found = sentences(text)
    return Ranker(found, rarity([found]), title).ranked()[0].text


def test_a_definition_tells_more_than_what_leans_on_it():
    """A sentence that says what something is comes before one that begins with It or For example."""
    leaning = "For example, the sails of boats are white. It is made of cloth as a rule."
    text = f"{leaning} A sail is a cloth that catches wind.\n"
    assert best(text).startswith("A sail is")


def test_what_a_section_says_of_itself_comes_first():
    """A sentence that begins with This chapter describes is not taken for one that leans on another."""
    text = "Wind moves the boats of the bay. This chapter describes the sails of boats. Boats are slow in fog.\n"
    assert best(text) == "This chapter describes the sails of boats."


def test_words_of_the_title_count():
    """A sentence that has the title's words tells more than it would under another title."""
    found = sentences("Cats sleep by the warm stove often. Ropes hold the boats of the bay.\n")
    under = {title: Ranker(found, {}, title).score(found[1].text) for title in ("Ropes", "Cats", "")}
    assert under["Ropes"] > under["Cats"] == under[""]


def test_orders_are_not_told_first():
    """A sentence that tells the reader to do something comes behind one that does not."""
    order = "Mend the sails with strong thread only."
    text = f"{order} The family likes to mend sails. Sails need strong thread always.\n"
    assert not best(text).startswith("Mend")


def test_what_is_said_often_is_central():
    """The sentence that shares most with the others comes first, not the odd one."""
    text = (
        "Nobody knows why the cat came here. The harbour of Nordby has steel boats. "
        "Steel boats of the harbour need paint. Paint for steel boats comes from Nordby.\n"
    )
    assert "steel boats" in best(text).lower()


def test_rare_words_weigh_more():
    """A word that few parts use weighs more than one that all of them use."""
    parts = [sentences("The harbour holds many old boats."), sentences("The harbour feeds many grey gulls.")]
    weights = rarity(parts)
    assert weights["gulls"] > weights["harbour"] > 0


def test_a_sentence_of_another_can_be_rated():
    """A sentence that a model wrote is rated on the same scale; one about nothing in the part is worth less."""
    found = sentences("A sail is a cloth that catches wind. Sails are sewn from strong cloth.\n")
    ranker = Ranker(found, rarity([found]))
    assert ranker.score("A sail is made from strong cloth.") > ranker.score("Nobody knows why cats sleep so long.")
    assert ranker.score(found[0].text) > ranker.score("Nobody knows why cats sleep so long.")


@given(st.lists(st.text(alphabet="abc dé中.", max_size=30), max_size=12))
def test_ranking_keeps_every_sentence(texts):
    """Ranking loses and adds nothing, whatever the sentences say, and is the same each time."""
    part = [Sentence(text, Span(n, n + 1)) for n, text in enumerate(texts)]
    ranker = Ranker(part, rarity([part]))
    order = ranker.ranked()
    assert sorted(order, key=lambda one: one.span) == part
    assert order == ranker.ranked()


def test_a_name_that_follows_to_is_no_verb():
    """A first word that only now and then follows "to" is not taken for an order."""
    more = "People write to doxo by mail. Doxo reads the text of doxo. Doxo is old and doxo is good."
    text = f"Doxo is a tool for manuals. {more}\n"
    assert best(text) == "Doxo is a tool for manuals."
