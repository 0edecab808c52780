"""``rao outline`` as a command: what goes where, in which form, and how it ends."""

import io
import json
import os
import pty
import subprocess
import sys

import pytest

from tests.checkout import ROOT, run_python
from tests.cli.console import Screen, long_text, rao
from tests.documents.making import make_pdf

BOOK = "# One\n\ntext of one\n\n## Inner\n\nmore\n\n# Two\n\ntext of two\n"


@pytest.fixture
def folder(tmp_path):
    """Return a folder of a Markdown file, a module, a binary file and a hidden one."""
    place = tmp_path / "repo"
    place.mkdir()
    (place / "book.md").write_text(BOOK)
    (place / "tool.py").write_text("def first():\n    return 1\n\n\ndef second():\n    return first()\n")
    (place / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (place / ".secret").write_text("x\n")
    return place


def test_the_outline_is_on_standard_output(tmp_path):
    """Sections are shown; without a terminal nothing else is said."""
    (tmp_path / "book.md").write_text(BOOK)
    done = rao("outline", tmp_path / "book.md")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(
        f"book.md\n11 lines, {len(BOOK)} characters, ~{-(-len(BOOK) // 4)} tokens (estimated), "
    )
    assert "├─ One" in done.out
    assert "└─ Two" in done.out


def test_no_model_is_looked_for(folder):
    """An outline needs no model, so one that cannot be found is no error."""

    def find(options):
        raise AssertionError("a model was looked for")

    assert rao("outline", folder, find_model=find).code == 0


def test_a_folder_says_what_was_not_read(folder):
    """Files that were left out are in the outline with their reasons; -v lists them on stderr."""
    done = rao("outline", folder)
    assert done.code == 0
    assert "not read" in done.out
    assert "image.png" in done.out
    assert done.err == ""
    listed = rao("outline", folder, "-v").err.splitlines()
    assert len([line for line in listed if line.startswith("rao: skipped ")]) == 2


def test_json_agrees_with_the_text(folder):
    """The object has its schema, the sections that the text shows, and all that was skipped."""
    done = rao("outline", folder, "--json", "--files", "--symbols")
    assert done.out.count("\n") == 1
    found = done.json
    assert found["schema"] == "rao.outline/1"
    text = rao("outline", folder).out
    assert all(section["title"] in text for section in found["sections"])
    assert {row["path"] for row in found["files"]} == {str(folder / "book.md"), str(folder / "tool.py")}
    assert {one["path"].rpartition("/")[2] for one in found["skipped"]} == {"image.png", ".secret"}
    assert sum(row["files"] for row in found["kinds"]) == 2
    assert {"name", "characters", "tokens", "facts", "reasons", "warnings", "seconds"} <= set(found)


def test_a_file_is_written_whole(folder, tmp_path):
    """-o takes the same text as standard output, apart from the time that reading took."""
    done = rao("outline", folder, "-o", tmp_path / "out.txt")
    assert (done.code, done.out) == (0, "")
    written = (tmp_path / "out.txt").read_text().splitlines()
    assert written[2:] == rao("outline", folder).out.splitlines()[2:]


def test_standard_input_is_read():
    """A text from a pipe has an outline under the name that it is given."""
    done = rao("outline", "-", "--stdin-name", "notes.md", stdin=BOOK.encode())
    assert done.out.startswith("notes.md\n")
    assert "One" in done.out


def test_a_depth_shows_a_level(tmp_path):
    """--depth 1 shows the chapters alone, and how many parts each has."""
    (tmp_path / "book.md").write_text(BOOK)
    text = rao("outline", tmp_path / "book.md", "--depth", "1").out
    assert "├─ One · 1 part" in text
    assert "Inner" not in text


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ((), "source missing"),
        (("",), "name is empty"),
        (("x", "--depth", "-1"), "--depth must be at least 0"),
        (("x", "-q", "-v"), "exclude each other"),
        (("x", "--model", "y"), "No such option"),
    ],
)
def test_usage_errors(argv, message):
    """A mistake is one line with a hint, and ends with 2."""
    done = rao("outline", *argv)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert "\nhint: " in done.err


def test_errors_of_sources(folder, tmp_path):
    """A missing source ends with 3, and so does an unreadable part with --strict; JSON has an error object."""
    assert rao("outline", tmp_path / "none").code == 3
    assert rao("outline", tmp_path / "none", "--json").json["error"]["exit_code"] == 3
    (folder / "a.pdf").write_bytes(b"%PDF-1.4 broken")
    assert rao("outline", folder, "--strict").code == 3


def test_progress_is_shown_and_taken_away(folder):
    """While reading, a terminal has a line that says so; it is erased before the outline."""
    err = Screen()
    rao("outline", folder, err=err)
    assert "rao: reading " in err.getvalue()
    assert err.getvalue().endswith("\r\x1b[K")


def test_a_pdf_without_text_is_an_error(tmp_path):
    """A scanned PDF has nothing to show, and the hint names the remedy."""
    (tmp_path / "scan.pdf").write_bytes(make_pdf(["", ""]))
    done = rao("outline", tmp_path / "scan.pdf")
    assert done.code == 3
    assert "ocrmypdf" in done.err


def test_a_terminal_gets_a_first_screen(tmp_path):
    """On a terminal of 24 lines an outline of 200 chapters takes about those, and says how to see the others."""
    (tmp_path / "book.md").write_text("".join(f"# Chapter {n}\n\ntext\n\n" for n in range(200)))
    out = on_screen("outline", tmp_path / "book.md")
    assert len(out.splitlines()) <= 24
    assert "more (--depth 1 shows them)" in out
    assert "\x1b[1mbook.md\x1b[0m" in out


def on_screen(*argv):
    """Run rao with a terminal of 80 columns and 24 lines as its output; return what it got."""
    import fcntl
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    script = "import os, sys; os.dup2(1, 0); from rao_cli.__main__ import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, argv)], cwd=ROOT, stdout=follower, stderr=subprocess.DEVNULL
    )
    os.close(follower)
    out = b""
    while True:
        try:
            out += os.read(leader, 65536)
        except OSError:
            break
    os.close(leader)
    assert process.wait(timeout=10) == 0
    return out.decode().replace("\r\n", "\n")


def test_colour_only_where_it_is_wanted(folder):
    """A pipe gets plain text unless colour is asked for."""
    assert "\x1b" not in rao("outline", folder).out
    assert "\x1b[" in rao("outline", folder, "--color", "always").out
    assert "\x1b" not in rao("outline", folder, "--color", "never", out=Screen()).out


def test_hostile_names_stay_text(tmp_path):
    """Escapes in names and titles reach neither stream."""
    place = tmp_path / "repo"
    place.mkdir()
    evil = "\x1b]0;owned\x07\x1b[2J\u202e"
    (place / f"a{evil}.md").write_text(f"# {evil}title\n\ntext\n\n# two\n\ntext\n")
    (place / f"b{evil}.bin").write_bytes(b"\0" * 99)
    for flags in ((), ("--json",), ("-v", "--files", "--depth", "9")):
        done = rao("outline", place, *flags, err=io.StringIO())
        assert done.code == 0, done.err
        assert not set(done.out + done.err) & {"\x1b", "\x07", "\u202e"}
        assert "title" in done.out


def test_no_model_library_is_loaded(tmp_path):
    """An outline imports neither llama.cpp nor, for text, what records need."""
    (tmp_path / "log.txt").write_text(long_text())
    code = (
        "import sys\nfrom rao_cli.cli.main import run\nfrom rao_cli.cli.terminal import standard_streams\n"
        f"run(['outline', {str(tmp_path / 'log.txt')!r}, '--no-cache'], standard_streams())\n"
        "import json; print(json.dumps(sorted({'llama_cpp', 'numpy', 'rao_cli.agent.run'} & set(sys.modules))))"
    )
    assert json.loads(run_python("-c", code).stdout.splitlines()[-1]) == []


def test_the_settings_file_holds_for_it(folder, tmp_path, monkeypatch):
    """What the user set for all commands, such as colour, holds here too; a model that is set does no harm."""
    (tmp_path / "config.toml").write_text('color = "always"\nmodel = "/no/such/model"\n')
    monkeypatch.setenv("RAO_CONFIG", str(tmp_path / "config.toml"))
    done = rao("outline", folder)
    assert done.code == 0
    assert "\x1b[" in done.out


def test_several_sources_make_one_outline(folder, tmp_path):
    """Each source has its place in the tree, under the path that was given."""
    (tmp_path / "other.md").write_text(BOOK)
    done = rao("outline", folder, tmp_path / "other.md", "--json")
    assert done.json["name"] == "2 sources"
    assert [row["title"] for row in done.json["sections"] if row["depth"] == 1] == ["repo", "other.md"]


def test_globs_choose_files(folder):
    """Only the files that the patterns name are in the outline."""
    found = rao("outline", folder, "-g", "*.md", "--files", "--json").json
    assert [row["path"] for row in found["files"]] == [str(folder / "book.md")]
    hidden = rao("outline", folder, "--hidden", "--files", "--json").json
    assert str(folder / ".secret") in [row["path"] for row in hidden["files"]]


def test_the_output_never_overwrites_a_source(folder):
    """-o that names a source is refused before anything is read."""
    done = rao("outline", folder / "book.md", "-o", folder / "book.md")
    assert done.code == 2
    assert (folder / "book.md").read_text() == BOOK


def test_a_closed_pipe_is_no_error(folder):
    """When the reader of the outline goes away, rao ends quietly with the pipe's code."""
    line = f"{sys.executable} -m rao_cli outline {folder} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.strip() in ("0", "141"), done.stderr) == (True, "")


@pytest.mark.parametrize("depth", ["0", "99999999"])
def test_any_depth_is_allowed(folder, depth):
    """No depth shows the whole alone, an endless one everything."""
    out = rao("outline", folder, "--depth", depth).out
    assert ("Inner" in out) == (depth != "0")
