"""Pages: headings as chapters, places named by them, the encoding that the page declares."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.context import Context
from rao_cli.documents.failures import NoTextError
from rao_cli.documents.formats.html import decode_html, read_html
from rao_cli.documents.model import Span
from rao_cli.documents.workers import Workers
from tests.documents.formats.reading import chapters, read, read_or_refused, values

PAGE = """<!doctype html><title>Guide</title><nav>Home</nav><p>Welcome.
<h1>Install</h1><p>Get it.<h2>Linux</h2><p>Use the <b>package</b>.<h2>Windows</h2><p>Use the installer.
<h1>Use</h1><p>Run it. <span hidden>secret</span>"""


@pytest.fixture(scope="module")
def context():
    """Yield a context whose worker is used by all tests."""
    with Workers(1) as workers:
        yield Context(workers=workers)


def test_headings_are_chapters(context):
    """Headings nest as chapters over the text of the page."""
    document = read(read_html, PAGE, "a.html", context)
    assert document.text.startswith("Welcome.\n\nInstall\n\nGet it.\n\nLinux\n\nUse the package.\n")
    assert chapters(document) == [(1, "Install"), (2, "Linux"), (2, "Windows"), (1, "Use")]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Welcome", "dir/a.html § Guide"),
        ("Get it", "dir/a.html § Install"),
        ("package", "dir/a.html § Install › Linux"),
        ("installer", "dir/a.html § Install › Windows"),
        ("Run it", "dir/a.html § Use"),
    ],
)
def test_places_are_heading_paths(context, words, place):
    """A place is the path of headings to it; before the first heading it is the page's title."""
    document = read(read_html, PAGE, "a.html", context)
    at = document.text.index(words)
    assert str(document.locate(Span(at, at + len(words)))) == place


def test_what_was_left_out_is_told(context):
    """Facts tell the title and how many characters were hidden or furniture."""
    assert values(read(read_html, PAGE, "a.html", context)) == {
        "title": "Guide",
        "hidden characters left out": 6,
        "characters of navigation and the like left out": 4,
    }


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("iso-8859-1", "cp1252"),
        ("Windows-1251", "cp1251"),
        ("Shift_JIS", "cp932"),
        ("gb2312", "gb18030"),
        ("utf-8", "utf-8"),
        ("koi8-r", "koi8-r"),
    ],
)
@pytest.mark.parametrize(
    "meta", ['<meta charset="{}">', "<meta content='text/html; charset={}'>", '<?xml encoding="{}"?>']
)
def test_declared_encodings_are_followed(declared, encoding, meta):
    """The encoding is the one that the page declares, as browsers understand its name."""
    word = {"cp1252": "café “x”", "cp1251": "Привет", "cp932": "日本", "gb18030": "中文", "koi8-r": "Мир"}.get(
        encoding, "né"
    )
    page = f"{meta.format(declared)}<p>{word}"
    assert decode_html(page.encode(encoding), "a") == (page, "")


@pytest.mark.parametrize("declared", ["iso-8859-1", "rot13", "utf-7", "unicode_escape", "x" * 15])
def test_false_declarations_are_not_followed(declared):
    """A page in UTF-8 is read as that, whatever it declares; names that are no encoding of text do nothing."""
    page = f'<meta charset="{declared}"><p>né +AGE- \\x41'
    assert decode_html(page.encode(), "a")[0] == page


def test_a_page_in_utf16_is_read():
    """A byte order mark goes before what the page declares."""
    page = '<meta charset="iso-8859-1"><p>né'
    assert decode_html(page.encode("utf-16"), "a") == (page, "")


def test_a_page_without_text_says_so(context):
    """A page that is built by scripts alone holds no text."""
    with pytest.raises(NoTextError):
        read(read_html, "<html><script>render()</script>", "a.html", context)


@settings(max_examples=40)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_page_or_refused(context, data):
    """Whatever the bytes, there is a whole document or one clear error."""
    read_or_refused(read_html, b"<p>" + data, "a.html", context)
