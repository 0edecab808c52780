"""Opening sources: kinds told by content, and one clear line for everything that cannot be read."""

import io
import os
import socket
import time

import pytest

from rao_cli.documents.load import ReadOptions, open_sources
from rao_cli.errors import InputError, UsageError
from tests.documents.making import check_partition, plain_pdf


class ClosedPipe(io.RawIOBase):
    """A standard input whose reading fails."""

    def read(self, size=-1):
        """Fail as a bad descriptor does."""
        raise OSError(9, "Bad file descriptor")


def refused(*sources: str, options: ReadOptions | None = None, stdin=None) -> InputError:
    """Return the error that opening ends with, one printable line with a hint."""
    with pytest.raises(InputError) as caught:
        open_sources(sources, options, stdin)
    assert caught.value.exit_code == 3
    assert caught.value.message.isprintable()
    assert caught.value.hint
    return caught.value


def from_stdin(data: bytes, **options):
    """Open standard input that holds data."""
    return open_sources(["-"], ReadOptions(**options), io.BytesIO(data))


def test_a_text_file_is_read(tmp_path):
    """A text file becomes a document named after it, located by the path as given."""
    path = tmp_path / "notes.txt"
    path.write_text("one\ntwo\n")
    document = open_sources([str(path)])
    assert (document.name, document.text, document.origins[0].path) == ("notes.txt", "one\ntwo\n", str(path))


def test_content_decides_over_the_name(tmp_path):
    """A PDF called .txt is read as a PDF, a text called .pdf as text."""
    (tmp_path / "a.txt").write_bytes(plain_pdf(["hello"]))
    (tmp_path / "b.pdf").write_text("plain words")
    assert open_sources([str(tmp_path / "a.txt")]).origins[0].pages
    assert not open_sources([str(tmp_path / "b.pdf")]).origins[0].pages


def test_markdown_is_told_by_its_name(tmp_path):
    """A .md file gets its headings as chapters."""
    (tmp_path / "a.MD").write_text("# One\n\ntext\n\n# Two\n\ntext\n")
    root = open_sources([str(tmp_path / "a.MD")]).root
    assert [child.title for child in root.children] == ["One", "Two"]


def test_several_sources_are_a_corpus(tmp_path):
    """Several sources become one document with a section each, standard input among them."""
    (tmp_path / "a.txt").write_text("alpha")
    document = open_sources([str(tmp_path / "a.txt"), "-"], ReadOptions(), io.BytesIO(plain_pdf(["beta"])))
    assert document.root.kind == "corpus"
    assert [child.title for child in document.root.children] == ["a.txt", "stdin"]
    assert document.text == "alpha\nbeta\n"
    assert document.origins[1].pages[0].start == 6
    check_partition(document, document.root)


def test_stdin_is_read_once_as_bytes():
    """Standard input is read to its end, whatever its kind."""
    assert from_stdin(b"a\r\nb").text == "a\nb"
    assert from_stdin(plain_pdf(["hello"])).text == "hello\n"


def test_stdin_has_the_name_it_is_given():
    """The name of standard input is used for its title, its citations and its kind."""
    document = from_stdin(b"# A\n\nx\n\n# B\n\ny\n", stdin_name="log.md")
    assert (document.name, document.origins[0].path) == ("log.md", "log.md")
    assert [child.title for child in document.root.children] == ["A", "B"]


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "standard input is empty"), (b" \n\t", "stdin holds no text"), (b"a\0b", "stdin is a binary file")],
)
def test_stdin_without_text_is_refused(data, message):
    """Empty, blank and binary standard input is refused."""
    assert message in refused("-", stdin=io.BytesIO(data)).message


def test_closed_stdin_is_refused():
    """No standard input, a closed one and one that fails are refused."""
    closed = io.BytesIO(b"x")
    closed.close()
    assert refused("-", stdin=None).message == "standard input is closed"
    assert refused("-", stdin=closed).message == "standard input is closed"
    assert "Bad file descriptor" in refused("-", stdin=ClosedPipe()).message


@pytest.mark.parametrize("sources", [[], ["-", "-"]])
def test_nonsense_source_lists_are_usage_errors(sources):
    """No source, or standard input twice, is a usage error."""
    with pytest.raises(UsageError) as caught:
        open_sources(sources)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["missing.txt", "no/such/folder", "x" * 5000, "nul\0name", "\udcff", ""])
def test_missing_files_are_refused(name, tmp_path):
    """A path that leads nowhere, or cannot be a path, is refused in one line."""
    refused(str(tmp_path / "none") + "/" + name)


def test_the_missing_path_is_named_safely():
    """The error names the path without control characters."""
    assert refused("no\x1b[31m\nsuch").message == "no such file or folder: no[31m such"


@pytest.mark.parametrize(
    ("data", "message"), [(b"", "is empty"), (b"\n \n", "no text"), (b"\x7fELF\0", "is a binary file")]
)
def test_files_without_text_are_refused(data, message, tmp_path):
    """Empty, blank and binary files are refused by name."""
    path = tmp_path / "f"
    path.write_bytes(data)
    assert message in refused(str(path)).message


def test_pipes_sockets_and_devices_are_refused(tmp_path, monkeypatch):
    """A named pipe, a socket and a device are refused at once, without waiting for data."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert refused("pipe").message == "pipe is a named pipe, not a file"
        assert refused("socket").message == "socket is a socket, not a file"
    assert refused("/dev/zero").message == "/dev/zero is a device, not a file"


def test_links_that_lead_nowhere_are_refused(tmp_path):
    """A dangling link and a loop of links are refused."""
    (tmp_path / "dangling").symlink_to("nothing")
    (tmp_path / "loop").symlink_to("loop")
    refused(str(tmp_path / "dangling"))
    refused(str(tmp_path / "loop"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files_are_refused(tmp_path):
    """A file without read permission is refused with the remedy."""
    path = tmp_path / "f"
    path.write_text("x")
    path.chmod(0)
    assert refused(str(path)).message.startswith("permission denied")


def test_one_bad_source_of_several_is_an_error(tmp_path):
    """A missing source is an error though others could be read."""
    (tmp_path / "a.txt").write_text("alpha")
    assert "missing" in refused(str(tmp_path / "a.txt"), str(tmp_path / "missing")).message


def test_a_guessed_encoding_is_a_warning(tmp_path):
    """A file that is not UTF-8 is read with a warning that names it."""
    path = tmp_path / "f.txt"
    path.write_bytes("Les élèves étaient déjà à l'école. ".encode("cp1252") * 20)
    (warning,) = open_sources([str(path)]).warnings
    assert "f.txt: " in warning


def test_what_was_kept_is_of_the_same_options(tmp_path):
    """A folder read by its rules and kept is read anew without them, though its files are the same."""
    folder, cache = tmp_path / "folder", tmp_path / "cache"
    folder.mkdir()
    cache.mkdir()
    (folder / "a.txt").write_text("words of text\n" * 9000)
    (folder / "made.py").write_text("# Code generated by a tool. DO NOT EDIT\nx = 1\n")
    time.sleep(2.1)  # until then the files are too fresh for anything to be kept
    kept = open_sources([str(folder)], ReadOptions(cache=cache))
    assert open_sources([str(folder)], ReadOptions(cache=cache)) == kept
    everything = open_sources([str(folder)], ReadOptions(cache=cache, no_ignore=True))
    assert [[part.title for part in found.root.children] for found in (kept, everything)] == [
        ["a.txt"],
        ["a.txt", "made.py"],
    ]
