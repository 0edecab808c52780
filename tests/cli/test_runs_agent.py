"""``rao runs show --agent``: one agent with its prompt, its output and its report."""

import pytest

from rao_cli.agent.events import ModelCalled
from rao_cli.agent.records import Citation
from rao_cli.engine.base import Completion, Message, Request, Token
from tests.cli.console import Screen, long_text, rao
from tests.cli.kept import FIRST, answered, keep, without_event
from tests.runs.making import acted, called, closed, hit, opened, started


def show(agent, *argv, **kwargs):
    """Show an agent of the last run, which must work."""
    done = rao("runs", "show", "--agent", agent, *argv, **kwargs)
    assert done.code == 0, done.err
    return done


def events_of_one(*events):
    """Keep a run of one agent."""
    keep(FIRST, started(FIRST), opened("1"), *events)


def test_prompt_and_output_are_shown_as_they_were(tmp_path):
    """The prompt that the model got, and what it wrote, stand in full."""
    path, asked = tmp_path / "notes.txt", []
    path.write_text(long_text())

    def respond(request):
        asked.append(request)
        return '{"action":"absent"}'

    from tests.cli.console import scripted

    rao("ask", path, "What is the code?", find_model=scripted(respond))
    out = show("1.1").out
    for part in (part for message in asked[0].messages for part in message.parts):
        assert part.strip() in out
    assert '{"action":"absent"}' in out


def test_json_has_the_exact_call(tmp_path):
    """JSON has every part of the prompt, and every token with its log-probability."""
    events_of_one(called("1"))
    found = show("1", "--json").json
    assert found["schema"] == "rao.runs.agent/1"
    (call,) = found["calls"]
    assert call["request"]["messages"][0]["parts"] == ["view", "question"]
    assert [token["logprob"] for token in call["completion"]["tokens"]] == [-0.25, -0.25]


def test_log_probabilities_are_shown():
    """Each token stands with its log-probability, and the sum below."""
    events_of_one(called("1"))
    lines = show("1").out.splitlines()
    assert '"a" -0.25  "b" -0.25' in lines
    assert "in all -0.50" in lines


def test_weighed_choices_are_shown_by_likelihood():
    """What was weighed and not written is listed, the likeliest first."""
    request = Request((Message("user", ("which?",)),), 8, choices=("rare", "likely"))
    tokens = ((Token("ra", -2.0), Token("re", -3.0)), (Token("likely", -0.5),))
    done = Completion("", (), 10, 0, "stop", choices=tokens)
    events_of_one(ModelCalled(at=1.0, agent="1", request=request, completion=done))
    lines = [line.split() for line in show("1").out.splitlines()]
    assert lines.index(["likely", "-0.50"]) < lines.index(["rare", "-5.00"])


def test_handoff_is_shown():
    """Goal, sections, facts, choices and family of an agent stand at its head."""
    handoff = opened("1").handoff.model_copy(update={"facts": ("a fact",), "choices": ("yes", "no")})
    keep(FIRST, started(FIRST), opened("1", handoff=handoff, titles=("One", "Two")), opened("1.1"))
    out = show("1").out
    for said in ("goal of 1", "One, Two", "a fact", "yes, no", "a.txt:1, shown as text", "1.1 (unfinished)"):
        assert said in out
    assert "none: it is the root" in out


def test_calls_and_actions_stand_in_order():
    """What was asked stands before what was done about it."""
    events_of_one(
        called("1", at=1.0), acted("1", at=1.0), called("1", at=2.0), acted("1", at=3.0, step=2), hit("1", 4)
    )
    heads = [line[3:].split(" at ")[0] for line in show("1").out.splitlines() if line.startswith("── ")]
    assert heads == ["call 1", "step 1", "call 2", "step 2"]


def test_report_is_shown():
    """Status, confidence, answer, how, reason, other answers and places stand in the report."""
    citation = Citation(path="a", start=0, end=9, quote="as it says", verified=False, label="a.txt p. 3")
    report = {
        "answer": "forty",
        "how": "counted",
        "reason": "cut",
        "conflicts": ("41 on p. 9",),
        "confidence": 0.5,
    }
    events_of_one(closed("1", status="partial", citations=(citation,), **report))
    out = show("1").out
    for said in ("report: partial, confidence 0.50", "forty", "counted", "cut", "41 on p. 9"):
        assert said in out
    assert '[1] a.txt p. 3: "as it says" (unverified)' in out


def test_an_agent_that_there_is_not_is_refused():
    """A wrong id names the command that lists the agents."""
    answered()
    done = rao("runs", "show", "--agent", "1.9")
    assert done.code == 2
    assert "has no agent 1.9" in done.err
    assert "--all" in done.err


def test_an_agent_whose_beginning_is_lost_is_shown():
    """What is left of a damaged run's agent is shown, and what is not is told."""
    without_event(answered(), "agent_opened")
    out = show("1.1").out
    assert "handoff     cannot be read" in out
    assert "report: found" in out


@pytest.mark.parametrize("width", [40, 80])
def test_a_screen_has_lines_that_fit(monkeypatch, width):
    """Long prompts and tokens are wrapped on a terminal; in a pipe they are as they were."""
    monkeypatch.setenv("COLUMNS", str(width))
    text = "word " * 60
    events_of_one(called("1", text=text), closed("1", answer=text))
    assert max(map(len, show("1", "--color", "never", out=Screen()).out.splitlines())) <= width
    assert text.strip() in show("1").out
