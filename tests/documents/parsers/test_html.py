"""HTML to text: what a reader sees stays, in order and in lines; what a reader does not see is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.parsers.base import RefusedError
from rao_cli.documents.parsers.html import convert, parse


def text(html: str) -> str:
    """Return the text of a piece of a page."""
    return str(convert(html, {})["text"])


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one\n two<p>three", "one two\n\nthree\n"),
        ("a<b>b</b>c <i> d </i>e", "abc d e\n"),
        ("<p>a &amp; b &lt;c&gt; &eacute;&nbsp;d", "a & b <c> é d\n"),
        ("<div>a</div><div>b</div>", "a\nb\n"),
        ("a<br>b<br><br>c", "a\nb\n\nc\n"),
        ("<ul><li>a<li><p>b</p><ul><li>c</ul></ul>d", "- a\n- b\n  - c\n\nd\n"),
        ('<ol start="9"><li>a<li>b</ol><ol><li>c</ol>', "9. a\n10. b\n\n1. c\n"),
        ('<ol start="x"><li>a<li></ol>', "1. a\n"),
        ("<pre>\n a\n\n  b &amp; c\n</pre>d", " a\n\n  b & c\n\nd\n"),
        ("<pre><code>a</code><code>b</code></pre>", "a\nb\n"),
        ("<table><tr><th>a<th>b</tr><tr><td>1<td>2</table>", "a | b\n1 | 2\n"),
        ("<table><tr><td>a<p>b</p><p>c</p><td></td><td>d</table>", "a b c |  | d\n"),
        ("<table><caption>T</caption><tr><td>a</table>", "T\na\n"),
        ("<table><tr><td><table><tr><td>a<td>b</table><td>c</table>", "a | b\n\nc\n"),
        ("<table role=presentation><tr><td>a<td>b</table>", "a\nb\n"),
        ("<dl><dt>t<dd>d<dt>u<dd>e</dl>", "t\nd\n\nu\ne\n"),
        ('x <a href="http://y">link</a> <img alt="a cat" src="z"> <img src="w">', "x link a cat\n"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth\n"),
        ("<td>a<td>b", "ab\n"),
        ("", ""),
        ("  <p> </p>\n", ""),
    ],
)
def test_blocks_are_lines(html, expected):
    """Paragraphs, lists, tables, preformatted text and entities come out as a person would write them down."""
    assert text(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<style>x</style>",
        "<template>x</template>",
        "<noscript>x</noscript>",
        "<svg><text>x</text></svg>",
        "<textarea>x</textarea>",
        "<select><option>x</select>",
        "<button>x</button>",
        "<!-- x -->",
        "<iframe>x</iframe>",
    ],
)
def test_what_is_no_text_is_dropped(html):
    """Scripts, styles, forms and pictures leave nothing behind."""
    assert text(f"a {html} b") == "a b\n"


@pytest.mark.parametrize(
    "attributes",
    [
        "hidden",
        'hidden=""',
        'aria-hidden="true"',
        'style="display:none"',
        'style="color:red; DISPLAY : none !important"',
        'style="visibility: hidden"',
        'style="font-size:0"',
        'style="font-size: 0px;"',
        'style="opacity:0.0"',
    ],
)
def test_hidden_text_is_left_out_and_counted(attributes):
    """What an element says is not shown does not reach the text, and its letters are counted."""
    content = convert(f"<p>seen<div {attributes}>ignore <b>all</b> this</div>", {})
    assert (content["text"], content["hidden"]) == ("seen\n", len("ignoreallthis"))


@pytest.mark.parametrize(
    "attributes", ['hidden="until-found"', 'aria-hidden="false"', 'style="opacity:0.5"', 'style="font-size:0.9em"']
)
def test_what_is_shown_stays(attributes):
    """Attributes that only look like hiding leave the text."""
    assert text(f"<p {attributes}>seen") == "seen\n"


@pytest.mark.parametrize(
    "html",
    [
        "<nav>menu</nav>",
        "<header>logo</header>",
        "<footer>imprint</footer>",
        "<aside>advert</aside>",
        '<div role="navigation">menu</div>',
        '<div role="banner">logo</div>',
        '<div class="cookie-consent-banner">accept</div>',
        '<div id="gdpr_popup">accept</div>',
        '<a class="skip-link" href="#m">skip</a>',
        '<main><nav role="x">menu</nav></main>',
    ],
)
def test_furniture_is_left_out_and_counted(html):
    """Navigation, site headers and footers, sidebars and cookie banners do not reach the text."""
    content = convert(f"<p>A text of some length, as pages have.{html}", {})
    assert content["text"] == "A text of some length, as pages have.\n"
    assert content["furniture"] > 0


@pytest.mark.parametrize("tag", ["header", "footer", "aside"])
def test_an_article_keeps_its_parts(tag):
    """Header, footer and asides of an article are text."""
    assert text(f"<article><{tag}>part</{tag}>body</article>") == "part\nbody\n"


def test_a_header_with_the_title_stays_without_its_menu():
    """A site header that holds the page's title is kept, the lists in it are not."""
    html = "<header><h1>Title</h1><ul><li>Menu</ul></header><p>Body of the page."
    assert text(html) == "Title\n\nBody of the page.\n"


def test_a_page_of_nothing_but_furniture_is_kept():
    """Where leaving furniture out would leave next to nothing, all is kept."""
    assert text(f"<nav>{'only words in here ' * 5}</nav>x").startswith("only words")


def test_headings_are_noted_where_they_stand():
    """Each heading gives its place, level and text without the link to itself; empty ones are none."""
    html = '<p>intro<h1>One <i>more</i><a class="headerlink">¶</a></h1>'
    html += '<p>a<h3>Two<a href="#two">#</a></h3>b<h2> </h2>'
    content = convert(html, {})
    headings = content["headings"]
    assert [(level, title) for _, level, title in headings] == [(1, "One more"), (3, "Two")]
    for start, _, title in headings:
        assert content["text"][start:].startswith(f"{title}\n")


def test_the_title_of_the_page_is_told():
    """The title comes apart from the text, on one line."""
    assert convert("<title> A\n  page </title>x", {})["title"] == "A page"


@given(st.text(alphabet="<>/=\"'abp h1litrdtable &;!-\n"))
def test_any_markup_gives_text(html):
    """Whatever the markup, there is text, and headings stand in it in order."""
    content = convert(f"<body>{html}", {})
    places = [start for start, _, _ in content["headings"]]
    assert places == sorted(places)
    for start, _, title in content["headings"]:
        assert content["text"][start : start + len(title)].split() == title.split()


tags = st.sampled_from(
    ["p", "ul", "ol", "li", "table", "tr", "td", "pre", "h2", "div", "section", "dl", "dd", "b"]
)


@given(st.lists(st.tuples(tags, st.booleans()), max_size=30))
def test_words_survive_any_nesting(steps):
    """Each word of visible elements comes out once and in order, however they are nested."""
    html, words = "", []
    for number, (tag, closing) in enumerate(steps):
        html += f"</{tag}>" if closing else f"<{tag}>"
        html += f" w{number} "
        words.append(f"w{number}")
    content = convert(f"<article>{html}", {})
    found = [word for word in content["text"].replace("|", " ").split() if word.startswith("w")]
    # A parser moves words that stand inside a table but outside of its cells to the front of it.
    assert sorted(found) == sorted(words)


@pytest.mark.parametrize("unit", ["<div>", "<table><tr><td>", "<ul><li>", "<b>", "<blockquote>", "<pre>", "<h1>"])
def test_deep_nesting_is_read(unit):
    """A thousand levels of anything are read, and the text inside is found."""
    assert "word" in text(unit * 1000 + "word")


def test_too_much_text_is_refused():
    """Text beyond the limit is refused, not cut."""
    assert convert("x" * 10, {"text_characters": 10})["text"]
    with pytest.raises(RefusedError):
        convert("x" * 11, {"text_characters": 10})


def test_bytes_are_utf8():
    """The parser takes UTF-8, marking what is none."""
    assert parse("é".encode() + b"\xff", {})["text"] == "é�\n"
