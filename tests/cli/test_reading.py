"""A PDF's password: asked for once on a terminal, never where nobody can type it."""

import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest

from tests.checkout import ROOT
from tests.cli.console import Keyboard, Screen, rao
from tests.documents.making import encrypted_pdf

SECRET = "open sesame 17"
CTRL_C = b"\x03"


@pytest.fixture
def locked(tmp_path):
    """Return a PDF that opens with a password only."""
    path = tmp_path / "locked.pdf"
    path.write_bytes(encrypted_pdf(["the code is 7431"], SECRET))
    return path


def typed(keys, *argv, stdin=None):
    """Run rao with a terminal for its input and errors; type when it asks; return code, output and the screen."""
    terminal, side = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "rao_cli", *map(str, argv)],
        cwd=ROOT,
        stdin=side if stdin is None else stdin,
        stderr=side,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    os.close(side)
    screen = b""
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        try:
            screen += os.read(terminal, 65536) if ready else b""
        except OSError:
            break  # the process closed its side
        if keys and b"needs a password: " in screen:
            if keys == CTRL_C:
                process.send_signal(signal.SIGINT)  # what a terminal does where it controls the process
            else:
                os.write(terminal, keys)
            keys = b""
        if process.poll() is not None and not ready:
            break
    with process:
        out = process.stdout.read()
    os.close(terminal)
    return process.returncode, out.decode(), screen.decode()


def test_a_password_is_asked_for(locked):
    """The password that is typed opens the file, and neither stream shows it."""
    code, out, screen = typed(f"{SECRET}\n".encode(), "outline", locked)
    assert code == 0, screen
    assert "locked.pdf\n1 page" in out
    assert SECRET not in out + screen


@pytest.mark.parametrize(("keys", "words"), [("wrong\n", "the password is wrong"), ("\n", "--password-file")])
def test_it_is_asked_for_once(locked, keys, words):
    """A wrong password, or none, ends in one error; the question is not asked again."""
    code, out, screen = typed(keys.encode(), "outline", locked)
    assert (code, out) == (3, "")
    assert words in screen
    assert screen.count("needs a password: ") == 1


def test_ctrl_c_at_the_question_ends_in_order(locked):
    """Interrupting the question is an interruption like any other."""
    code, out, screen = typed(CTRL_C, "outline", locked)
    assert (code, out) == (130, "")
    assert "Traceback" not in screen


def test_a_password_file_goes_first(locked, tmp_path):
    """With a wrong password from a file nobody is asked."""
    (tmp_path / "password").write_text("wrong\n")
    code, _, screen = typed(b"", "outline", locked, "--password-file", tmp_path / "password")
    assert code == 3
    assert "check the file given with --password-file" in screen


@pytest.mark.parametrize(
    ("stdin", "err", "sources"),
    [(b"", Screen(), ()), (Keyboard(b""), None, ()), (b"text\n", Screen(), ("-",))],
    ids=["no keyboard", "no screen", "standard input is a source"],
)
def test_nobody_is_asked_who_cannot_answer(locked, stdin, err, sources, monkeypatch):
    """Without a terminal, or where it is a source, the error names the option."""
    monkeypatch.setenv("NO_COLOR", "1")
    done = rao("outline", locked, *sources, stdin=stdin, err=err)
    assert (done.code, done.out) == (3, "")
    assert "is encrypted and needs a password\n" in done.err
    assert "hint: give it with --password-file FILE\n" in done.err


def test_what_was_read_is_kept(tmp_path):
    """A large text is kept in a private folder of the cache, and --no-cache keeps nothing."""
    (tmp_path / "long.txt").write_text("a line of text that says nothing\n" * 5000)
    assert rao("outline", tmp_path / "long.txt", "--no-cache").code == 0
    assert not (tmp_path / "cache").exists()
    first = rao("outline", tmp_path / "long.txt")
    kept = tmp_path / "cache" / "documents"
    assert kept.stat().st_mode & 0o777 == 0o700
    assert rao("outline", tmp_path / "long.txt").out.splitlines()[2:] == first.out.splitlines()[2:]


def test_a_cache_that_was_named_must_work(tmp_path, monkeypatch):
    """Where RAO_CACHE_DIR is no folder the command says so."""
    (tmp_path / "file").write_text("")
    (tmp_path / "a.txt").write_text("text\n")
    monkeypatch.setenv("RAO_CACHE_DIR", str(tmp_path / "file"))
    done = rao("outline", tmp_path / "a.txt")
    assert done.code == 1
    assert "cannot create" in done.err
    assert "--no-cache" in done.err


def test_a_usual_cache_that_cannot_be_made_costs_only_time(tmp_path, monkeypatch):
    """Without the variable an impossible cache is a warning, and the outline is shown."""
    (tmp_path / "file").write_text("")
    (tmp_path / "a.txt").write_text("text\n")
    monkeypatch.delenv("RAO_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    done = rao("outline", tmp_path / "a.txt")
    assert done.code == 0
    assert "what is read is not kept" in done.err
    assert done.out.startswith("a.txt\n")


def test_skipped_inputs_are_told_and_in_the_json(tmp_path):
    """An answer says how many inputs were not read, -v which, and JSON has them among its warnings."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("the code is 7431\n" * 9)
    (folder / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    (folder / ".hidden").write_text("x\n")
    done = rao("ask", folder, "What is the code?")
    assert "rao: warning: skipped 1 input that cannot be read; -v lists them\n" in done.err
    assert "rao: left out 1 input: binary, hidden, excluded, linked or empty; -v lists them\n" in done.err
    assert "b.pdf" not in done.err
    assert "b.pdf: " in rao("ask", folder, "What is the code?", "-v").err
    found = rao("ask", folder, "What is the code?", "--json").json
    assert sorted(line.partition(":")[0].rpartition("/")[2] for line in found["warnings"]) == [".hidden", "b.pdf"]
