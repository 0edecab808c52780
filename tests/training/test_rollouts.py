"""Rollouts record what the policy saw and took, by whom, and how well each agent did."""

import asyncio
import json
import math
import random

import pytest

from rao_cli.agent.events import ActionTaken
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.agent.trained import DELEGATE_TOKENS
from rao_cli.training.rollouts import Recorder, attempts
from tests.agent.helpers import ABSENT, filler, made_ready
from tests.agent.test_trained_runs import weighing
from tests.agent.test_weighing import told
from tests.training.helpers import NumberedEngine, Pieces
from tests.training.test_teacher import KEEPER, episode

STORY = filler(60) + KEEPER + filler(60, 60)
LEAF = filler(4) + KEEPER
HANDS_DOWN = '{"action":"delegate","to":[{"sections":[1]},{"sections":[2]}]}'


def unsure(request):
    """Find every offered action about as likely as any; hand two sections down."""
    if not weighing(request):
        return HANDS_DOWN, -0.25
    return told(request), -1.0 / len(told(request))


def right(request):
    """Choose the true answer where it is on offer, and absent elsewhere."""
    if not weighing(request):
        return HANDS_DOWN
    here = "Martha" in request.messages[-1].parts[0]
    return told(request), 0.0 if ('"Martha Quill"' if here else "absent") in told(request) else -50.0


def ready(text, respond, pieces):
    """Prepare a text for an engine that tells its tokens' numbers."""
    prepared = made_ready(text, delegation="model", answers="chosen", window=2048, view=100)
    object.__setattr__(prepared, "engine", NumberedEngine(respond, pieces))
    return prepared


def recorded(text, respond, seed=1, **limits):
    """Run one attempt; return its tree, its events of actions, and the tokenizer."""
    pieces, events = Pieces(), []
    prepared = ready(text, respond, pieces)
    recorder = Recorder(prepared, pieces, random.Random(seed))

    def emit(event):
        recorder.emit(event)
        events.append(event)

    task = Task(question=episode(text).question)
    asyncio.run(run_task(task, prepared, limits=Limits(**limits), emit=emit, policy=recorder))
    actions = [event for event in events if isinstance(event, ActionTaken) and event.by == "model"]
    return recorder, recorder.tree(episode(text)), actions, pieces


def told_of(action):
    """Return what of an action the model tells: no citation, no fields that it does not write."""
    if action["action"] == "delegate":
        return [target["sections"] for target in action["to"]]
    return action.get("answer")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("text", [LEAF, STORY])
def test_a_sample_is_the_action_that_was_taken(text, seed):
    """Each recorded decision's chosen option, read as an action, is what the runner was told to do."""
    recorder, _, actions, pieces = recorded(text, unsure, seed)
    taken = [event for event in actions if event.agent in recorder.samples]
    samples = [sample for agent in recorder.samples for sample in recorder.samples[agent]]
    assert len(samples) == len(taken)
    for event in taken:
        sample = recorder.samples[event.agent][event.step - 1]
        action = json.loads(pieces.decode(sample.options[sample.chosen]))
        assert action["action"] == event.action["action"]
        if action["action"] == "answer":
            assert told_of(action) == told_of(event.action)


def test_a_choice_is_recorded_with_its_share():
    """Of a choice every offered action is kept, with the log-probability of the one taken among them."""
    recorder, _, _, pieces = recorded(LEAF, unsure)
    [sample] = recorder.samples["1"]
    texts = [pieces.decode(option) for option in sample.options]
    assert ABSENT in texts
    assert len(set(texts)) == len(texts) > 2
    sums = [-len(option) / len(text) for option, text in zip(sample.options, texts, strict=True)]
    share = math.exp(sums[sample.chosen]) / sum(map(math.exp, sums))
    assert sample.logprobs == (pytest.approx(math.log(share)),)


def test_what_was_written_is_recorded_token_by_token():
    """Of a written action the very tokens are kept, each with its log-probability, and the prompt it followed."""
    recorder, _, _, pieces = recorded(STORY, unsure)
    sample = recorder.samples["1"][0]
    assert sample.written
    assert pieces.decode(sample.options[0]) == HANDS_DOWN
    assert sample.logprobs == (-0.25,) * len(sample.options[0])
    assert len(sample.options[0]) <= DELEGATE_TOKENS
    assert pieces.decode(sample.prompt).endswith("Question: Who keeps the key of the lighthouse?<answer>")


def test_a_lone_action_is_no_decision():
    """Where only absent is on offer nothing is recorded: there was no choice to learn."""
    recorder, tree, actions, _ = recorded("...\n", unsure)
    assert (len(actions), recorder.samples, tree.nodes[0].samples) == (1, {}, ())


def test_nodes_are_judged_on_what_they_were_handed():
    """Who was handed the evidence scores by the answer, the others by absence; the root scores by its own."""
    _, tree, _, _ = recorded(STORY, right)
    assert [node.score for node in tree.nodes] == [1.0, 1.0, 1.0]
    assert sorted(node.holds for node in tree.nodes if node.depth) == [False, True]
    assert [(node.parent, node.depth) for node in tree.nodes] == [(-1, 0), (0, 1), (0, 1)]
    assert all(node.finished and node.counted and node.samples for node in tree.nodes)


def test_a_wrong_reader_fails_and_its_parent_with_it():
    """A child that answers where nothing is, or says absent where it is, scores 0; its sibling keeps its score."""

    def silent(request):
        return (told(request), 0.0 if "absent" in told(request) else -50.0) if weighing(request) else HANDS_DOWN

    _, tree, _, _ = recorded(STORY, silent)
    held = [node.score for node in tree.nodes if node.depth]
    assert (tree.nodes[0].score, held.count(0.0)) == (0.0, 1)


def test_an_agent_that_writes_no_action_did_not_finish():
    """What is no action fails the agent; nothing of it is recorded."""
    _, tree, _, _ = recorded(STORY, lambda _: "hm")
    [root] = tree.nodes
    assert (root.finished, root.score, root.samples) == (False, 0.0, ())


def test_a_limit_leaves_a_tree_all_the_same():
    """A run whose tokens do not allow the first agent leaves a tree without nodes."""
    _, tree, _, _ = recorded(STORY, right, tokens=5)
    assert tree.nodes == ()


def trees(seed, count=3, text=LEAF):
    """Return what some attempts leave behind."""
    pieces = Pieces()
    prepared = ready(text, unsure, pieces)
    made = attempts(episode(text), prepared, pieces, count, seed=seed, limits=Limits())
    return [attempt.tree for attempt in asyncio.run(made)]


def test_picks_follow_the_seed():
    """The same seed gives the same trees, another gives others, and attempts differ among themselves."""
    assert trees(1) == trees(1) != trees(2)
    assert len({tree.nodes[0].samples[0].chosen for tree in trees(1, 12)}) > 1


def test_attempts_run_side_by_side_as_alone():
    """An attempt does not depend on how many others are made."""
    assert trees(3, 2, STORY) == trees(3, 5, STORY)[:2]


def test_actions_are_taken_as_often_as_they_are_probable():
    """Over many attempts the shares of what was taken are the recorded probabilities, within chance."""
    taken = [tree.nodes[0].samples[0] for tree in trees(7, 40)]
    for place in {sample.chosen for sample in taken}:
        share = math.exp(next(sample.logprobs[0] for sample in taken if sample.chosen == place))
        drawn = sum(sample.chosen == place for sample in taken) / len(taken)
        assert abs(drawn - share) < 4 * math.sqrt(share * (1 - share) / len(taken)) + 1e-9
