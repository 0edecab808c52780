"""What is typed beside questions: the tree, citations, saving."""

import pytest

from rao_cli.cli.chat_commands import COMMANDS, is_command
from tests.cli.console import ABSENT, scripted
from tests.cli.test_chat import MILL, chat, told

ASKED = "Who built the mill?"


@pytest.fixture
def mill(tmp_path):
    """Return a small text."""
    path = tmp_path / "mill.txt"
    path.write_text(MILL)
    return path


def test_commands_are_told_from_questions():
    """A slash and a word are a command; a path is a question."""
    assert is_command("/tree")
    assert is_command("/cite 2")
    assert not is_command("/etc/hosts says what?")
    assert not is_command("what is / here")


def test_help_names_every_command(mill):
    """/help lists what there is, in lines that fit a screen."""
    out = chat(mill, "/help").out
    assert all(name in out for name in COMMANDS if name != "/exit")
    assert max(map(len, out.splitlines())) < 80


def test_an_unknown_command_names_the_remedy(mill):
    """A command that does not exist is an error with a hint, and no question."""
    done = chat(mill, "/frobnicate now")
    assert done.code == 2
    assert done.err.endswith("rao: error: no such command: /frobnicate\nhint: /help lists them\n")


def test_the_tree_of_the_last_answer(mill):
    """/tree shows the agents of the last run."""
    out = chat(mill, ASKED, "/tree", find_model=told(["Jonas Weber"])).out
    assert f"1 {ASKED}" in out


def test_no_tree_without_a_run(mill):
    """Before the first answer, and where runs are not kept, /tree says why there is nothing."""
    assert "nothing was answered yet" in chat(mill, "/tree").err
    done = chat(mill, ASKED, "/tree", flags=["--no-cache"], find_model=told(["Jonas Weber"]))
    assert "with --no-cache no run is kept" in done.err


def test_a_citation_with_what_stands_around(mill):
    """/cite prints the place, the cited line marked, and the lines around it."""
    out = chat(mill, ASKED, "/cite 1", find_model=told(["Jonas Weber"])).out
    place, empty, cited, after = out.splitlines()[-4:]
    assert place.endswith("mill.txt:1")
    assert empty == ""
    assert cited == "> The mill was built in 1846 by Jonas Weber, a brewer from Ulm."
    assert after.startswith("  The pump")


@pytest.mark.parametrize("number", ["0", "2", "x", "-1", "99999999999999999999", "²"])
def test_no_such_citation(mill, number):
    """A number that was not printed is refused with those that were."""
    done = chat(mill, ASKED, f"/cite {number}", find_model=told(["Jonas Weber"]))
    assert "hint: /cite 1 to /cite 1" in done.err


def test_nothing_cited(mill):
    """Without an answer there is nothing to open."""
    assert "nothing was answered yet" in chat(mill, "/cite").err
    done = chat(mill, ASKED, "/cite", find_model=scripted(lambda _: ABSENT))
    assert "the last answer cites nothing" in done.err


def test_saving(mill, tmp_path):
    """/save writes each question, what it was understood as, its answer and its places."""
    target = tmp_path / "talk.md"
    done = chat(mill, ASKED, "And when?", f"/save {target}", find_model=told(["Jonas Weber", "in 1846"]))
    assert done.code == 0
    assert f"rao: saved {target}" in done.err
    text = target.read_text()
    assert "\n## And when?\n\nUnderstood as: When was the mill built?\n\n1846\n\n1. " in text


def test_saving_over_a_file_needs_force(mill, tmp_path):
    """An existing file is left as it is until --force says otherwise."""
    target = tmp_path / "talk.md"
    target.write_text("mine")
    done = chat(mill, ASKED, f"/save {target}", find_model=told(["Jonas Weber"]))
    assert target.read_text() == "mine"
    assert done.err.endswith("exists already\nhint: /save --force FILE replaces it\n")
    chat(mill, ASKED, f"/save --force {target}", find_model=told(["Jonas Weber"]))
    assert "Jonas Weber" in target.read_text()


@pytest.mark.parametrize("force", ["", "--force "])
def test_a_source_is_never_saved_over(tmp_path, force):
    """Neither a source, nor a link to it, nor a file in a folder that is one is written over."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "mill.txt").write_text(MILL)
    (tmp_path / "link.md").symlink_to(folder / "mill.txt")
    for name in (folder / "mill.txt", tmp_path / "link.md"):
        done = chat(folder, ASKED, f"/save {force}{name}", find_model=told(["Jonas Weber"]))
        assert "is, or lies in, a source" in done.err
    assert (folder / "mill.txt").read_text() == MILL


@pytest.mark.parametrize("name", ["", "missing/talk.md", "."])
def test_what_cannot_be_saved(mill, tmp_path, monkeypatch, name):
    """No name, a folder that is not there, and a folder are refused in one line."""
    monkeypatch.chdir(tmp_path)
    done = chat(mill, ASKED, f"/save {name}".strip(), find_model=told(["Jonas Weber"]))
    assert done.err.count("rao: error: ") == 1
    assert done.code != 0


def test_nothing_to_save(mill, tmp_path):
    """A conversation without an answer is not written."""
    assert "nothing was answered yet" in chat(mill, f"/save {tmp_path}/talk.md").err
    assert not (tmp_path / "talk.md").exists()
