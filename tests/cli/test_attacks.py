"""Hostile sources on the command line: one line, a hint and an exit code; nothing that steers a terminal."""

import io
import os
import socket
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

import rao_cli
from tests.cli.console import rao
from tests.documents.making import PICTURE, drawn_pdf, encrypted_pdf, make_pdf, plain_pdf
from tests.documents.office_files import docx, linked_picture, paragraph, zipped

BOOK = make_pdf(["the first page", "the second page"])
ODD_NAMES = [
    b"new\nline.txt",
    b"red\x1b[31m.txt",
    "bidi\u202egpj.txt".encode(),
    b"-rf",
    b"--json",
    b"inv\xff\xfelid.txt",
    b" space .txt",
    b"star*[b].txt",
]
REFUSED = {
    "empty.txt": (b"", "is empty"),
    "white.txt": (b" \n\t\n", "only white space"),
    "cut.pdf": (BOOK[:300], "damaged or cut short"),
    "locked.pdf": (encrypted_pdf(["x"], "secret"), "needs a password"),
    "scan.pdf": (drawn_pdf([PICTURE] * 2), "is scanned"),
    "none.pdf": (plain_pdf([]), "has no pages"),
    "noise.docx": (bytes(range(256)) * 9, "is a binary file"),
    "cut.docx": (docx(paragraph("x"))[:400], "damaged or cut short"),
    "cells.ipynb": (b'{"cells": 5}', "damaged or cut short"),
    "cut.zip": (zipped({"a.txt": "text"})[:40], "damaged or cut short"),
    "slip.zip": (zipped({"../a.txt": "text"}), "leads out of the archive"),
    "noise.gz": (b"\x1f\x8b\x08" + bytes(range(256)), "is damaged"),
}


def steers(text):
    """Return the characters of a text that would steer a terminal or turn its lines around."""
    return {
        character
        for character in text
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character != "\n"
    }


def refused(done):
    """Tell whether a command ended with one line and a hint, and with the code for input."""
    lines = done.err.splitlines()
    shape = [line.partition(": ")[0] for line in lines] == ["rao", "hint"]
    return done.code == 3 and shape and not done.out and not steers(done.err)


@pytest.mark.parametrize("command", [["outline"], ["ask", "-n"]])
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_said_in_one_line(tmp_path, name, command):
    """A damaged, empty or hostile file named directly is refused with the reason, a hint and exit code 3."""
    data, why = REFUSED[name]
    (tmp_path / name).write_bytes(data)
    done = rao(*command, tmp_path / name, *(["what?"] if command[0] == "ask" else []))
    assert refused(done)
    assert why in done.err


@pytest.mark.parametrize("name", ["x.log", "x.zip", "x.csv", "x.ipynb", "-x", "../../etc/passwd", "a\x1b[31m\nb"])
def test_standard_input_is_what_its_bytes_say(name):
    """A PDF on standard input is read as one, whatever it is called, and its name cannot steer the terminal."""
    done = rao("outline", "-", f"--stdin-name={name}", stdin=BOOK)
    assert (done.code, done.err) == (0, "")
    assert "2 pages" in done.out
    assert not steers(done.out)


@pytest.mark.parametrize("form", [[], ["--json"], ["--files"]])
def test_odd_names_are_shown_safely(tmp_path, form):
    """Names with newlines, escapes, overrides or damaged bytes are listed whole, in readable characters."""
    place = tmp_path / "names"
    place.mkdir()
    for name in ODD_NAMES:
        (place / os.fsdecode(name)).write_text("some text in it\n")
    done = rao("outline", *form, place)
    assert (done.code, done.err) == (0, "")
    assert not steers(done.out)
    done.out.encode()
    shown = ["red", "bidi", "-rf", "--json", "lid.txt", "space .txt", "star*[b].txt"]
    assert all(name in done.out for name in shown)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.py", "a.csv", "a.json", "a.log"])
def test_escapes_in_a_text_are_not_printed(tmp_path, name):
    """Escapes and overrides in titles, columns, keys and log lines never reach the terminal."""
    bad = "x\x1b[31m\u202e\x07\x9by"
    texts = {
        "a.md": f"# {bad}\n\ntext\n\n# {bad}\n\ntext\n",
        "a.html": f"<html><title>{bad}</title><h1>{bad}</h1><p>{bad}",
        "a.py": f"class A:  # {bad}\n    def f(self, x='{bad}'):\n        return 1\n",
        "a.csv": f"a{bad},b\n" + f"{bad},2\n" * 9,
        "a.json": '{"' + bad + '": [' + "1," * 5000 + "1]}",
        "a.log": f"2024-01-01 10:00:00 INFO {bad} started\n" * 9,
    }
    (tmp_path / name).write_text(texts.get(name, f"{bad} words\n" * 9))
    done = rao("outline", "--facts", tmp_path / name)
    assert done.code == 0
    assert not steers(done.out + done.err)


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "loop", "nothing"])
def test_what_is_no_file_is_refused_at_once(tmp_path, monkeypatch, kind):
    """A pipe, a socket, a device or a link in a circle is named as what it is, without waiting for it."""
    monkeypatch.chdir(tmp_path)
    why = {
        "pipe": "is a named pipe",
        "socket": "is a socket",
        "device": "is a device",
        "loop": "symbolic links",
        "nothing": "no such file",
    }[kind]
    if kind == "pipe":
        os.mkfifo("odd")
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("odd")
    elif kind in {"device", "loop"}:
        (tmp_path / "odd").symlink_to("/dev/zero" if kind == "device" else "odd")
    done = rao("outline", "odd")
    assert refused(done)
    assert why in done.err


def test_a_folder_of_binaries_says_so(tmp_path):
    """A folder in which nothing can be read is refused with how much was left out and why."""
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "b.so").write_bytes(b"\x7fELF" + b"\1\0\0\0\xf0" * 900)
    done = rao("outline", tmp_path)
    assert refused(done)
    assert "2 left out (binary)" in done.err


def test_an_empty_folder_says_so(tmp_path):
    """A folder that holds nothing is refused as empty."""
    (tmp_path / "void").mkdir()
    done = rao("outline", tmp_path / "void")
    assert refused(done)
    assert "it is empty" in done.err


def test_links_never_lead_out_of_a_folder(tmp_path):
    """Links in a folder are listed as left out; what they lead to is not read."""
    (tmp_path / "secret.txt").write_text("the password\n")
    place = tmp_path / "tree"
    place.mkdir()
    (place / "own.txt").write_text("own text\n")
    for name, target in {"file": "../secret.txt", "up": "..", "self": ".", "gone": "/nonexistent"}.items():
        (place / name).symlink_to(target)
    done = rao("outline", "-v", place)
    assert done.code == 0
    assert done.err.count("symbolic link, not followed") == 4
    assert "password" not in done.out


def test_a_repository_that_is_armed_starts_nothing(tmp_path):
    """Settings, hooks and filters of a repository are neither run nor shown."""
    git = tmp_path / "armed" / ".git"
    git.mkdir(parents=True)
    trap = tmp_path / "sprung"
    (git / "config").write_text(f'[core]\n fsmonitor = "touch {trap}"\n[filter "x"]\n clean = "touch {trap}"\n')
    (git.parent / ".gitattributes").write_text("* filter=x diff=x\n")
    (git.parent / "a.txt").write_text("hello\n")
    (git.parent / ".gitignore").symlink_to("/etc/passwd")
    done = rao("outline", "-v", git.parent)
    assert done.code == 0
    assert not trap.exists()
    assert ".gitignore: its rules do not count" in done.err


def test_linked_pictures_are_not_opened(tmp_path):
    """A Word file that links to a local file shows that picture's description and nothing of the file."""
    (tmp_path / "secret.txt").write_text("the password\n")
    body, relation = linked_picture(f"file://{tmp_path}/secret.txt")
    (tmp_path / "a.docx").write_bytes(docx(paragraph("some text") + body, relation))
    done = rao("outline", tmp_path / "a.docx")
    assert done.code == 0
    assert "password" not in done.out


def test_the_same_source_twice_is_two_sources(tmp_path):
    """A file named twice is read twice and shown twice; standard input can be named once only."""
    (tmp_path / "a.txt").write_text("some text\n")
    assert rao("outline", tmp_path / "a.txt", tmp_path / "a.txt").out.startswith("2 sources\n")
    done = rao("outline", "-", "-", stdin=b"text")
    assert (done.code, done.out) == (2, "")


def test_a_closed_standard_input_is_one_line():
    """Standard input that cannot be read is refused with what to do instead."""
    closed = io.BytesIO()
    closed.close()
    assert refused(rao("outline", "-", stdin=closed))


def test_modules_in_the_working_folder_are_not_imported(tmp_path):
    """``python -m rao_cli`` in a stranger's folder runs none of the modules that lie there."""
    marker = tmp_path / "marker"
    for name in ("typer", "rich", "pypdfium2", "platformdirs", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(marker)!r}, 'w')\n")
    (tmp_path / "a.txt").write_text("some text\n")
    where = {**os.environ, "PYTHONPATH": str(Path(rao_cli.__file__).parent.parent)}
    command = [sys.executable, "-m", "rao_cli", "outline", "--no-cache", "a.txt"]
    done = subprocess.run(command, cwd=tmp_path, env=where, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("a.txt\n")
    assert not marker.exists()
