"""-o FILE: the whole answer or the old file, and never a lost answer."""

import io
import os
from pathlib import Path

import pytest

from rao_cli.cli.destination import open_destination, write_all
from rao_cli.errors import RaoError, UsageError


def put(path, text="new\n", sources=()):
    """Write text to a file as a command does; return what went to standard output."""
    stdout = io.StringIO()
    destination = open_destination(str(path), stdout, sources)
    try:
        write_all(destination, text, str(path), stdout)
    finally:
        destination.close()
    return stdout.getvalue()


def test_dash_is_standard_output():
    """- prints the answer."""
    assert put("-") == "new\n"


def test_a_file_holds_the_answer(tmp_path):
    """The answer goes to the file alone, and nothing else is left beside it."""
    assert put(tmp_path / "a.txt") == ""
    assert (tmp_path / "a.txt").read_text() == "new\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "a.txt"]


def test_a_new_file_has_ordinary_permissions(tmp_path):
    """The umask decides, not the temporary file."""
    old = os.umask(0o027)
    try:
        put(tmp_path / "a.txt")
    finally:
        os.umask(old)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def test_a_replaced_file_keeps_its_permissions(tmp_path):
    """A private file stays private."""
    (tmp_path / "a.txt").write_text("old\n")
    (tmp_path / "a.txt").chmod(0o600)
    put(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a.txt").read_text() == "new\n"


def test_a_link_stays_a_link(tmp_path):
    """The file behind a link is replaced."""
    (tmp_path / "real.txt").write_text("old\n")
    (tmp_path / "link.txt").symlink_to("real.txt")
    put(tmp_path / "link.txt")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new\n"


def test_until_the_end_the_old_file_stays(tmp_path):
    """What is not committed leaves no trace."""
    (tmp_path / "a.txt").write_text("old\n")
    destination = open_destination(str(tmp_path / "a.txt"), io.StringIO(), ())
    destination.write("half")
    assert (tmp_path / "a.txt").read_text() == "old\n"
    destination.close()
    assert list(tmp_path.iterdir()) == [tmp_path / "a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old\n"


@pytest.mark.parametrize("name", ["missing/a.txt", ".", "file/a.txt"])
def test_an_impossible_file_is_refused_at_once(tmp_path, name):
    """A missing folder, a folder and a file used as a folder are found before anything is computed."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(RaoError, match="cannot write") as caught:
        open_destination(str(tmp_path / name), io.StringIO(), ())
    assert caught.value.exit_code == 1


def test_a_source_is_never_overwritten(tmp_path, monkeypatch):
    """The same file under another name is recognised."""
    (tmp_path / "a.txt").write_text("old\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="overwrite a source"):
        open_destination("a.txt", io.StringIO(), (str(tmp_path / "a.txt"),))


def test_an_empty_name_is_refused():
    """-o '' is a mistake, not the working folder."""
    with pytest.raises(UsageError, match="needs a file name"):
        open_destination("", io.StringIO(), ())


def test_a_full_disk_prints_the_answer_instead():
    """When writing fails at the end, the answer is on standard output and the error says so."""
    stdout = io.StringIO()
    destination = open_destination("/dev/full", stdout, ())
    with pytest.raises(RaoError, match="/dev/full: no space left") as caught:
        write_all(destination, "new\n", "/dev/full", stdout)
    destination.close()
    assert stdout.getvalue() == "new\n"
    assert "printed instead" in caught.value.hint


def test_a_device_is_written_not_replaced():
    """/dev/null is still a device afterwards."""
    put("/dev/null")
    assert not Path("/dev/null").is_file()
