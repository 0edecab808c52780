"""Rules of pages: what is hidden, what is furniture, and which elements are blocks, one case each."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.parsers import html_rules
from rao_cli.documents.parsers.html import DEEPEST, convert
from rao_cli.documents.parsers.html_rules import is_hidden

BODY = "<p>A text of some length, as pages mostly have it.</p>"
SHOWN = "A text of some length, as pages mostly have it."


def text(html: str) -> str:
    """Return the text of a page."""
    return str(convert(html, {})["text"])


@pytest.mark.parametrize(
    ("attributes", "hidden"),
    [
        ({}, False),
        ({"hidden": None}, True),
        ({"hidden": ""}, True),
        ({"hidden": "hidden"}, True),
        ({"hidden": "false"}, True),
        ({"hidden": "until-found"}, False),
        ({"aria-hidden": "true"}, True),
        ({"aria-hidden": "false"}, False),
        ({"aria-hidden": None}, False),
        ({"style": None}, False),
        ({"style": ""}, False),
        ({"style": "display:none"}, True),
        ({"style": "DISPLAY:NONE"}, True),
        ({"style": "display : none"}, True),
        ({"style": "display:none!important"}, True),
        ({"style": "display:block"}, False),
        ({"style": "visibility:hidden"}, True),
        ({"style": "visibility:collapse"}, True),
        ({"style": "visibility:visible"}, False),
        ({"style": "opacity:0"}, True),
        ({"style": "opacity:0.0"}, True),
        ({"style": "opacity:.0"}, True),
        ({"style": "opacity:0%"}, True),
        ({"style": "opacity:0.01"}, False),
        ({"style": "opacity:10%"}, False),
        ({"style": "opacity:0; color:red"}, True),
        ({"style": "font-size:0"}, True),
        ({"style": "font-size:0px"}, True),
        ({"style": "font-size:0em !important"}, True),
        ({"style": "font-size:10px"}, False),
        ({"style": "font-size:0.5em"}, False),
        ({"style": "line-height:0"}, False),
        ({"class": "hidden"}, False),
    ],
)
def test_what_an_element_says_of_being_shown(attributes, hidden):
    """Only what the element itself says hides it: attributes and styles, in any writing."""
    assert is_hidden(attributes) is hidden


@pytest.mark.parametrize(
    ("name", "furniture"),
    [
        ("cookie-banner", True),
        ("cookieBanner", True),
        ("cookie-consent-notice", True),
        ("gdpr-overlay", True),
        ("consent_modal", True),
        ("skip-link", True),
        ("skip-to-content", True),
        ("skipnav", True),
        ("linenos", True),
        ("headerlink", True),
        ("cookie-recipes", False),
        ("cookies", False),
        ("informed-consent", False),
        ("banner", False),
        ("skipper", False),
        ("navigation", False),
        ("footer", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("attribute", ["class", "id"])
def test_names_of_furniture(name, furniture, attribute):
    """Banners and skip links are told by class and id; words that only look alike stay."""
    found = text(f'{BODY}<div {attribute}="{name}">more words</div>')
    assert ("more words" in found) is not furniture


@pytest.mark.parametrize("role", ["navigation", "banner", "contentinfo", "search", "complementary"])
@pytest.mark.parametrize("inside", [False, True])
def test_roles_of_furniture(role, inside):
    """Roles mark furniture of the page; inside an article only navigation and search are that."""
    piece = f'<div role="{role}">more words</div>'
    found = text(f"<article>{BODY}{piece}</article>" if inside else BODY + piece)
    assert ("more words" in found) is (inside and role not in ("navigation", "search"))


@pytest.mark.parametrize("role", ["main", "article", "region", "list", "", "NAVIGATION"])
def test_other_roles_stay(role):
    """A role that does not name furniture leaves the text."""
    assert "more words" in text(f'{BODY}<div role="{role}">more words</div>')


@pytest.mark.parametrize("sign", ["¶", "§", "#", "🔗", " ¶ "])
def test_links_from_a_heading_to_itself(sign):
    """A link that is nothing but the sign for itself is no part of the title."""
    found = convert(f"<h2>Title<a href='#t'>{sign}</a></h2>{BODY}", {})
    assert [title for _, _, title in found["headings"]] == ["Title"]


@pytest.mark.parametrize("words", ["#1", "C#", "¶ 4", "see"])
def test_other_links_are_read(words):
    """A link with words is text."""
    assert words in text(f"{BODY}<p>It is <a href='#t'>{words}</a>.")


@pytest.mark.parametrize("tag", sorted(html_rules.DROPPED - {"frameset", "head", "noframes", "title"}))
def test_elements_without_text_for_a_reader(tag):
    """What a dropped element holds is not read, and what follows its end is."""
    found = text(f"<p>before <{tag}>inside</{tag}> after")
    assert "before" in found
    assert "after" in found
    void = tag in ("area", "base", "embed", "input", "link", "meta", "source", "track", "param", "frame")
    assert ("inside" in found) is void


@pytest.mark.parametrize("tag", sorted(html_rules.PARAGRAPHS - {"hr"}))
def test_paragraphs_stand_apart(tag):
    """An element of paragraphs has an empty line before and after."""
    assert text(f"<div>one<{tag}>two</{tag}>three</div>") == "one\n\ntwo\n\nthree\n"


BLOCKS = sorted(
    html_rules.BLOCKS
    - {"aside", "footer", "header", "nav", "body", "caption", "tbody", "td", "tfoot", "th", "thead", "tr"}
    - {"dt", "legend", "option", "table"}
)


@pytest.mark.parametrize("tag", BLOCKS)
def test_blocks_are_lines_of_their_own(tag):
    """An element of blocks starts a line and ends it."""
    assert text(f"<div>one<{tag}>two</{tag}>three</div>") == "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    "tag", ["b", "i", "em", "span", "a", "code", "kbd", "small", "sub", "mark", "font", "x-y"]
)
def test_other_elements_are_in_the_line(tag):
    """Elements that only mark words do not part them."""
    assert text(f"<p>wo<{tag}>rd</{tag}>s") == "words\n"


@pytest.mark.parametrize("level", range(1, 7))
def test_headings_have_their_level(level):
    """Each of the six headings is noted with its level, on a line of its own."""
    found = convert(f"one<h{level}>Two</h{level}>three", {})
    assert found["text"] == "one\n\nTwo\n\nthree\n"
    assert found["headings"] == [(5, level, "Two")]


@pytest.mark.parametrize("tag", ["h7", "h0", "hgroup", "hr"])
def test_what_only_looks_like_a_heading(tag):
    """Other elements that begin with h are no headings."""
    assert convert(f"<{tag}>Two</{tag}>", {})["headings"] == []


@pytest.mark.parametrize(
    ("start", "first"),
    [("0", "0."), ("5", "5."), ("-3", "0."), ("1e3", "1."), ("", "1."), ("9" * 400, "999999999."), (" 7 ", "7.")],
)
def test_lists_start_where_they_say(start, first):
    """A numbered list starts at its number, at one where that is none, and never below zero."""
    assert text(f'<ol start="{start}"><li>a</ol>').split()[0] == first


def test_depth_without_end_is_read():
    """Elements in elements without end are read to their innermost text, in little time."""
    start = time.process_time()
    found = text("<div>" * (DEEPEST * 20) + "innermost")
    assert "innermost" in found
    assert time.process_time() - start < 5


@pytest.mark.parametrize("piece", ["<table><tr><td>", "<ul><li>", "<b>", "<pre>", "<h1>", "<nav>", "<dl><dt>"])
def test_every_element_may_nest_without_end(piece):
    """No element that is opened two thousand times breaks the walk or takes long."""
    start = time.process_time()
    convert(piece * 2000 + "innermost", {})
    assert time.process_time() - start < 5


@pytest.mark.parametrize("seed", ["display:", "opacity:0", "font-size: ", "cookie", "consent-", " skip-"])
def test_hostile_attributes_take_no_time(seed):
    """A style or class of a hundred thousand characters is judged at once."""
    start = time.process_time()
    is_hidden({"style": seed * 20_000})
    text(f'{BODY}<div class="{seed * 20_000}">x</div>')
    assert time.process_time() - start < 3


@given(st.text(alphabet="display:none;opacity0.% !", max_size=40))
def test_styles_of_any_writing_are_judged(style):
    """Any style is shown or hidden, and one that names display:none is hidden."""
    assert is_hidden({"style": style + ";display:none"})
    assert is_hidden({"style": style}) in (True, False)


def test_hidden_and_furniture_are_counted_apart():
    """Letters that are hidden and letters of furniture have counts of their own, spaces counted in neither."""
    found = convert(f"{BODY}<nav>a b c</nav><div hidden>d e<nav>f</nav></div>", {})
    assert (found["furniture"], found["hidden"], found["text"]) == (3, 3, SHOWN + "\n")
