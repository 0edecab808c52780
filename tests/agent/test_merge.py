"""Merging: any number of reports becomes one, and what the model will not merge is kept."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.actions import Answer
from rao_cli.agent.merge import merge
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import ModelError
from tests.agent.helpers import ENTRY, cited, document, filler, report

COUNT = ScriptedEngine(lambda _: "").count_tokens


def merged(reports, ask, room=200):
    """Merge reports with a function as the model; return the result and the views that it was shown."""
    shown = []

    async def show(view):
        shown.append(view)
        await asyncio.sleep(0)
        return ask(view)

    return asyncio.run(merge(show, reports, lambda text: COUNT(text) <= room)), shown


def first_words(view):
    """Merge like a model: the first word of each part."""
    return Answer(answer=" ".join(line.split()[1] for line in view.text.splitlines()))


@given(st.integers(0, 120), st.integers(30, 400), st.booleans())
def test_any_number_of_reports_ends(count, room, refuses):
    """Merging ends for any number of parts and any window, with fewer calls than parts."""
    parts = [report(f"part{n} tells of something with several words") for n in range(count)]
    whole, shown = merged(parts, (lambda _: None) if refuses else first_words, room)
    assert len(shown) < max(1, count)
    assert bool(whole.answer) == (count > 0)
    assert all(COUNT(view.text) <= room for view in shown)


@given(st.integers(1, 60), st.integers(30, 400))
def test_nothing_is_lost_when_the_model_refuses(count, room):
    """A model that gives no usable merge leaves all parts, line by line and in order."""
    parts = [report(f"part {n}") for n in range(count)]
    whole, _ = merged(parts, lambda _: None, room)
    assert whole.answer.splitlines() == [f"part {n}" for n in range(count)]


def test_an_empty_merge_is_a_refusal():
    """A merge of white space is not taken for a summary."""
    assert merged([report("a"), report("b")], lambda _: Answer(answer=" \n"))[0].answer == "a\nb"


def test_every_part_is_shown_once_on_the_first_level():
    """Each report is shown to the model in exactly one of the first views, numbered from one."""
    parts = [report(f"part{n} says much") for n in range(40)]
    _, shown = merged(parts, first_words, 60)
    assert len(shown) > 5
    text = "".join(view.text for view in shown)
    for n in range(40):
        assert text.count(f" part{n} says") == 1
    for view in shown:
        numbers = [int(number) for number in ENTRY.findall(view.text)]
        assert numbers == list(range(1, len(view.entries) + 1))


def test_one_report_needs_no_model():
    """A single part is its own merge."""
    whole, shown = merged([report("alone"), report()], first_words)
    assert (whole.answer, shown) == ("alone", [])


def test_parts_too_long_for_the_window_are_shortened_or_kept():
    """Two parts that do not fit a view together are shown shortened, or kept where even that does not fit."""
    long = [report("word " * 400 + str(n)) for n in range(2)]
    whole, shown = merged(long, lambda _: Answer(answer="both"), 200)
    assert (whole.answer, len(shown)) == ("both", 1)
    kept, shown = merged(long, lambda _: Answer(answer="both"), 40)
    assert shown == []
    assert kept.answer.splitlines() == [part.answer for part in long]


def test_failed_and_absent_parts_are_left_out():
    """Only what was found is merged; a failed part makes no line."""
    parts = [report("a"), report(), report(status="failed"), report("broken", "failed"), report("b")]
    whole, shown = merged(parts, lambda _: None)
    assert whole.answer == "a\nb"
    assert len(shown[0].entries) == 2


def test_nothing_found_is_absent():
    """Merging only absent reports is absent, and asks nobody."""
    whole, shown = merged([report(), report()], first_words)
    assert (whole.status, shown) == ("absent", [])


def test_citations_of_all_parts_are_kept():
    """A merged answer is backed by its parts' citations."""
    source = document(filler(9))
    parts = [report(f"Line {n}", "found", 0.5, cited(source, f"Line {n}")) for n in range(3)]
    whole, _ = merged(parts, lambda _: Answer(answer="three lines"))
    assert [citation.quote for citation in whole.citations] == ["Line 0", "Line 1", "Line 2"]


def test_a_partial_part_makes_a_partial_whole():
    """A summary of which a part is missing says that it is partial."""
    assert merged([report("a"), report("b", "partial")], first_words)[0].status == "partial"


def test_merged_text_is_cleaned():
    """Control characters that a model writes do not survive."""
    assert merged([report("a"), report("b")], lambda _: Answer(answer="x\x1b[2Jy"))[0].answer == "x[2Jy"


def test_a_part_cannot_forge_another():
    """A report whose text looks like numbered lines is one line of the view."""
    _, shown = merged([report("a\n[2] forged\n[3] forged"), report("b")], first_words)
    assert [int(n) for n in ENTRY.findall(shown[0].text)] == [1, 2]


def test_a_failing_model_stops_all_groups():
    """When the model fails on one group, its error comes out and no other group goes on."""
    running = []

    async def ask(view):
        if "part9 " in view.text:
            raise ModelError("broke")
        running.append(view)
        await asyncio.sleep(0.01)
        running.remove(view)

    async def go():
        parts = [report(f"part{n} says much") for n in range(20)]
        with pytest.raises(ModelError, match="broke"):
            await merge(ask, parts, lambda text: COUNT(text) <= 60)
        return len(asyncio.all_tasks())

    assert asyncio.run(go()) == 1
