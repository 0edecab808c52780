"""A saved conversation shows what was said and does nothing."""

import re

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from rao_cli.cli.assemble import Given
from rao_cli.cli.chat_save import markdown
from rao_cli.cli.conversation import Conversation, Exchange
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams
from tests.agent.helpers import document
from tests.cli.stream import citation, nasty, result

HOSTILE = (
    "<script>alert(1)</script>",
    "![x](http://evil.example/x.png)",
    "[a](javascript:x)",
    "# big",
    "    code",
    "```\ncode",
    "> quoted",
    "- item",
    "1. item",
    "===\n---",
    "a | b\n--|--",
    "<!-- hidden",
    "&lt;b&gt; &amp;",
    "[^1]: note",
    "*b* _i_ ~~s~~ `c` $x$ \\",
    "http://evil.example www.evil.example",
)
TAGS = re.compile(r"<(?!/?(?:h1|h2|p|ol|li|br|br /)(?: start=\"\d+\")?>)[^>]*>?")


def talk_of(*results, typed="Who?"):
    """Return a conversation with these results."""
    given = Given(
        ("notes.txt",), Options(), Streams(None, None, None), Notices(None, quiet=True, color=False, live=False)
    )
    talk = Conversation(given, document("x"), typed=False)
    talk.exchanges += [Exchange(typed, one.question, one) for one in results]
    return talk


def shown(text):
    """Return the HTML that a saved conversation becomes."""
    return MarkdownIt("commonmark").enable("table").enable("strikethrough").render(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_it_is_markup(text):
    """Markup in questions, answers, places and quotes is shown as it was written."""
    one = result(answer=text, question=text, how=text, citations=(citation(quote=text, label=text, path=text),))
    html = shown(markdown(talk_of(one, typed=text)))
    assert TAGS.findall(html) == []
    assert html.count("<h2>") == 1
    assert html.count("<li>") == 1


@given(nasty)
def test_any_text_is_data(text):
    """Whatever the text, the file has no controls in it and one heading a question."""
    saved = markdown(talk_of(result(answer=f"x{text}", question=text), typed=text))
    assert "\x1b" not in saved
    assert len(re.findall(r"^## ", saved, re.MULTILINE)) == 1


def test_the_lines_of_an_answer_stay_lines():
    """An answer of several lines is shown in as many."""
    html = shown(markdown(talk_of(result(answer="one\ntwo"))))
    assert "one<br />\ntwo" in html


def test_what_was_not_found_is_said():
    """An absent answer, a failed one and one that nothing backs read as on the screen."""
    saved = markdown(
        talk_of(
            result(answer="", status="absent", citations=()),
            result(answer="", status="failed", citations=()),
            result(answer="blue", verified=False, citations=(citation(verified=False),)),
        )
    )
    assert "\nNot found in the sources.\n" in saved
    assert "\nNo answer.\n" in saved
    assert "\nunverified: blue\n" in saved
    assert saved.rstrip().endswith("(unverified)")
