"""The page of a run is one file that asks for nothing, and nothing that it holds can act."""

import base64
import hashlib
import json
import re
from importlib import resources
from io import BytesIO, TextIOWrapper

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.runs.html import SCRIPTS, _json, write_html
from rao_cli.runs.viewed import viewed
from tests.runs.hostile_run import ACT, ATTACKS, hostile
from tests.runs.making import finished, kept, started
from tests.runs.pages import Parts, large_page, page, small

MOST = 10_000_000
"""Bytes of a run of 5,000 agents without texts."""
WRITES_MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|\bFunction\(|srcdoc|\.href ="
)
ASKS = re.compile(r"\bfetch\b|XMLHttp|WebSocket|EventSource|sendBeacon|\bimport\b|https?:|//[a-z]|url\(")


@pytest.fixture(scope="module")
def parts():
    """Return the parts of a hostile run's page."""
    asked, events = hostile()
    return Parts(page(events, asked))


def digest(text):
    """Return what a policy calls a text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy_of(parts):
    """Return a page's policy by what it is for."""
    told = next(one["content"] for one in parts.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    return dict(rule.strip().split(" ", 1) for rule in told.split(";"))


# ---------------------------------------------------------------------- structure


def test_the_page_is_one_file():
    """Nothing in the page names another file or address: the elements that could load have no source."""
    parts = Parts(page(small()))
    assert not any({"src", "srcset", "data", "action"} & attributes.keys() for _, attributes in parts.elements)
    assert all(one["href"].startswith("#") for one in parts.all("a"))
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in parts.elements}


def test_the_policy_allows_the_script_and_style_alone():
    """Everything is forbidden but what has the digests of the two that the page holds."""
    parts = Parts(page(small()))
    policy = policy_of(parts)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == digest(parts.script)
    assert policy["style-src"] == digest(parts.style)


def test_the_policy_forbids_markup_from_text():
    """The browser refuses to make markup of text, bases, and forms."""
    policy = policy_of(Parts(page(small())))
    assert policy["require-trusted-types-for"] == "'script'"
    assert (policy["trusted-types"], policy["base-uri"], policy["form-action"]) == ("'none'",) * 3


def test_the_policy_comes_first():
    """Nothing but the encoding stands before the policy, so that it holds for all."""
    text = page(small())
    assert text.index("Content-Security-Policy") < text.index("<style")
    assert text.index('charset="utf-8"') < 100


def test_no_attribute_is_script_or_style():
    """Elements carry no handlers and no styles, which the policy would refuse."""
    for _, attributes in Parts(page(small())).elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)


def test_the_scripts_write_no_markup_and_ask_for_nothing():
    """The viewer's script has none of the ways to make markup of text, to run text, or to reach the network."""
    for name in SCRIPTS:
        code = resources.files("rao_cli.runs").joinpath("viewer", name).read_text("utf-8")
        assert not WRITES_MARKUP.search(code), name
        assert not ASKS.search(re.sub(r"^ *//.*$", "", code, flags=re.M)), name


def test_every_file_of_the_viewer_is_used():
    """The viewer's folder holds the page, the style and the scripts, and nothing besides."""
    there = {one.name for one in resources.files("rao_cli.runs").joinpath("viewer").iterdir()}
    assert there == {*SCRIPTS, "viewer.html", "viewer.css"}


def test_files_of_the_viewer_are_small():
    """The limit on the lines of a file holds for the viewer too."""
    for name in (*SCRIPTS, "viewer.css", "viewer.html"):
        text = resources.files("rao_cli.runs").joinpath("viewer", name).read_text("utf-8")
        assert len(text.splitlines()) <= 400, name


# ---------------------------------------------------------------------- hostile text


def test_hostile_text_makes_no_element(parts):
    """A page with hostile text in every field has the elements of one without."""
    harmless = Parts(page(small()))
    assert [tag for tag, _ in parts.elements] == [tag for tag, _ in harmless.elements]
    assert [one for tag, one in parts.elements if tag != "meta"] == [
        one for tag, one in harmless.elements if tag != "meta"
    ]


def test_hostile_text_changes_no_code(parts):
    """Script, style and policy are the same whatever the run holds."""
    harmless = Parts(page(small()))
    assert (parts.script, parts.style, policy_of(parts)) == (harmless.script, harmless.style, policy_of(harmless))


def test_hostile_text_is_kept_as_it_was(parts):
    """The page's data hold each attack to the letter."""
    assert set(ATTACKS) <= set(parts.data["strings"])
    asked, events = hostile()
    assert parts.data == json.loads(json.dumps(viewed(asked, events, texts=True)))


def test_places_in_a_text_are_no_places():
    """A run that spells the names of the page's places does not get their contents."""
    text = page([started(question="{{script}} {{data}}"), finished(answer="{{style}}")])
    assert text.count("{{script}}") == 0 or "{{script}}" in Parts(text).held[1]
    assert Parts(text).data["result"]["answer"] == "{{style}}"


def test_no_sign_reorders_the_file():
    """Neither line separators nor marks that reorder text, nor controls, stand in the file itself."""
    asked, events = hostile()
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]", page(events, asked)
    )


def test_nothing_acts_outside_the_data():
    """The attack's code is nowhere in the page but in its data."""
    asked, events = hostile()
    before, _, rest = page(events, asked).partition('<script type="application/json" id="data">')
    assert ACT not in before
    assert ACT not in rest.partition("</script>")[2]


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_comes_through(text):
    """Whatever a text is, even halves of characters: its JSON is inert, can be written, and reads the same."""
    written = _json({"text": text})
    assert not re.search("[<>&\u2028\u2029]", written)
    assert json.loads(written.encode("utf-8")) == {"text": text}


# ---------------------------------------------------------------------- runs of all kinds


@pytest.mark.parametrize("count", [0, 1, 2, 4, 6, 8])
def test_a_run_that_stopped_anywhere_has_a_page(count):
    """Any beginning of a run's events is shown; there is no result then."""
    data = Parts(page(small()[:count])).data
    assert data["result"] is None
    assert data["run"]["question"] == "who?"


def test_the_page_can_be_written_to_a_file():
    """A file in UTF-8 takes the page of a hostile run."""
    asked, events = hostile()
    raw = BytesIO()
    file = TextIOWrapper(raw, encoding="utf-8", newline="\n")
    write_html(asked, events, file)
    file.flush()
    assert raw.getvalue().decode() == page(events, asked)


def test_thousands_of_agents_fit():
    """A run of 5,000 agents, each with eleven choices weighed, stays under ten megabytes without texts."""
    text = large_page()
    assert len(text.encode()) < MOST
    assert text.count("north mill") == 0


def test_without_texts_nothing_shown_is_written():
    """Prompts, quotes and passages are left out where texts are not wanted; answers and places stay."""
    asked, events = hostile()
    data = Parts(page([*small()], texts=False)).data
    told = json.dumps(data)
    assert "Before all this" not in told
    assert "The lid opens" not in told
    assert data["citations"] == [{"label": "a.txt:2", "heading": "Lids", "span": [40, 66], "verified": True}]
    assert data["run"]["texts"] is False
    assert "passage" not in Parts(page(events, asked, texts=False)).data["citations"][0]


def test_the_page_is_the_same_twice():
    """The same run gives the same file."""
    assert page(small()) == page(small())


def test_the_run_is_not_the_page_name():
    """The page's own title holds nothing of the run, so that no title can be forged before the script runs."""
    assert "<title>rao run</title>" in page(small(), kept())
