"""Blocks that begin with who speaks: plays, chats, interviews."""

import time

import pytest

from rao_cli.documents.data.find import find_records
from tests.documents.data.making import check, column, document_of, kinds, records_of

PLAY = """\
# The Mill

ACT I

SCENE I.  A yard.

FIRST MILLER: The wheel stands still
  and so do we.

ANNA: Then push it!

FIRST MILLER: It will not move.

Enter a dog.

SCENE II.  The same, at night.

ANNA: Who is there: a friend?

DOG: Nobody at all.

ACT II

SCENE I.  A road.

FIRST MILLER: We go home now.

DOG: And so do I.
"""
SECOND = PLAY.replace("The Mill", "The Return").replace("ANNA", "BERT")


def test_speeches_are_records():
    """A speech starts with its speaker and reaches to the next blank line."""
    records = records_of(PLAY, "speaker blocks")
    speakers = ["FIRST MILLER", "ANNA", "FIRST MILLER", "ANNA", "DOG", "FIRST MILLER", "DOG"]
    assert column(records, "speaker") == speakers
    assert column(records, "text")[0] == "The wheel stands still\n  and so do we."
    assert {"speech", "line", "message"} <= set(records.nouns)
    assert kinds(records)["speaker"] == "word"


def test_speeches_stand_under_their_headings():
    """The play, the act and the scene of a speech are columns; a scene is told with its act."""
    records = records_of(PLAY, "speaker blocks")
    assert column(records, "title") == ["The Mill"] * 7
    assert column(records, "act")[4:6] == ["ACT I", "ACT II"]
    assert column(records, "scene")[2:6] == [
        "ACT I, SCENE I",
        "ACT I, SCENE II",
        "ACT I, SCENE II",
        "ACT II, SCENE I",
    ]


def test_two_plays_are_two_records():
    """Each of several plays in a text has its own speeches and its own name."""
    found = [each for each in find_records(document_of(PLAY + "\n" + SECOND)) if each.shape == "speaker blocks"]
    assert [each.names[0] for each in found] == ["The Mill", "The Return"]
    assert [column(each, "title")[0] for each in found] == ["The Mill", "The Return"]
    assert [len(column(each, "speaker")) for each in found] == [7, 7]


@pytest.mark.parametrize(
    ("line", "timed"),
    [
        ("{}: {}", False),
        ("<{}> {}", False),
        ("[10:1{n}] {}: {}", True),
        ("[10:1{n}] <{}> {}", True),
        ("10:1{n} {}: {}", True),
        ("12/01/2021, 10:1{n} - {}: {}", True),
        ("2/1/21, 10:1{n} PM - {}: {}", True),
        ("**{}:** {}", False),
    ],
)
def test_chats_are_records(line, timed):
    """Messages on lines of their own are blocks, with the time that they carry."""
    said = [
        ("ann", "hello to you all"),
        ("bob lee", "good morning: how are you"),
        ("ann", "very well, thank you"),
    ] * 3
    text = "\n".join(line.format(who, what, n=n) for n, (who, what) in enumerate(said))
    records = records_of(text, "speaker blocks")
    assert column(records, "speaker") == [who for who, _ in said]
    assert column(records, "text") == [what for _, what in said]
    assert ("time" in kinds(records)) == timed


def test_names_on_lines_of_their_own():
    """A speech may stand below its speaker's name, as in printed plays."""
    text = "".join(
        f"{who}.\nSome words that were said\nand some more.\n\n" for who in ["KING", "QUEEN", "KING"] * 3
    )
    records = records_of(text, "speaker blocks")
    assert column(records, "speaker") == ["KING", "QUEEN", "KING"] * 3
    assert column(records, "text")[0] == "Some words that were said\nand some more."


def test_names_before_a_point():
    """A speech may follow its speaker's name and a point."""
    text = "".join(f"{who}. What shall we do now?\nNothing.\n\n" for who in ["OLD MAN", "BOY", "OLD MAN"] * 3)
    records = records_of(text, "speaker blocks")
    assert column(records, "speaker") == ["OLD MAN", "BOY", "OLD MAN"] * 3


def test_an_interview_is_blocks():
    """Questions and answers are blocks of two speakers."""
    text = "".join(f"Q: What is number {n}, please?\nA: It is what it is.\n\n" for n in range(6))
    assert column(records_of(text, "speaker blocks"), "speaker") == ["Q", "A"] * 6


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Note: this is all.\n\nIt rained for days.\n\nNobody came here.\n\nThen it was over.\n",
        "ANNA: Who is there?\n",
        "".join(f"key{n}: value\n" for n in range(40)),
        "".join("Same: over and over again\n\n" for n in range(9)),
    ],
)
def test_what_is_no_dialogue(text):
    """A note, one speech, settings and one speaker alone are no dialogue."""
    assert all(records.shape != "speaker blocks" for records in find_records(document_of(text)))


def test_long_lines_are_read():
    """A speech of a million characters is one record."""
    text = PLAY + "\n" + PLAY.replace("Nobody at all.", "no " * 400_000)
    document = document_of(text)
    assert len(check(document, find_records(document)[1])) == 7


def test_notes_beside_a_name_belong_to_nobody():
    """What stands in brackets after a speaker's name is not part of it."""
    text = PLAY.replace("ANNA:", "ANNA [aside]:").replace("DOG:", "DOG (barking loudly):")
    assert column(records_of(text, "speaker blocks"), "speaker")[1:5:3] == ["ANNA", "DOG"]


def test_blocks_on_hostile_lines():
    """Lines that nearly start a block, again and again, are read at once."""
    near = "".join(f"{'A b ' * 20_000}\n{'A.' * 40_000}\n{'[1:1' * 20_000}\n\n" for _ in range(3))
    document = document_of(PLAY + near)
    start = time.perf_counter()
    for records in find_records(document):
        check(document, records)
    assert time.perf_counter() - start < 10


def test_names_in_capitals_may_be_written_in_several_ways():
    """Words may follow a name in capitals after a wide gap, after a point, or on the next line, in one play."""
    turns = ["KING  Who is there at the gate?", "QUEEN. Nobody that I know of.", "KING\nThen open it at once."] * 3
    records = records_of("\n\n".join(turns), "speaker blocks")
    assert column(records, "speaker") == ["KING", "QUEEN", "KING"] * 3
    assert column(records, "text")[:3] == [
        "Who is there at the gate?",
        "Nobody that I know of.",
        "Then open it at once.",
    ]


def test_a_name_may_hold_two_spaces() -> None:
    """A speaker whose name was typed with two spaces speaks like any other."""
    names = ("LADY  ASH", "ROSS", "ANNA")
    text = "".join(f"{name}: Line {n} of the play.\n\n" for n in range(6) for name in names)
    (speeches,) = [one for one in find_records(document_of(text)) if one.shape == "speaker blocks"]
    assert sum(1 for _ in speeches.read()) == 18
