"""Evaluations: who is given what, what counts as right, who ran beside whom, and that nothing is asked twice."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from rao_cli.agent.actions import Answer, parse_action
from rao_cli.agent.events import AgentClosed, AgentOpened
from rao_cli.agent.preparing import Settings
from rao_cli.agent.records import Citation, Coverage, Handoff, Report, RunResult, Usage
from rao_cli.documents.model import Span
from rao_cli.engine.base import Request
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import UsageError
from rao_cli.training.actors import Desk
from rao_cli.training.alone import best_passages
from rao_cli.training.episodes import Episode
from rao_cli.training.evaluate import (
    ARMS,
    Arm,
    Evaluation,
    Means,
    Outcome,
    Results,
    Watch,
    arms_of,
    evaluate,
    judged,
    settings_of,
)
from tests.agent.test_weighing import told

FACT = "The key of the lighthouse is kept by Martha Quill."
DELEGATE = '{"action":"delegate","to":[{"sections":[1]},{"sections":[2]},{"sections":[3]}]}'


def beacons(lines: int, start: int = 0) -> str:
    """Return lines that search finds for the question, and that do not answer it."""
    return "".join(
        f"In the year {n} the lighthouse was painted, and its key lay on a table.\n\n"
        for n in range(start, start + lines)
    )


def episode(lines: int, name: str = "e", *, answered: bool = True) -> Episode:
    """Return a question on a text, with the answer in its middle or nowhere."""
    before, after = beacons(lines // 2), beacons(lines // 2, start=lines)
    text = before + (f"{FACT}\n\n" if answered else "") + after
    at = text.find("Martha")
    spans = (Span(at, at + 12),) if answered else ()
    question = "Who keeps the key of the lighthouse?"
    return Episode(name, "test", text, question, ("Martha Quill",) if answered else (), spans)


def reads_well(request: Request) -> str | tuple[str, float]:
    """Answer with Martha Quill where that is offered, else say absent; hand down three sections, once."""
    view = "".join(part for message in request.messages for part in message.parts)
    if not request.grammar.startswith('root ::= "'):
        return '{"action":"absent"}' if "Nothing was found" in view else DELEGATE
    text = told(request)
    action = parse_action(text)
    likely = action.answer == "Martha Quill" if isinstance(action, Answer) else "Martha" not in view
    return text, -0.001 if likely else -3.0


def reads_badly(request: Request) -> tuple[str, float]:
    """Find every answer likely but the true one."""
    text = told(request)
    return text, -9.0 if "Martha" in text else -0.001


def settings(window: int = 2048) -> Settings:
    """Return how texts are prepared."""
    return Settings(window, 100, "model", 64, computes=False, answers="chosen")


class Engines:
    """Engines that read well where they are trained, and else badly."""

    def __init__(self) -> None:
        self.opened: list[ScriptedEngine] = []

    def __call__(self, arm: Arm) -> ScriptedEngine:
        """Open one."""
        respond = reads_well if arm.trained else reads_badly
        self.opened.append(ScriptedEngine(respond, identity=f"scripted-{arm.trained}", delay=0.001))
        return self.opened[-1]


def run(
    path: Path, episodes: Sequence[Episode], arms: Sequence[str] = tuple(ARMS), engines: Engines | None = None
) -> dict[str, list[Outcome]]:
    """Evaluate, and return outcomes by arm."""
    means = Means(engines or Engines(), asyncio.run, lambda one, done, total: None)
    found = evaluate(Evaluation(arms, {2000: episodes}, settings()), Results(path), means)
    return {arm: [one for one in found if one.key.arm == arm] for arm in arms}


def test_all_arms_are_asked_the_same(tmp_path):
    """Each arm answers each question; who reads well is right and cites, who likes other answers is wrong."""
    found = run(tmp_path / "o", [episode(60), episode(60, "f", answered=False)])
    assert {arm: [one.right for one in some] for arm, some in found.items()} == {
        "single": [False, True],
        "single-trained": [True, True],
        "recursion": [False, True],
        "recursion-trained": [True, True],
    }
    assert all(one.cited for one in found["recursion-trained"])
    assert {one.key.model for one in found["single"]} == {"scripted-False"}


def test_a_single_agent_stays_alone(tmp_path):
    """A single agent opens nobody, and reads what search ranks best of a text far beyond its window."""
    found = run(tmp_path / "o", [episode(600)], ["single-trained", "recursion-trained"])
    (single,), (tree,) = found.values()
    assert (single.agents, single.depth, single.children) == (1, 0, 0)
    assert single.right
    assert (tree.agents, tree.depth, tree.children) == (4, 1, 3)
    assert tree.right


def test_children_that_run_together_are_counted(tmp_path):
    """The children of one handoff run beside one another."""
    ((tree,),) = run(tmp_path / "o", [episode(200)], ["recursion-trained"]).values()
    assert (tree.children, tree.beside) == (3, 3)
    assert tree.prompt_tokens > 0 < tree.seconds


def test_untrained_arms_work_as_rao_does_without_an_adapter():
    """Code chooses what is read and the model weighs; a trained arm works as its adapter was trained to."""
    for name, arm in ARMS.items():
        used = settings_of(arm, settings())
        assert (used.delegation, used.answers) == (("model", "chosen") if arm.trained else ("rules", "weighed")), (
            name
        )


def test_a_stopped_evaluation_goes_on(tmp_path):
    """What is in the file is not asked again, a line that was cut off is."""
    episodes = [episode(20, name) for name in "abc"]
    whole = run(tmp_path / "o", episodes)
    lines = (tmp_path / "o").read_text().splitlines()
    (tmp_path / "o").write_text("\n".join(lines)[:-40])
    engines = Engines()
    again = run(tmp_path / "o", episodes, engines=engines)
    assert [len(engine.requests) > 0 for engine in engines.opened] == [False, False, False, True]
    strip = {"seconds": 0.0}
    assert {arm: [one.model_copy(update=strip) for one in some] for arm, some in again.items()} == {
        arm: [one.model_copy(update=strip) for one in some] for arm, some in whole.items()
    }
    assert len([line for line in (tmp_path / "o").read_text().splitlines() if line.startswith('{"key"')]) == 13


def test_another_text_is_another_question(tmp_path):
    """The same name with another text or another model is asked anew."""
    run(tmp_path / "o", [episode(20)], ["single"])
    engines = Engines()
    run(tmp_path / "o", [episode(22)], ["single"], engines)
    assert engines.opened[0].requests


def test_a_question_that_cannot_be_asked_is_a_failure(tmp_path):
    """A question longer than the window allows is told, and the others go on."""
    long = Episode("l", "test", "A text.", "who " * 2000, ("x",), (Span(0, 1),))
    found = run(tmp_path / "o", [long, episode(20)], ["recursion-trained"])["recursion-trained"]
    assert "question" in found[0].failed
    assert [one.right for one in found] == [False, True]


def test_passages_are_in_the_order_of_the_text(tmp_path):
    """A single agent's passages hold the fact, fit its view, and stand in order."""
    desk, engine = Desk(settings()), ScriptedEngine(reads_well)
    asked = episode(600)
    prepared = desk.prepared(asked, engine)
    sections = [prepared.reading.section(one) for one in best_passages(prepared, asked.question)]
    assert [one.span.start for one in sections] == sorted(one.span.start for one in sections)
    assert any(one.span.contains(asked.evidence[0]) for one in sections)
    room = prepared.budget(asked.question)
    assert prepared.view(sections, room).kind == "text"
    assert sum(one.tokens for one in sections) > room / 2


def test_where_search_finds_nothing_the_whole_is_given():
    """A question without a word of a long text is asked of its root section, and so is any on a short one."""
    long, short = (Desk(settings()).prepared(episode(n), ScriptedEngine(reads_well)) for n in (600, 6))
    assert best_passages(long, "zzz qqq") == (long.reading.root.id,)
    assert best_passages(short, "lighthouse") == (short.reading.root.id,)


def result(**changes: object) -> RunResult:
    """Return what a run told."""
    base = {
        "run": "r",
        "task": "ask",
        "question": "q",
        "status": "found",
        "answer": "Martha Quill",
        "citations": (),
        "verified": False,
        "confidence": 1.0,
        "limits_hit": (),
        "coverage": Coverage(sections_read=0, sections_total=0, tokens_read=0, tokens_total=0),
        "usage": Usage(),
        "agents": (),
        "model": "m",
    }
    return RunResult.model_validate({**base, **changes})


def cited(start: int, *, verified: bool = True) -> tuple[Citation, ...]:
    """Return a citation of a place."""
    return (Citation(path="t", start=start, end=start + 12, quote="q", verified=verified, label="t"),)


ANSWERED, OPEN = episode(4), episode(4, answered=False)
AT = ANSWERED.evidence[0].start


@pytest.mark.parametrize(
    ("changes", "asked", "right", "with_place"),
    [
        ({"citations": cited(AT)}, ANSWERED, True, True),
        ({"citations": cited(0)}, ANSWERED, True, False),
        ({"citations": cited(AT, verified=False)}, ANSWERED, True, False),
        ({"answer": "the Martha Quill."}, ANSWERED, True, False),
        ({"answer": "Jan Weber"}, ANSWERED, False, False),
        ({"answer": "Martha Quill " * 7, "citations": cited(AT)}, ANSWERED, False, False),
        ({"status": "absent", "answer": ""}, ANSWERED, False, False),
        ({"status": "partial"}, ANSWERED, False, False),
        ({"status": "absent", "answer": ""}, OPEN, True, True),
        ({}, OPEN, False, False),
        ({"status": "failed", "answer": ""}, OPEN, False, False),
    ],
)
def test_answers_are_judged(changes, asked, right, with_place):
    """Right is what agrees in twelve words, or absent in vain; cited is what also tells the evidence's place."""
    found = judged(result(**changes), asked)
    assert (found["right"], found["cited"]) == (right, with_place)


def watched(*lives: tuple[str, float, float]) -> Watch:
    """Return a watch that saw agents live."""
    watch = Watch()
    for name, start, end in lives:
        parent = name.rpartition(".")[0]
        handoff = Handoff(goal="g", sections=())
        opened = {"agent": name, "parent": parent, "depth": name.count("."), "handoff": handoff, "titles": ()}
        watch.emit(AgentOpened.model_validate({"at": start, "location": "", "view": "text", **opened}))
        watch.emit(AgentClosed(at=end, agent=name, report=Report(status="absent"), usage=Usage()))
    return watch


def test_lives_beside_one_another_are_counted():
    """Children of one parent that share time count; one after another, or of different parents, do not."""
    assert watched(("1", 0, 9)).counts() == {"children": 0, "beside": 0}
    assert watched(("1", 0, 9), ("1.1", 1, 2), ("1.2", 2, 3)).counts() == {"children": 2, "beside": 0}
    lives = [("1", 0, 9), ("1.1", 1, 3), ("1.2", 2, 4), ("1.3", 5, 6), ("1.1.1", 5, 6), ("1.2.1", 5, 6)]
    assert watched(*lives).counts() == {"children": 5, "beside": 2}


def test_arms_are_named():
    """A list names arms, each once; another name, or none, is refused with those that are known."""
    assert arms_of("recursion, single,recursion") == ("recursion", "single")
    for named in ("both", "", " , "):
        with pytest.raises(UsageError) as caught:
            arms_of(named)
        assert "single-trained" in caught.value.hint
