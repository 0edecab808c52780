"""What the viewer is given: every text once, times in milliseconds, what did when, and nothing that JSON lacks."""

import json

import pytest

from rao_cli.agent.events import AgentProgress
from rao_cli.agent.records import Citation
from rao_cli.engine.base import Completion, Message, Request, Sampling, Token
from rao_cli.runs.viewed import viewed
from tests.runs.making import acted, called, closed, finished, hit, kept, opened, started
from tests.runs.pages import small


def view(*events, texts=True):
    """Return what the viewer is given of some events."""
    return viewed(kept(), events, texts=texts)


def progress(phase, at, agent="1"):
    """Return the event of an agent that tells what it does."""
    return AgentProgress(at=at, agent=agent, phase=phase, done=0, total=9)


def call(**changes):
    """Return a call whose request and completion have some fields of their own."""
    event = called("1")
    request = {name: changes.pop(name) for name in ("grammar", "sampling", "choices") if name in changes}
    asked = Request((Message("user", ("view", "question")),), 8, **request)
    told = Completion("ab", changes.pop("tokens", ()), 10, 4, changes.pop("finish", "stop"), **changes)
    return event.model_copy(update={"request": asked, "completion": told})


# ---------------------------------------------------------------------- texts


def test_each_text_stands_once():
    """Two agents that are shown and told the same share the texts."""
    data = view(opened("1"), opened("1.1"), called("1"), called("1.1"))
    assert len(data["strings"]) == len(set(data["strings"]))
    first, second = (agent["calls"][0]["messages"] for agent in data["agents"])
    assert first == second
    assert [data["strings"][place] for place in first[0][1]] == ["view", "question"]


def test_the_first_text_is_kept():
    """The place of the first text is zero, which is not nothing."""
    data = view(opened("1", titles=("first",)))
    assert data["agents"][0]["titles"] == [0]
    alone = view(opened("1", titles=()).model_copy(update={"location": "here"}))
    assert alone["strings"][alone["agents"][0]["location"]] == "here"
    assert alone["agents"][0]["location"] == 0


def test_what_is_empty_is_left_out():
    """An agent without calls, facts or citations has no such fields."""
    agent = view(opened("1"), closed("1", status="absent"))["agents"][0]
    assert not {"calls", "actions", "limits", "phases", "spans", "parent"} & agent.keys()
    assert not {"facts", "choices"} & agent["handoff"].keys()
    assert not {"answer", "citations", "reason", "how"} & agent["report"].keys()


def test_each_citation_stands_once():
    """A citation that goes up the tree is written once and named by its number."""
    data = viewed(kept(), small(), texts=True)
    assert len(data["citations"]) == 1
    root, child = data["agents"][0], data["agents"][1]
    assert (root["report"]["citations"], child["report"]["citations"], data["result"]["citations"]) == (
        [0],
        [0],
        [0],
    )


def test_texts_can_be_left_out():
    """Without texts there are no messages, grammar, quotes and passages; what was written stays."""
    cited = Citation(path="a", start=1, end=2, quote="secret", passage="secret", verified=True, label="a:1")
    asked = call(grammar="secret", tokens=(Token("a", -1.0),))
    secret = asked.model_copy(update={"request": Request((Message("user", ("secret", "secret")),), 8)})
    data = view(opened("1"), asked, secret, closed("1", citations=(cited,)), texts=False)
    assert "secret" not in json.dumps(data)
    assert "ab" in data["strings"]
    assert data["run"]["texts"] is False


# ---------------------------------------------------------------------- what ran when


def test_phases_follow_each_other():
    """A phase lasts until the next begins, the last until the call came back."""
    data = view(
        opened("1"),
        progress("waiting", 0.1),
        progress("reading", 0.2),
        progress("reading", 0.3),
        progress("writing", 0.4),
        called("1", at=0.9),
    )
    assert data["agents"][0]["phases"] == [[0, 100, 200], [1, 200, 400], [2, 400, 900]]


def test_nothing_happens_between_calls():
    """Between two calls an agent is in no phase, even where the second begins as the first ended."""
    data = view(
        opened("1"), progress("reading", 0.1), called("1", at=0.2), progress("reading", 0.5), called("1", at=0.6)
    )
    assert data["agents"][0]["phases"] == [[1, 100, 200], [1, 500, 600]]


def test_phases_of_agents_are_apart():
    """What one agent does says nothing of another."""
    data = view(
        opened("1"),
        opened("1.1"),
        progress("reading", 0.1, "1.1"),
        progress("waiting", 0.1),
        called("1.1", at=0.4),
    )
    assert [agent["phases"] for agent in data["agents"]] == [[[0, 100, 100]], [[1, 100, 400]]]


def test_a_call_without_progress_is_in_no_phase():
    """A call of which only the end is known has no beginning to show."""
    assert "phases" not in view(opened("1"), called("1"))["agents"][0]


def test_times_are_of_the_run():
    """An agent's time is from its first to its last event; the run's end is that of its last event."""
    data = view(started(), opened("1", at=0.25), closed("1", at=1.5), finished())
    assert data["agents"][0]["time"] == [250, 1500]
    assert data["end"] == 2000


# ---------------------------------------------------------------------- calls


def test_tokens_are_two_rows():
    """Tokens are their texts and their log-probabilities in thousandths."""
    data = view(opened("1"), call(tokens=(Token("a", -0.25), Token("b", -1.0004))))
    texts, logprobs = data["agents"][0]["calls"][0]["tokens"]
    assert [data["strings"][place] for place in texts] == ["a", "b"]
    assert logprobs == [-250, -1000]


def test_choices_tell_their_sum():
    """A choice's log-probability is the sum over its tokens; the tokens come along only with texts."""
    weighed = call(choices=("x", "y"))
    tokens = (Token("x", -0.5), Token("z", -0.25))
    told = Completion("", tokens * 2, 1, 0, "stop", choices=(tokens, tokens[:1]))
    event = weighed.model_copy(update={"completion": told})
    rich, poor = (view(opened("1"), event, texts=texts)["agents"][0]["calls"][0] for texts in (True, False))
    assert [choice[1] for choice in rich["choices"]] == [-750, -500]
    assert [len(choice) for choice in rich["choices"]] == [3, 3]
    assert [len(choice) for choice in poor["choices"]] == [2, 2]
    assert "tokens" not in rich


def test_how_was_sampled_is_told_where_by_chance():
    """Sampling is written only where tokens were taken by chance."""
    data = view(opened("1"), call(), call(sampling=Sampling(temperature=0.5, seed=3)))
    plain, chance = data["agents"][0]["calls"]
    assert "sampling" not in plain
    assert chance["sampling"] == {"temperature": 0.5, "top_p": 1.0, "min_p": 0.0, "seed": 3}


def test_calls_of_the_run_itself_are_apart():
    """A call without an agent is the run's."""
    data = view(started(), called(""))
    assert (len(data["calls"]), data["agents"]) == (1, [])


def test_an_output_that_was_cut_says_so():
    """A completion that ended at its limit is marked."""
    calls = view(opened("1"), call(), call(finish="length"))["agents"][0]["calls"]
    assert ["cut" in one for one in calls] == [False, True]


# ---------------------------------------------------------------------- odd runs


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_json_lacks_are_none(odd):
    """Wherever a run holds no number, JSON can be written all the same."""
    data = view(
        opened("1", at=odd),
        call(tokens=(Token("a", odd),)),
        acted("1").model_copy(update={"action": {"action": "answer", "odd": [odd]}}),
        closed("1", confidence=odd),
        finished(confidence=odd, data={"odd": odd}),
    )
    assert json.loads(json.dumps(data, allow_nan=False))["result"]["data"] == {"odd": None}


def test_an_agent_that_damage_took_is_known_by_its_id():
    """An agent of which only the report is left stands under the nearest agent that is known."""
    data = view(opened("1"), closed("1.2.3"))
    assert [(agent["id"], agent.get("parent")) for agent in data["agents"]] == [("1", None), ("1.2.3", "1")]


def test_limits_are_told():
    """A limit that stopped an agent is told with its time."""
    assert view(opened("1"), hit("1"))["agents"][0]["limits"] == [[700, "tokens", "no tokens left"]]


def test_a_run_without_events_is_told():
    """What was asked is known before anything happened."""
    data = view()
    assert (data["run"]["question"], data["agents"], data["result"], data["end"]) == ("who?", [], None, 0)


def test_the_result_stands_once():
    """The result leaves out what the tree tells: agents, usage and the question."""
    result = viewed(kept(), small(), texts=True)["result"]
    assert not {"agents", "usage", "question", "run", "model"} & result.keys()
    assert (result["answer"], result["status"]) == ("forty bar", "found")


def test_spans_are_told():
    """What an agent was given and what it read are ranges of characters."""
    data = viewed(kept(), small(), texts=True)
    child = json.loads(json.dumps(data["agents"][1]))
    assert (child["spans"], child["actions"][0]["read"]) == ([[20, 90]], [[20, 90]])
