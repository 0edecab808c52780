"""A run's file that is whole and says what no run would: the commands that look at it still end in order."""

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.agent.records import Citation, Handoff, Usage
from rao_cli.cli.options import Options
from rao_cli.cli.runs_agent import show_agent
from rao_cli.cli.runs_diff import show_diff
from rao_cli.cli.runs_list import show_list
from rao_cli.cli.runs_replay import replay_run
from rao_cli.cli.runs_show import show_run
from rao_cli.cli.terminal import Streams
from rao_cli.engine.base import Completion, Message, Request, Token
from rao_cli.runs.library import Entry
from rao_cli.text import clean
from tests.cli.kept import FIRST, HOSTILE, SECOND, answered, keep, runs
from tests.runs.making import acted, called, closed, finished, opened, started

TEXT = st.sampled_from(["", "plain", HOSTILE, "…" * 300, "\n\n\n", "汉字" * 60, "\ud7ff[1] a: b"])
NAME = st.sampled_from(["1", "1.1", "1.1.1", "1.2", "", ".", "1..2", "x", HOSTILE, "1." + "9" * 50])
FLOAT = st.floats(allow_nan=False, allow_infinity=False)
AT = st.one_of(FLOAT, st.integers(-5, 5))
NUMBER = st.integers(-(10**20), 10**20)
SPANS = st.lists(st.tuples(NUMBER, NUMBER), max_size=3).map(tuple)


def citation(text, start, end):
    """Return a citation of any place."""
    return Citation(path=text, start=start, end=end, quote=text, verified=True, label=text, heading=text)


CITATIONS = st.lists(st.builds(citation, TEXT, NUMBER, NUMBER), max_size=2).map(tuple)


def handoff(goal, facts):
    """Return a handoff of any words."""
    return Handoff(goal=goal, sections=(goal,), facts=facts, choices=facts)


def call(agent, at, text, logprob, choices):
    """Return a call that wrote or weighed anything."""
    tokens = (Token(text, logprob),) * 2
    request = Request((Message("user", (text, text)),), 8, choices=choices)
    done = Completion(text, tokens, 3, 9, "stop", choices=(tokens,) * len(choices))
    return called(agent, at=at).model_copy(update={"request": request, "completion": done})


TEXTS = st.lists(TEXT, max_size=2).map(tuple)
USAGE = st.builds(Usage, prompt_tokens=NUMBER, cached_tokens=NUMBER, seconds=AT, depth=NUMBER)
EVENTS = st.lists(
    st.one_of(
        st.builds(started, st.just(FIRST), question=TEXT, document=TEXT, digest=TEXT, model=TEXT, tokens=NUMBER),
        st.builds(
            opened,
            NAME,
            AT,
            parent=NAME,
            depth=NUMBER,
            handoff=st.builds(handoff, TEXT, TEXTS),
            titles=TEXTS,
            location=TEXT,
            spans=SPANS,
        ),
        st.builds(call, NAME, AT, TEXT, FLOAT, TEXTS),
        st.builds(acted, NAME, AT, NUMBER, action=st.dictionaries(TEXT, TEXT, max_size=2), read=SPANS),
        st.builds(closed, NAME, AT, answer=TEXT, reason=TEXT, how=TEXT, conflicts=TEXTS, citations=CITATIONS),
        st.builds(finished, st.just(FIRST), answer=TEXT, citations=CITATIONS, usage=USAGE, warnings=TEXTS),
    ),
    max_size=12,
)


def printed(command):
    """Do a command's work and return all it printed; whatever it raises ends the test."""
    streams = Streams(io.BytesIO(), io.StringIO(), io.StringIO())
    assert command(streams) == 0
    return streams.stdout.getvalue() + streams.stderr.getvalue()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, question=TEXT)
def test_anything_may_be_kept(own_folders, events, question):
    """Whatever numbers, names and words a file holds, each command prints it in safe characters, and ends."""
    folder = keep(FIRST, *events, question=question)
    answered(SECOND)
    name = next((one.agent for one in events if getattr(one, "agent", "")), "")
    quiet = Options(quiet=True)
    commands = [
        lambda streams: show_list(0, Options(), streams),
        lambda streams: show_run(FIRST, Options(), streams, everything=True),
        lambda streams: show_run(FIRST, Options(json=True), streams, everything=False),
        lambda streams: show_diff(FIRST, SECOND, Options(), streams, everything=False),
        lambda streams: show_diff(SECOND, FIRST, Options(json=True), streams, everything=False),
        lambda streams: replay_run(FIRST, 1.0, quiet, streams),
    ]
    commands += [lambda streams: show_agent(FIRST, name, Options(), streams)] if name else []
    try:
        for command in commands:
            out = printed(command)
            assert clean(out) == out
    finally:
        runs().remove([Entry(folder, 0, 0), Entry(folder.parent / SECOND, 0, 0)])
