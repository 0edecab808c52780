"""A run's summary: what is read for it, what a model may add, and what is told in the end."""

import pytest

from rao_cli.agent.events import ActionTaken
from rao_cli.agent.planning import plan_task
from rao_cli.agent.prompts import PART_GOAL
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.summary.telling import Telling
from tests.agent.helpers import check_events, document, filler, made_ready, reading_of, run, view_of
from tests.agent.summary.helpers import BOATS, log, syslog
from tests.documents.reading import document_of, text_document

TWELVE = "".join(
    f"# Mill {n}\n\nThe mill number {n} is a house by the river.\n\n{filler(30, 40 * n)}\n" for n in range(12)
)
GOOD = "A hull is the watertight body of a boat and carries its load."


def boats(text=BOATS):
    """Return the document of a text with headings."""
    return document_of(text.encode(), "boats.md")


def telling(text=BOATS, words=60, view=60, **fields):
    """Return a surveyed summary of a text."""
    made = Telling(Task(kind="summarize", words=words, **fields), reading_of(boats(text), view))
    made.survey()
    return made


def summarize(source, respond=lambda _: "", words=60, **options):
    """Run a summary; the task's words are set by a copy of the usual run."""
    return run("", made_ready(source, respond, **options), kind="summarize")


def leaves_of(made):
    """Return the leaves that are read for a summary."""
    return [section for group in made.groups for section in group]


def test_what_is_told_is_read():
    """The passages that agents read hold what was chosen, each once."""
    made = telling()
    leaves = leaves_of(made)
    assert len({leaf.id for leaf in leaves}) == len(leaves) > 1
    for told in made._choice(made.topics).told:
        assert any(leaf.span.overlaps(told.statements[0].spans[0]) for leaf in leaves)


def test_thorough_reads_all():
    """Where everything is to be read, the groups cover the whole source."""
    made = telling(TWELVE, thorough=True)
    assert sum(len(leaf.span) for leaf in leaves_of(made)) == len(made.reading.document)


def test_a_good_sentence_of_a_model_is_told():
    """A sentence that code verifies, and that says more than the text's best, is told with its place."""
    made = telling("# Boats\n\nIt keeps the water out of a boat. It carries the load of a boat.\n")
    good = "A boat carries the load and keeps the water out."
    report = made.propose(leaves_of(made)[:1], good, 0.9)
    assert (report.answer, report.verified) == (good, True)
    assert made.compose().answer.startswith(f"- {good}")
    assert "1 of them phrased" in made.compose().how


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_reports_changes_nothing(order):
    """Agents finish in any order; what is told, and what each of them reports, is the same."""
    text = "# Boats\n\nIt keeps the water out of a boat. It carries the load of a boat.\n\nOars move a boat.\n"
    said = [
        "A boat carries the load and keeps the water out.",
        "The water is kept out of a boat that carries the load.",
        "Oars move a boat that carries the load.",
    ]

    def told(numbers):
        made = telling(text)
        reports = {number: made.propose(leaves_of(made)[:1], said[number], 0.9) for number in numbers}
        return made.compose().answer, sorted((number, one.answer) for number, one in reports.items())

    assert told(order) == told((0, 1, 2))


def test_a_trusted_model_is_preferred():
    """A model that writes well has its verified sentence told where the text's own says about as much."""
    for trusted in (True, False):
        made = telling()
        made.trusted = trusted
        made.propose(leaves_of(made)[:1], GOOD, 0.9)
        assert (GOOD in made.compose().answer) == trusted


@pytest.mark.parametrize(
    "bad",
    [
        "A hull is the watertight body of a plane and carries its load.",
        "A hull is the watertight body of the Titanic and its load.",
        "A hull is the 42 metre watertight body of a boat.",
        "This part is about the watertight body of a boat and its load.",
        "The body of a boat is the body of a boat is the body of a boat.",
        "Boat.",
        "",
        "a hull of a boat and then",
        "[1] [2] [3]",
    ],
)
def test_a_bad_sentence_of_a_model_is_not_told(bad):
    """What is not in the text, talks of it, repeats itself or is no sentence is replaced by the text's own."""
    made = telling()
    before = made.compose().answer
    report = made.propose(leaves_of(made)[:1], bad, 0.9)
    assert report.answer in " ".join(BOATS.split())
    assert made.compose().answer == before


def test_a_sentence_about_another_part_is_not_told():
    """A sentence is only told of the sections that its agent read."""
    made = telling(view=40)
    last = [leaf for leaf in leaves_of(made) if "Anchors" in made.reading.document.read(leaf.span)]
    made.propose(last, GOOD, 0.9)
    assert GOOD not in made.compose().answer


def test_agents_read_and_the_tree_is_whole():
    """The root hands each part down; children are asked what it is about; all of it is in the events."""
    ran = summarize(boats(TWELVE), view=120)
    assert ran.result.agents[0].depth == 0
    assert ran.result.usage.depth >= 1
    assert all(PART_GOAL in agent.goal for agent in ran.result.agents[1:])
    assert {"delegate", "answer"} <= {event.action["action"] for event in ran.all(ActionTaken)}
    check_events(ran.events)


def test_readers_are_shown_their_passages():
    """What is shown to the model is the text around what is told."""
    ran = summarize(boats(TWELVE), view=120)
    assert ran.requests
    assert all("[1] " in view_of(request) for request in ran.requests)


def test_a_model_that_says_nothing_costs_no_part():
    """The summary is whole without any usable word of the model, and verified."""
    ran = summarize(boats())
    assert ran.result.status == "found"
    assert ran.result.verified
    assert all(f"- {name}: " in ran.result.answer for name in ("Hulls", "Sails", "Anchors"))
    assert "none of them phrased" in ran.result.how


def test_a_hostile_model_adds_nothing():
    """Control characters, forged citations and endless text of a model reach no summary."""
    silent = summarize(boats()).result.answer
    for text in ("\x1b[2J\x07", "[1] [99] Left out: everything.", "word " * 60, '{"action":"absent"}'):
        assert summarize(boats(), lambda _, text=text: text).result.answer == silent


@pytest.mark.parametrize("limits", [{"tokens": 1500}, {"agents": 1}, {"agents": 2}, {"depth": 0}])
def test_a_limit_leaves_the_summary_whole(limits):
    """Whatever limit is reached, the summary is there, and the budget is held."""
    ran = run("", made_ready(boats(TWELVE), lambda _: "", view=120), kind="summarize", **limits)
    assert ran.result.answer
    assert ran.result.usage.tokens <= limits.get("tokens", 10**9)
    assert ran.result.usage.agents <= limits.get("agents", 10**9)
    check_events(ran.events)


def test_time_that_is_over_leaves_a_summary():
    """A run that is out of time tells what code knows, and is partial."""
    ran = run("", made_ready(boats(TWELVE), lambda _: "", view=120, delay=0.2), kind="summarize", seconds=0.3)
    assert ran.result.status == "partial"
    assert ran.result.answer.startswith("- Mill")


def test_a_log_needs_no_model():
    """A log is told from its counts alone, and the model is asked nothing."""
    ran = summarize(log([syslog(n, f"ground {n} sacks") for n in range(300)]))
    assert ran.requests == []
    assert ran.result.status == "found"
    assert ran.result.coverage.tokens_read == 0
    assert ran.result.answer.startswith("- What it is: A log (syslog) of 300 records")


def test_an_empty_source_says_so():
    """A source without text is not summarised, and the reason is told."""
    ran = summarize(text_document(""))
    assert ran.result.status == "failed"
    assert "no text" in ran.result.reason


def test_one_leaf_is_read_by_the_root():
    """A text of one leaf needs no children."""
    ran = summarize(document("The mill is a house by the river. It grinds rye all day.\n"))
    assert (ran.result.usage.agents, len(ran.requests)) == (1, 1)


def test_the_plan_bounds_the_calls():
    """A plan knows how many passages are read at most."""
    prepared = made_ready(boats(TWELVE), lambda _: "", view=120)
    for words in (20, 60, 400):
        task = Task(kind="summarize", words=words)
        plan = plan_task(task, prepared, Limits())
        made = Telling(task, prepared.reading)
        made.survey()
        assert len(made.readings) <= plan.calls
