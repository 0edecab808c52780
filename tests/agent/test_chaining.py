"""Questions made of questions: asked apart, answers carried along, and read for as a whole when one stays open."""

import pytest

from rao_cli.agent.chaining import NOT_FOUND, dependent, independent
from rao_cli.agent.events import ActionTaken, AgentOpened
from rao_cli.agent.planning import plan_task
from rao_cli.agent.records import Limits, Task
from rao_cli.engine.base import Request
from tests.agent.helpers import ABSENT, answer, check_events, filler, handoff_of, made_ready, run, view_of

BOOK = (
    filler(60)
    + "Dune is a novel; its author is Frank Herbert, and it sold well.\n\n"
    + filler(60, start=60)
    + "Frank Herbert was born in Tacoma, where it rains.\n\n"
    + filler(60, start=120)
)
CHAIN = "Where was the author of Dune born?"
SEVERAL = "Who wrote Dune and where was Frank Herbert born?"


def reads(*facts: tuple[str, str, str]):
    """Return a reader that knows some facts: words of the question, words of the view, the answer."""

    def respond(request: Request) -> str:
        asked, text = handoff_of(request), view_of(request)
        found = next((told for word, place, told in facts if word in asked and place in text), "")
        return answer(found, 1) if found else ABSENT

    return respond


AUTHOR = ("Who is the author of Dune", "its author is", "Frank Herbert")
WRITER = ("Who wrote Dune", "its author is", "Frank Herbert")
BIRTH = ("Frank Herbert born", "born in Tacoma", "Tacoma")


@pytest.mark.parametrize(
    ("question", "first"),
    [
        (CHAIN, "Who is the author of Dune?"),
        ("What is the code of the office in the city where Ann Lee was last seen?", "In which city was Ann Lee"),
        ("Who wrote Dune?", None),
        ("What is one reason that prices rose?", None),
        ("Which problem is it that Turing solved?", None),
        ("(A) x\n(B) y\nWhere was the author of Dune born?", None),
        ("", None),
    ],
)
def test_only_roles_places_and_owners_are_asked_apart(question: str, first: str | None) -> None:
    """A question is taken apart where its inner part asks for a role, a place or an owner, else not."""
    parts = dependent(question)
    assert (parts[0].startswith(first) if parts else None) == (True if first else None)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        (SEVERAL, 2),
        ("Who built the mill? When did it burn down?", 2),
        ("Who was king and queen of the north?", 0),
        ("The gorge is between Koblenz and what other city?", 0),
        ("Who wrote Dune?", 0),
        ("?", 0),
    ],
)
def test_questions_in_one_breath_are_counted(question: str, count: int) -> None:
    """Only what is a question by itself on both sides of "and" counts as several."""
    assert len(independent(question)) == count


def test_a_chain_is_answered_step_by_step() -> None:
    """The inner answer is put into the outer question, and carried along as a fact."""
    ran = run(CHAIN, made_ready(BOOK, reads(AUTHOR, BIRTH), view=100))
    check_events(ran.events)
    assert ran.result.answer == "Tacoma"
    assert ran.result.verified
    goals = [event.handoff.goal for event in ran.all(AgentOpened)]
    assert "Who is the author of Dune?" in goals
    assert "Where was Frank Herbert born?" in goals
    facts = {fact for event in ran.all(AgentOpened) for fact in event.handoff.facts}
    assert facts == {"Who is the author of Dune? Frank Herbert"}


def test_an_open_inner_question_reads_for_the_whole() -> None:
    """Where the inner question is not answered, readers are asked the user's own question."""
    ran = run(CHAIN, made_ready(BOOK, reads(("author of Dune born", "born in Tacoma", "Tacoma")), view=100))
    assert ran.result.answer == "Tacoma"


def test_an_open_chain_is_absent() -> None:
    """Where nothing is found at all the answer is absent, not the inner answer."""
    ran = run(CHAIN, made_ready(BOOK, reads(AUTHOR), view=100))
    assert (ran.result.status, ran.result.answer) == ("absent", "")


def test_several_answers_come_in_the_order_asked() -> None:
    """Each question has its answer, and each answer its citation."""
    ran = run(SEVERAL, made_ready(BOOK, reads(WRITER, BIRTH), view=100))
    check_events(ran.events)
    assert ran.result.answer == "Frank Herbert; Tacoma"
    assert len([one for one in ran.result.citations if one.verified]) == 2


def test_an_open_one_of_several_is_said() -> None:
    """Where one of several questions stays open, its place says so."""
    ran = run(SEVERAL, made_ready(BOOK, reads(BIRTH), view=100))
    assert ran.result.answer == f"{NOT_FOUND}; Tacoma"


def test_taking_apart_is_the_rules_work() -> None:
    """No model is asked to take a question apart."""
    ran = run(CHAIN, made_ready(BOOK, reads(AUTHOR, BIRTH), view=100))
    assert {event.by for event in ran.all(ActionTaken) if event.agent == "1"} == {"rules"}


@pytest.mark.parametrize("limits", [{"agents": 2}, {"agents": 5}, {"tokens": 900}, {"depth": 1}])
def test_limits_hold_in_a_chain(limits: dict[str, int]) -> None:
    """A chain that a limit cuts keeps to it and ends in order."""
    ran = run(CHAIN, made_ready(BOOK, reads(AUTHOR, BIRTH), view=100), **limits)
    check_events(ran.events)
    assert ran.result.usage.agents <= limits.get("agents", 10**6)
    assert ran.result.usage.tokens <= limits.get("tokens", 10**9)
    assert ran.result.usage.depth <= limits.get("depth", 99)


def test_a_text_that_fits_is_not_taken_apart() -> None:
    """Over a text that is read at once the question stays whole."""
    text = "The author of Dune, Frank Herbert, was born in Tacoma."
    ran = run(CHAIN, made_ready(text, reads(("author of Dune born", "born in Tacoma", "Tacoma"))))
    assert [event.handoff.goal for event in ran.all(AgentOpened)] == [CHAIN]


@pytest.mark.parametrize("question", [CHAIN, SEVERAL, "Who wrote Dune?"])
def test_the_plan_covers_all_parts(question: str) -> None:
    """However a question is taken apart, no more calls are made than were planned."""
    prepared = made_ready(BOOK, reads(AUTHOR, BIRTH), view=100)
    planned = plan_task(Task(question=question), prepared, Limits())
    ran = run(question, prepared)
    assert len(ran.requests) <= planned.calls
    assert ran.result.usage.prompt_tokens <= planned.prompt_tokens
    assert ran.result.usage.output_tokens <= planned.output_tokens


def test_what_the_whole_found_is_cited_where_it_stands() -> None:
    """Where a later question stays open, the answer to the whole is cited by who found it, not by a part."""
    whole = (CHAIN, "born in Tacoma", "Tacoma")
    result = run(CHAIN, made_ready(BOOK, reads(AUTHOR, whole), view=100)).result
    assert (result.answer, result.verified) == ("Tacoma", True)
    assert all("Tacoma" in citation.quote for citation in result.citations)
