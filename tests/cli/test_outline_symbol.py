"""``rao outline --symbol``: where a name is defined, and what uses it."""

import pytest

from rao_cli.cli.outline_symbol import look_up, lookup_text
from rao_cli.errors import InputError
from tests.cli.console import rao
from tests.cli.outlines import book

TOOL = "class Reader:\n    def parseConfig(self):\n        return 1\n\n\ndef first():\n    return Reader()\n"
USER = "from tool import Reader, first\n\nfirst()\nReader().parseConfig()\nprint(Reader().parseConfig)\n"


@pytest.fixture
def folder(tmp_path):
    """Return a folder of two modules, one of which uses the other."""
    (tmp_path / "tool.py").write_text(TOOL)
    (tmp_path / "user.py").write_text(USER)
    return tmp_path


def test_a_definition_is_named_with_its_line_and_its_users(folder):
    """The definition has path and line; each file that uses the name is counted."""
    text = rao("outline", folder, "--symbol", "Reader").out
    assert f"class Reader     4  {folder}/tool.py:1\n" in text
    assert text.splitlines()[-2:] == [f"{folder}/user.py      3", f"{folder}/tool.py      1"]


@pytest.mark.parametrize("name", ["parseConfig", "parse_config", "Reader.parseConfig", "parse config"])
def test_a_name_is_found_in_any_spelling(folder, name):
    """A name is found as it is written, in another spelling, by its words, and with what it is defined in."""
    found = rao("outline", folder, "--symbol", name, "--json").json
    assert found["schema"] == "rao.symbol/1"
    assert [(row["container"], row["name"], row["line"]) for row in found["definitions"]] == [
        ("Reader", "parseConfig", 2)
    ]
    assert found["uses"] == [{"path": f"{folder}/user.py", "count": 2}]


@pytest.mark.parametrize("name", ["nothing_of_that", "\x1b[2J", "(?P<x>.)*" * 50])
def test_a_name_that_nobody_knows_is_said_to_be_unknown(folder, name):
    """An unknown name, however odd, is one line and a hint."""
    done = rao("outline", folder, "--symbol", name)
    assert (done.code, done.out) == (3, "")
    assert "rao: error: no file defines or uses" in done.err
    assert "\x1b[2J" not in done.err
    assert "\nhint: " in done.err


def test_a_source_without_code_has_no_names():
    """Looking a name up where no source code was read is refused."""
    with pytest.raises(InputError, match=r"no source code was read from book\.pdf"):
        look_up(book(), "x")


def test_lines_fit_the_screen(folder):
    """On a narrow terminal long paths give way, the numbers stay."""
    from rao_cli.documents.load import open_sources

    found = look_up(open_sources([str(folder)]), "Reader")
    lines = lookup_text(found, 40, color=False).splitlines()
    assert max(map(len, lines)) <= 40
    assert lines[-2].endswith("  3")
