"""Topics of text: every part, its best sentences, in bounded time."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.summary.parts import main_parts
from rao_cli.agent.summary.prose import EXCERPT, excerpts, prose_topics
from rao_cli.agent.summary.survey import survey
from rao_cli.documents.model import Span
from tests.agent.helpers import document, filler, paged
from tests.agent.summary.helpers import BOATS, told
from tests.documents.reading import document_of, text_document


def topics(text, name="boats.md", words=60):
    """Return the topics of a text that is read as a file of that name."""
    return survey(document_of(text.encode(), name), words)


def test_each_part_is_told_by_its_best_sentence():
    """The first statement of each part says what it is."""
    assert [topic.statements[0].text for topic in topics(BOATS)] == [
        "A hull is the watertight body of a boat.",
        "A sail is a piece of cloth that catches the wind.",
        "An anchor is a heavy device that holds a boat in place.",
    ]


def test_statements_are_the_text_itself():
    """What is told of text stands in it word for word, where it says so."""
    source = document_of(BOATS.encode(), "boats.md")
    for topic in survey(source, 60):
        for statement in topic.statements:
            (span,) = statement.spans
            assert topic.span.contains(span)
            assert " ".join(source.read(span).split()) == statement.text


def test_the_lead_is_the_first_that_matters():
    """A short imprint before the first chapter is not what the whole is told by."""
    text = f"# Imprint and licence\n\nPrinted in Nordby by the family press.\n\n{BOATS}"
    assert [topic.heading for topic in topics(text) if topic.lead] == ["Hulls"]


def test_asides_weigh_less():
    """Indexes, references and licences weigh less than introductions of the same length."""
    body = filler(12)
    found = topics(f"# Introduction\n\n{body}\n# Wheels\n\n{body}\n# References\n\n{body}")
    weights = {topic.heading: topic.weight for topic in found}
    assert weights["Introduction"] > weights["Wheels"] > weights["References"]


def test_a_part_without_sentences_is_told_by_its_beginning():
    """Where nothing is a sentence, the first words stand for the part, and weigh little."""
    table = "\n".join(f"| {n} | {n * n} |" for n in range(80))
    whole, numbers = topics(f"{filler(9)}\n# Numbers\n\n{table}\n# More\n\n{filler(40)}")[:2]
    assert whole.statements
    assert numbers.statements[0].text.startswith("# Numbers")
    assert numbers.statements[0].text.endswith(" …")


def test_parts_of_parts_are_kept_for_outlines():
    """A chapter's sections are topics of their own below it, and their best sentences are offered for it."""
    text = f"# Boats\n\n{BOATS.replace('# ', '## ')}\n# Birds\n\nA gull is a bird that lives by the sea.\n"
    boats, birds = topics(text)
    assert [inner.heading for inner in boats.topics] == ["Hulls", "Sails", "Anchors"]
    assert {inner.statements[0].text for inner in boats.topics} <= {one.text for one in boats.statements[:4]}
    assert birds.topics == ()


def test_long_parts_are_looked_at_in_excerpts():
    """Of a part that is too long, pieces from its beginning to its end are looked at."""
    found = excerpts(Span(100, 1_000_100), 3 * EXCERPT)
    assert len(found) == 3
    assert found[0].start == 100
    assert all(len(span) == EXCERPT for span in found)
    assert found[-1].start > 600_000


@given(st.integers(0, 10**7), st.integers(1, 10**6))
def test_excerpts_stay_inside(length, most):
    """Excerpts lie in the span in order, and are together not much longer than asked."""
    span = Span(7, 7 + length)
    found = excerpts(span, most)
    assert all(span.contains(one) for one in found)
    assert found == sorted(found)
    assert sum(map(len, found)) <= max(most, EXCERPT)


def test_no_text_is_no_topic():
    """An empty text has nothing to tell; white space has no statement."""
    assert survey(text_document(""), 60) == ()
    assert "[" not in told(text_document(" \n \n"))


def test_one_line_is_told():
    """A text too short for any rule is told as it is."""
    assert told(document("hello\n"), 20) == "- hello. [1]"


def test_pages_are_named():
    """Parts of a paged text are named by their pages."""
    source = paged([f"The mill number {n} stands by the river. " * 40 for n in range(9)])
    assert "pp. " in told(source, 20)


def test_another_language_is_told():
    """Text in another script is divided and told as well."""
    beijing = "# 北京\n\n北京是中华人民共和国的首都和政治中心。北京有很多古老的建筑。\n"
    text = f"{beijing}\n# 上海\n\n上海是中国最大的城市之一和经济中心。\n"
    assert "首都" in told(document_of(text.encode(), "cities.md"), 60)


@given(st.text(alphabet=st.sampled_from("ab #\n.é中A1[]"), max_size=2000), st.integers(5, 200))
def test_any_text_can_be_told(text, words):
    """Whatever the text, it is told within its length, and each part is told or named."""
    source = text_document(text, "x.txt")
    for style in ("brief", "bullets", "outline"):
        assert len(told(source, words, style).split()) <= words * 1.2 + 2


def test_words_bound_what_is_kept():
    """A long summary is offered enough sentences, also of a single part."""
    source = document(filler(2000))
    few, many = (prose_topics(source, main_parts(source, source.root), words) for words in (50, 5000))
    assert max(len(topic.statements) for topic in many) > max(len(topic.statements) for topic in few)
