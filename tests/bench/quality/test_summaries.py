"""The checker of summaries: claims, coverage and length."""

import pytest

from rao_cli.agent.cite import cite
from rao_cli.agent.summary.verify import Claim
from rao_cli.bench.quality.summaries import check, top_parts
from rao_cli.documents.model import Span
from tests.agent.summary.helpers import BOATS, log, repository, survey, syslog, told, written
from tests.documents.reading import document_of

SOURCE = document_of(BOATS.encode(), "boats.md")


def cited(words, source=SOURCE):
    """Return the citation of the first place of some words."""
    start = source.text.index(words)
    return cite(source, Span(start, start + len(words)), words)


def checked(text, *citations, words=10):
    """Check a summary of the boats."""
    return check(SOURCE, text, citations, words)


def test_claims_hold_in_the_cited_section():
    """A number and a name that stand in the cited section hold, also beside the cited place."""
    found = checked("- Sails: The mainsail of the Albatross has 42 square metres. [1]", cited("A sail is a piece"))
    assert found.founded == 1.0
    assert Claim("number", "42") in found.claims


def test_claims_of_another_section_do_not_hold():
    """What stands elsewhere in the source is unfounded where it is not cited."""
    found = checked("- Sails: The mainsail has 85 kilograms. [1]", cited("A sail is a piece"))
    assert found.unfounded == (Claim("number", "85"),)
    assert found.founded == 0.0


def test_each_line_answers_for_itself():
    """A line's claims have to hold by its own citations, not by those of another line."""
    text = "- Sails: It has 42 square metres. [1]\n- Anchors: It weighs 42 kilograms. [2]"
    found = checked(text, cited("A sail is"), cited("An anchor is"))
    assert found.unfounded == (Claim("number", "42"),)


def test_a_line_without_citations_shows_nothing():
    """Claims without a citation, or with a number of none, are unfounded."""
    assert checked("The Albatross has 42 metres.").founded == 0.0
    assert checked("The Albatross has 42 metres. [7]").founded == 0.0


def test_no_claims_are_no_failure():
    """A summary that names nothing holds."""
    assert checked("Boats are made to float.").founded == 1.0


def test_parts_are_told_named_or_forgotten():
    """A part is told where something in it is cited, named where its title stands, and else forgotten."""
    found = checked("- Sails: They catch wind. [1]\n- Left out: Hulls.", cited("A sail is a piece"))
    assert (found.parts, found.told, found.named, found.forgotten) == (3, 1, 1, ("Anchors",))


def test_a_run_of_names_names_what_lies_between():
    """Parts between the ends of a run that is left out are named by it."""
    found = checked("- Left out: Hulls to Anchors (3 parts).")
    assert found.forgotten == ()


@pytest.mark.parametrize(("words", "kept"), [(8, True), (10, True), (12, True), (7, False), (13, False)])
def test_length_is_kept_within_a_fifth(words, kept):
    """A summary may be a fifth longer or shorter than asked."""
    assert checked("word " * words, words=10).keeps_length == kept


def test_counts_are_founded_by_facts():
    """A number that code counted of a log need not be written in it, but must be one that was counted."""
    lines = [syslog(n, "ground rye") for n in range(77)]
    source = log(lines)
    citation = cited(lines[0], source)
    assert check(source, "It has 77 records. [1]", [citation], 5).counted == 1
    assert check(source, "It has 78 records. [1]", [citation], 5).unfounded == (Claim("number", "78"),)


def test_the_parts_of_a_repository_are_its_top_entries(tmp_path):
    """Files and folders at the top of a repository are its parts."""
    source = repository(tmp_path / "gulls")
    assert {part.title.rstrip("/").rpartition("/")[2] for part in top_parts(source)} == {
        "LICENSE",
        "README.md",
        "gulls",
        "pyproject.toml",
        "tests",
    }


def test_kinds_are_counted():
    """Claims are counted by kind, those that hold and all."""
    found = checked("The Albatross has 42 and 43 metres. [1]", cited("A sail is a piece"))
    assert found.by_kind() == {"name": (1, 1), "number": (1, 2)}


@pytest.mark.parametrize("style", ["brief", "bullets", "outline"])
@pytest.mark.parametrize("words", [40, 80, 160])
def test_what_code_tells_passes(tmp_path, style, words):
    """Summaries of text, of a log and of a repository forget no part, and what they claim holds."""
    sources = (SOURCE, log([syslog(n, f"error {n} at gate") for n in range(90)]), repository(tmp_path / "gulls"))
    for source in sources:
        text, citations = written(source, survey(source, words), words, style)
        found = check(source, text, citations, words)
        assert found.forgotten == ()
        assert found.unfounded == ()
        assert found.words <= 1.2 * words


def test_length_is_kept_where_there_is_enough_to_tell():
    """The asked length is reached where the source has as much to tell."""
    source = document_of("\n".join(f"# Part {n}\n\n{BOATS.replace('# ', '')}" for n in range(9)).encode(), "b.md")
    for words in (60, 120, 240):
        assert abs(len(told(source, words).split()) - words) <= 0.2 * words
