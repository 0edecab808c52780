"""The teacher takes the ideal action at every node, and its runs succeed where search finds the evidence."""

import asyncio
import json
import random
from itertools import islice

import pytest

from rao_cli.agent.actions import parse_action
from rao_cli.agent.chaining import PartsFirst
from rao_cli.agent.events import AgentClosed, AgentOpened
from rao_cli.agent.policies import trained_policy
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.documents.model import Span
from rao_cli.training.environments.toy import Toy
from rao_cli.training.episodes import Episode
from rao_cli.training.judging import asked_by, success
from rao_cli.training.teacher import MOST, Teacher
from tests.agent.helpers import filler, made_ready

QUESTION = "Who keeps the key of the lighthouse?"
KEEPER = "The key of the lighthouse is kept by Martha Quill.\n\n"
DECOYS = "".join(filler(8, 8 * n) + f"A lighthouse has a key. Jan Weber{n} keeps it.\n\n" for n in range(12))
TEXTS = [KEEPER, filler(20) + KEEPER, filler(90) + KEEPER + filler(90, 90), DECOYS + KEEPER + DECOYS]


def episode(text, answer="Martha Quill"):
    """Return an episode on a text; it is without an answer where the text does not say it."""
    start = text.find(answer)
    if start < 0:
        return Episode("e", "made up", text, QUESTION, (), ())
    return Episode("e", "made up", text, QUESTION, (answer,), (Span(start, start + len(answer)),))


def taught(one, seed=1, view=100, **options):
    """Run the teacher on an episode; return what it showed, each node's success, and the result."""
    shown, events = [], []
    prepared = made_ready(one.text, pytest.fail, delegation="model", answers="chosen", window=2048, view=view)
    teacher = PartsFirst(Teacher(trained_policy(prepared), one, random.Random(seed), shown.append, **options))
    task = Task(question=one.question)
    result = asyncio.run(run_task(task, prepared, limits=Limits(), emit=events.append, policy=teacher))
    opened = {event.agent: event for event in events if isinstance(event, AgentOpened)}
    scores = {}
    for event in events:
        if isinstance(event, AgentClosed):
            named = opened[event.agent].handoff.sections
            spans = tuple(prepared.reading.section(section).span for section in named)
            judged = asked_by(opened[event.agent].handoff.goal, one)
            scores[event.agent] = success(event.report, spans, judged) if judged else None
    return shown, scores, result


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("seed", range(3))
def test_every_node_succeeds_where_there_is_an_answer(text, seed):
    """Root and children do right, however long the text is and whatever stands around the answer."""
    _, scores, result = taught(episode(text), seed)
    assert result.answer == "Martha Quill"
    assert set(scores.values()) == {1.0}


@pytest.mark.parametrize("text", [text.replace(KEEPER, "") or "It rained.\n" for text in TEXTS])
def test_every_node_succeeds_where_there_is_none(text):
    """Where the text does not answer, all agents say absent."""
    _, scores, result = taught(episode(text))
    assert result.status == "absent"
    assert set(scores.values()) == {1.0}


def test_the_teacher_succeeds_wherever_its_answer_is_on_offer():
    """On toy texts the root fails only where the true answer was not among those that code proposed."""
    for one in islice(Toy(facts=30).episodes(5), 24):
        shown, scores, _ = taught(one, view=80)
        unread = not any(demonstration.kind == "answer" for demonstration in shown)
        proposed = all(
            demonstration.options[demonstration.ideal] in demonstration.request.choices
            for demonstration in shown
            if demonstration.kind == "answer"
        )
        assert scores["1"] == (1.0 if one.absent or (proposed and not unread) else 0.0), one.question


def test_what_is_shown_is_an_action_the_policy_could_take():
    """Each option is a whole action; the ideal of a choice says what its kind tells, and is one of several."""
    shown, _, _ = taught(episode(TEXTS[-1]))
    assert {one.kind for one in shown} == {"answer", "absent", "delegate"}
    for one in shown:
        actions = [parse_action(option) for option in one.options]
        assert actions[one.ideal].action == one.kind
        assert len(set(one.options)) == len(one.options)
        assert bool(one.request.grammar) == (len(one.options) == 1)


def test_the_sections_that_are_handed_down_hold_the_evidence():
    """What is demonstrated at an outline begins with the evidence's line, and is a few lines."""
    for seed in range(5):
        [delegated] = [one for one in taught(episode(TEXTS[-1]), seed)[0] if one.kind == "delegate"]
        numbers = [target["sections"][0] for target in json.loads(delegated.options[0])["to"]]
        lines = delegated.request.messages[-1].parts[0].splitlines()
        assert "Martha Quill" in lines[numbers[0] - 1]
        assert len(set(numbers)) == len(numbers) <= MOST


def test_more_is_read_than_is_shown_to_be_handed_down():
    """Readers learn absence from sections that search finds and the teacher would not hand down."""
    few = taught(episode(TEXTS[-1]), read_more=0)[2].usage.agents
    assert taught(episode(TEXTS[-1]), read_more=3)[2].usage.agents > few


def test_the_teacher_looks_on_while_nothing_is_found():
    """Where nothing was found the teacher is asked once more, and shows that absent is to be written."""
    shown, _, _ = taught(episode(DECOYS))
    kinds = [one.kind for one in shown if one.request.grammar]
    assert kinds == ["delegate", "absent"]
    assert shown[-1].request.messages[-1].parts[-1] == "\nNothing was found elsewhere."


def test_an_answer_that_code_did_not_propose_is_shown_all_the_same():
    """The true answer is then one option more, in the words of the text, and the agent itself says absent."""
    text = "Of this key it is known: kept by no man but the sea and the rain and the wind alone.\n"
    one = episode(text, "known: kept")
    shown, scores, _ = taught(one)
    [demonstration] = shown
    told = json.loads(demonstration.options[demonstration.ideal])
    assert told["answer"] == one.answers[0]
    assert demonstration.options[demonstration.ideal] not in demonstration.request.choices
    assert scores == {"1": 0.0}


def test_a_lone_action_is_not_shown():
    """Where code proposes nothing and nothing is there, there is nothing to choose."""
    assert taught(episode("...\n"))[0] == []


def test_the_seed_makes_the_lesson():
    """The same seed shows the same."""
    assert taught(episode(TEXTS[-1]), 4)[0] == taught(episode(TEXTS[-1]), 4)[0]


def test_a_chain_is_taught_step_by_step():
    """Readers of a step are shown that step's answer and its question, not what the whole chain asks for."""
    for one in islice(Toy(facts=30, steps=(2,), absent=0.0).episodes(2), 6):
        told = [
            (json.loads(demonstration.options[demonstration.ideal])["answer"], demonstration.request)
            for demonstration in taught(one, view=80)[0]
            if demonstration.kind == "answer"
        ]
        assert told
        asked = {step.question: step.answer for step in one.steps} | {one.question: one.answers[0]}
        for answer, request in told:
            question = request.messages[-1].parts[-1].rpartition("Question: ")[2]
            assert answer == asked[question]


def test_what_nobody_knows_is_not_taught():
    """Where the last fact of a chain is missing, its question is answered with absence, and not shown."""
    chains = (one for one in Toy(facts=30, steps=(2,), absent=1.0).episodes(3) if one.absent)
    for one in islice(chains, 4):
        shown, scores, _ = taught(one, view=80)
        assert scores["1"] == 1.0
        asked = {item.request.messages[-1].parts[1].rpartition("Question: ")[2] for item in shown}
        assert asked <= {one.question, *(step.question for step in one.steps)}
