"""Agents that label records by their meaning, from the question to the answer."""

import asyncio
import json
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.agent.budget import Budget
from rao_cli.agent.compute.base import Labelling
from rao_cli.agent.coverage import Reader
from rao_cli.agent.events import ActionTaken, AgentOpened, BudgetHit
from rao_cli.agent.labelling import Labeller
from rao_cli.agent.preparing import prepare
from rao_cli.agent.records import Limits
from rao_cli.documents.model import Span
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import ModelError
from tests.agent import helpers
from tests.agent.gbnf import strings_of
from tests.agent.helpers import ABSENT, check_events, document, made_to_compute, run

HEAD = "Every note is about exactly one of these subjects: tea, chess. The subject is not written down.\n\n"
TEA = ("The kettle sang and the cups were warm", "A cup of green leaves after lunch", "Boil the kettle first")
CHESS = ("The bishop took a pawn in the corner", "White castled and lost the rook", "A pawn ending for two")
QUESTION = "How many of the notes have the subject 'chess'? Answer with a number."
MANY = 1_500


def notes(count: int) -> str:
    """Return notes of which every third is about chess, without saying so."""
    texts = ((CHESS if at % 3 == 0 else TEA)[at % 7 % 3] for at in range(count))
    return HEAD + "".join(
        f"Day: {at} || Writer: {'anna' if at % 2 else 'bert'} || Note: {text} {at}.\n"
        for at, text in enumerate(texts)
    )


def is_chess(text: str) -> bool:
    """Tell what a note is about."""
    return bool(re.search("bishop|pawn|rook", text))


def weighs(request):
    """Find a note twice as probable where what is to be written is what it is about; read nothing else."""
    if not request.grammar.startswith('root ::= "'):
        return ABSENT
    text = json.loads(request.grammar.removeprefix("root ::= "))
    return text, (-1.0 if request.messages[0].parts[0].endswith(f"{subject(text)}.") else -2.0)


def subject(text: str) -> str:
    """Return the label of a note."""
    return "chess" if is_chess(text) else "tea"


def names(request):
    """Name the label of the note that a question shows; read nothing else."""
    asked = request.messages[0].parts[0]
    return subject(asked.splitlines()[-1]) if "Which of these" in asked else ABSENT


class Deaf(ScriptedEngine):
    """An engine that writes, but cannot weigh what it is given."""

    async def generate(self, request, on_progress=None):
        """Refuse choices as a server does."""
        if request.choices:
            raise ModelError("a server does not tell how probable given texts are")
        return await super().generate(request, on_progress)


class Stuck(ScriptedEngine):
    """An engine that never comes back from the last note."""

    async def generate(self, request, on_progress=None):
        """Wait for ever at the last note."""
        if any(choice.endswith(" 59.") for choice in request.choices):
            await asyncio.Event().wait()
        return await super().generate(request, on_progress)


def labels_of(ran) -> list[tuple[int, ...]]:
    """Return what each agent labelled, in the order of the agents."""
    taken = [event for event in ran.all(ActionTaken) if event.action["action"] == "label"]
    return [tuple(event.action["labels"]) for event in sorted(taken, key=lambda event: int(event.agent[2:]))]


def test_records_are_labelled_and_counted():
    """A model that tells the labels apart gives the exact count, and code says how it came about."""
    ran = run(QUESTION, made_to_compute(notes(60), weighs))
    assert (ran.result.answer, ran.result.status) == ("20", "found")
    assert "the model labelled each of 60 records" in ran.result.how
    assert not ran.result.verified


def test_labelling_is_seen_in_the_tree():
    """Each group of records is a child that is asked for a choice, with one action that holds the labels."""
    ran = run(QUESTION, made_to_compute(notes(60), weighs))
    check_events(ran.events)
    children = [event for event in ran.all(AgentOpened) if event.parent == "1"]
    assert [child.handoff.returns for child in children] == ["choice"] * 4
    found = [label for labels in labels_of(ran) for label in labels]
    assert found == [2 if at % 3 == 0 else 1 for at in range(60)]
    assert [agent.answer for agent in ran.result.agents[1:]] == ["10 tea, 5 chess"] * 4


def test_each_record_is_read_once_for_each_label():
    """No record is weighed twice under one label."""
    ran = run(QUESTION, made_to_compute(notes(60), weighs))
    weighed = Counter((request.messages, request.grammar) for request in ran.requests)
    assert len(weighed) == 2 * 60
    assert set(weighed.values()) == {1}


def test_only_what_is_judged_is_shown():
    """The model sees the note of a record, not its other fields, in few tokens."""
    ran = run(QUESTION, made_to_compute(notes(60), weighs))
    assert not any("Writer" in request.grammar for request in ran.requests)
    assert ran.result.usage.tokens <= 60 * 60


def test_what_was_read_counts_as_coverage():
    """The notes that were weighed are read, the other fields of their records are not."""
    coverage = run(QUESTION, made_to_compute(notes(60), weighs)).result.coverage
    assert 0 < coverage.tokens_read < coverage.tokens_total


def test_the_same_question_has_the_same_answer():
    """Two runs take the same actions."""
    first, second = (run(QUESTION, made_to_compute(notes(60), weighs)) for _ in range(2))
    assert labels_of(first) == labels_of(second)
    assert first.result.how == second.result.how


def test_of_many_records_a_part_is_read():
    """Where there are too many records words tell the labels of those not read, and the result says so."""
    ran = run(QUESTION, made_to_compute(notes(MANY), weighs))
    assert abs(int(ran.result.answer) - MANY // 3) <= MANY // 50
    assert "1,200 of 1,500" in ran.result.how
    assert "300 follow from words in common" in ran.result.how


def test_thorough_reads_all_records():
    """Who wants everything read gets every record read."""
    ran = run(QUESTION, made_to_compute(notes(MANY), weighs), thorough=True)
    assert ran.result.answer == str(MANY // 3)
    assert len(ran.requests) == 2 * MANY


@pytest.mark.parametrize("tokens", [600, 900, 1_500])
def test_tokens_that_run_out_give_a_partial_answer(tokens):
    """Over the tokens that there are nothing is spent; what was labelled is counted and called partial."""
    ran = run(QUESTION, made_to_compute(notes(60), weighs), tokens=tokens)
    check_events(ran.events)
    result = ran.result
    assert result.usage.tokens <= tokens
    assert result.limits_hit == ("tokens",)
    assert result.status == "partial"
    assert int(result.answer) < 20
    assert "--max-tokens" in result.reason


def test_without_tokens_nobody_counts():
    """Tokens that do not pay for one record give no count."""
    result = run(QUESTION, made_to_compute(notes(60), weighs), tokens=40).result
    assert result.usage.tokens <= 40
    assert "the model labelled" not in result.how


@pytest.mark.parametrize("agents", [2, 3, 5])
def test_few_agents_label_larger_groups(agents):
    """The agents that there may be share all records."""
    ran = run(QUESTION, made_to_compute(notes(90), weighs), agents=agents)
    assert ran.result.answer == "30"
    assert ran.result.usage.agents <= agents
    assert sum(map(len, labels_of(ran))) == 90


@pytest.mark.parametrize("limits", [{"agents": 1}, {"depth": 0}])
def test_a_root_alone_labels_nothing(limits):
    """Where no child may be opened no label is made up: the rest of the run goes on without."""
    ran = run(QUESTION, made_to_compute(notes(60), weighs), **limits)
    check_events(ran.events)
    assert labels_of(ran) == []
    assert "the model labelled" not in ran.result.how
    assert ran.result.status in ("partial", "failed")


def test_time_that_runs_out_gives_a_partial_answer():
    """Before the time is over no more records are read, and those that were are counted."""
    ran = run(QUESTION, made_to_compute(notes(600), weighs, delay=0.2), seconds=5)
    check_events(ran.events)
    assert ran.result.status == "partial"
    assert "--max-seconds" in ran.result.reason
    assert ran.result.limits_hit == ("seconds",)
    assert "of 600 records" in ran.result.how
    assert ran.result.usage.seconds < 5.5
    assert any(event.limit == "seconds" for event in ran.all(BudgetHit))


def test_records_that_take_too_long_do_not_cost_the_others():
    """An engine that is stuck with some records in the end does not lose what was labelled before."""
    made = helpers.settings(computes=True)
    ran = run(QUESTION, prepare(document(notes(60)), Stuck(weighs, window=made.window), made), seconds=1)
    assert ran.result.status == "partial"
    assert "the model labelled 53 of 60 records" in ran.result.how
    assert ran.result.usage.seconds < 1


def test_an_engine_that_cannot_weigh_is_asked():
    """Where the engine cannot be given its answer, it is asked for the label of each record."""
    made = helpers.settings(computes=True)
    ran = run(QUESTION, prepare(document(notes(60)), Deaf(names, window=made.window), made))
    assert ran.result.answer == "20"
    assert len(ran.requests) == 60


def test_an_answer_that_is_no_label_is_none():
    """Records for which an engine names no label count for nothing."""
    made = helpers.settings(computes=True)
    engine = Deaf(lambda request: "neither" if "bishop" in str(request) else names(request), window=made.window)
    text = notes(60)
    ran = run(QUESTION, prepare(document(text), engine, made))
    unnamed = sum("bishop" in line for line in text.splitlines())
    assert Counter(label for labels in labels_of(ran) for label in labels)[0] == unnamed
    assert ran.result.answer == str(20 - unnamed)
    assert f"{unnamed} have none" in ran.result.how


def test_an_engine_that_names_no_label_leaves_the_question_to_readers():
    """Without a single label there is no count."""
    made = helpers.settings(computes=True)
    ran = run(QUESTION, prepare(document(notes(60)), Deaf(lambda _: ABSENT, window=made.window), made))
    assert "the model labelled" not in ran.result.how


def test_a_model_that_fails_fails_the_run():
    """A fault of the engine is told, not counted around."""
    prepared = made_to_compute(notes(60), weighs)
    prepared.engine.close()
    with pytest.raises(ModelError):
        run(QUESTION, prepared)


# ---------------------------------------------------------------------- the labeller by itself


def labeller(text: str, spans: list[Span], *, limits: Limits | None = None, labels=("tea", "chess")) -> Labeller:
    """Return a labeller of parts of a text."""
    task = Labelling(tuple(spans), tuple(labels), "", lambda _: pytest.fail("nobody concludes here"))
    engine = ScriptedEngine(weighs)
    reading = helpers.reading_of(document(text))
    return Labeller(task, reading, engine, Budget(limits or Limits()), every=False)


def lines_of(text: str) -> list[Span]:
    """Return the spans of the lines of a text."""
    return [Span(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text)]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400), st.none() | st.integers(1, 80), st.integers(2, 9))
def test_groups_share_the_records(count, agents, labels):
    """Each record that is read is in one group, in the order of the text, and no more groups than agents."""
    text = "".join(f"note {at}\n" for at in range(count))
    made = labeller(text, lines_of(text), limits=Limits(agents=agents), labels=tuple("abcdefghi"[:labels]))
    numbers = [number for group in made.groups for number in group.numbers]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == min(count, 2_400 // labels)
    assert len(made.groups) <= min(64, agents or 64)
    assert all(group.handoff.sections for group in made.groups)


def test_empty_records_are_not_read():
    """A record without text has no label, and nothing is asked about it."""
    text = "The kettle\n   \nThe bishop\n"
    made = labeller(text, [Span(0, 10), Span(11, 14), Span(15, 25)])
    assert [list(group.numbers) for group in made.groups] == [[0, 2]]


def test_no_records_make_no_groups():
    """Nothing to label is no group, and no labels."""
    made = labeller("words\n", [])
    assert made.groups == []
    assert asyncio.run(made.labelled()) is None


@given(
    st.lists(st.text(min_size=1, max_size=12).filter(str.strip), min_size=2, max_size=4, unique=True), st.data()
)
def test_nothing_but_a_label_can_be_named(labels, data):
    """Whatever signs labels have, the grammar of the direct question holds them and nothing else."""
    asked = []
    engine = Deaf(lambda request: asked.append(request) or "x")
    task = Labelling((Span(0, 8),), tuple(labels), "", lambda _: pytest.fail("nobody concludes here"))
    made = Labeller(task, helpers.reading_of(document("one note\n")), engine, Budget(Limits()), every=True)
    asyncio.run(made.label(made.groups[0], engine.generate, Reader()))
    if all(label.isprintable() for label in labels):
        assert data.draw(strings_of(asked[0].grammar)) in labels
