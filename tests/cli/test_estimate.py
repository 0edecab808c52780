"""Predicted time, and asking before a long run."""

import asyncio
import io

import pytest

from rao_cli.agent.records import Plan
from rao_cli.cli import estimate
from rao_cli.cli.terminal import Streams
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import UsageError
from tests.cli.console import Keyboard, Screen, rao, scripted


def plan(prompt=10_000, output=100):
    """Return a plan of a given size."""
    return Plan(
        sections=1, tokens=1, calls=1, prompt_tokens=prompt, output_tokens=output, depth=0, window=9, view_tokens=9
    )


def ask(seconds, typed=b"", *, yes=False, stdin_used=False, screen=True):
    """Ask for leave to run; return what was printed."""
    streams = Streams(Keyboard(typed) if screen else io.BytesIO(typed), Screen(), Screen())
    estimate.confirm(seconds, yes=yes, streams=streams, stdin_used=stdin_used)
    return streams.stderr.getvalue()


def test_a_plan_takes_reading_and_writing():
    """Prompt and output tokens have their own speeds."""
    assert estimate.Speed(100.0, 10.0).seconds(plan(1000, 50)) == 15.0


def test_speeds_are_measured():
    """A request of the engine that does the work gives both speeds."""
    engine = ScriptedEngine(lambda request: "one two three", delay=0.05)
    speed = asyncio.run(estimate.measure(engine))
    assert 100 < speed.reading < 100_000
    assert 1 < speed.writing < 100_000


def test_a_small_window_is_measured_too():
    """The probe fits whatever window there is."""
    assert asyncio.run(estimate.measure(ScriptedEngine(lambda request: "x", window=64))).reading > 0


@pytest.mark.parametrize(("seconds", "yes"), [(3600.0, False), (9e9, True)])
def test_short_or_allowed_runs_are_not_asked_about(seconds, yes):
    """An hour is fine, and --yes allows any time."""
    assert ask(seconds, yes=yes) == ""


@pytest.mark.parametrize("typed", [b"y\n", b"YES\n"])
def test_yes_goes_on(typed):
    """The question shows the estimate; y goes on."""
    assert ask(7300, typed) == "rao: this will take about 2.0 hours; go on? [y/N] "


@pytest.mark.parametrize("typed", [b"", b"\n", b"n\n", b"yep\n"])
def test_anything_else_stops(typed):
    """Return, the end of input and other words mean no."""
    with pytest.raises(UsageError, match="not started"):
        ask(7300, typed)


def test_ctrl_c_at_the_question_ends_its_line():
    """What is printed after an interrupted question does not stand in its line."""

    class Interrupted(Keyboard):
        def readline(self):
            raise KeyboardInterrupt

    streams = Streams(Interrupted(), Screen(), Screen())
    with pytest.raises(KeyboardInterrupt):
        estimate.confirm(7300, yes=False, streams=streams, stdin_used=False)
    assert streams.stderr.getvalue().endswith("[y/N] \n")


@pytest.mark.parametrize("how", [{"stdin_used": True}, {"screen": False}])
def test_without_a_terminal_nothing_is_asked(how):
    """A script gets an error that names --yes; piped text is never taken for an answer."""
    with pytest.raises(UsageError, match=r"about 2\.0 hours") as caught:
        ask(7300, b"y\n", **how)
    assert "--yes" in caught.value.hint


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5 seconds"), (600, "10 minutes"), (3700, "62 minutes"), (86400, "24.0 hours"), (9e5, "10 days")],
)
def test_durations_are_words(seconds, words):
    """An estimate is as exact as it is worth."""
    assert estimate.duration(seconds) == words


@pytest.fixture
def huge(tmp_path):
    """Return a file whose summary is planned with more than 100,000 prompt tokens."""
    path = tmp_path / "huge.txt"
    path.write_text("".join(f"on day {n} nothing of note happened at all\n" for n in range(9000)))
    return path


def one_token(request):
    """Write a single token, so that a short delay makes a very slow model."""
    return "x"


def summarize(request):
    """Answer like a model that summarises."""
    return '{"action":"answer","answer":"Nothing.","cite":[1]}'


def test_a_long_run_is_refused_without_a_terminal(huge):
    """A plan that takes hours ends with 2 before it starts, and says how to allow it."""
    done = rao("summarize", huge, "--thorough", find_model=scripted(one_token, delay=0.4), stdin=b"")
    assert done.code == 2
    assert "--yes" in done.err


def test_a_big_but_quick_run_says_how_long(huge):
    """A big plan is measured, and goes on when it takes less than an hour."""
    done = rao("summarize", huge, "--thorough", "--max-agents", "400", find_model=scripted(summarize, delay=0.001))
    assert "this will take up to" in done.err
    assert done.code in (0, 5)


def test_a_huge_text_is_refused_before_it_is_read(tmp_path):
    """What takes hours to read is refused from an estimate of its tokens."""
    huge = tmp_path / "huge.txt"
    huge.write_text("on some day nothing of note happened at all\n" * 100_000)
    done = rao("summarize", huge, "--thorough", find_model=scripted(one_token, delay=3.0), stdin=b"")
    assert done.code == 2
    assert "this will take about" in done.err


def test_a_limit_lets_a_huge_text_pass(tmp_path):
    """With a limit on tokens the size of the text is no reason to ask."""
    huge = tmp_path / "huge.txt"
    huge.write_text("on some day nothing of note happened at all\n" * 100_000)
    done = rao("summarize", huge, "--thorough", "--max-tokens", "2000", find_model=scripted(summarize), stdin=b"")
    assert done.code == 5
