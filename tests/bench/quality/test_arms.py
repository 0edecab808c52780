"""Every arm answers the same question from the same source, and tells what it cost."""

import asyncio
import json
from dataclasses import replace

import pytest

from rao_cli.bench.quality.arms import ARMS, LONGEST_READ, Arm
from rao_cli.bench.quality.done import Told
from rao_cli.engine.scripted import ScriptedEngine
from tests.agent.helpers import find
from tests.bench.quality.making import LONG, opened

QUESTION = "Why did the envoys at Utrecht worry?"
TEXT = LONG * 40 + "The envoys at Utrecht worried, for 1713 was a bad year. " + LONG * 40
PROTOCOL = '{"action"'


def reads(request):
    """Read as a perfect model would, in rao's protocol and in plain text."""
    if PROTOCOL in "".join(request.messages[0].parts):
        return find("1713")(request)
    return "1713" if "1713" in "".join(request.messages[-1].parts) else "absent"


def told(arm, text=TEXT, question=QUESTION, respond=reads, **changes):
    """Return what an arm tells of a text."""
    return asyncio.run(ARMS[arm].tell(question, opened(text, respond, **changes)))


@pytest.mark.parametrize("arm", ["rao", "unplanned", "rag", "mapreduce", "thorough"])
def test_arms_that_see_it_find_it(arm):
    """What search leads to, or what reads everything, finds a fact in the middle."""
    found = told(arm)
    assert found.answer == "1713"
    assert not found.absent
    assert found.prompt_tokens > 0
    assert found.output_tokens > 0
    assert found.agents >= 1
    assert found.confidence > 0
    assert not found.computed


def test_the_beginning_does_not_have_it():
    """Reading the beginning only says absent, which is no answer."""
    found = told("direct")
    assert (found.answer, found.absent, found.agents) == ("", True, 1)


def test_search_costs_nothing():
    """No tokens, no agents and no confidence; no hit is absent."""
    found = told("search")
    assert found.answer == "The envoys at Utrecht worried, for 1713 was a bad year."
    assert (found.prompt_tokens, found.agents, found.confidence) == (0, 0, None)
    assert told("search", question="Which giraffe?").absent


def test_rao_tells_its_check_and_its_depth():
    """What rao verified is told, and how deep it went."""
    found = told("rao")
    assert found.verified
    assert found.depth >= 1


def test_thorough_reads_more_than_rao():
    """Reading everything asks more than reading what search ranks first."""
    long = LONG * 400 + TEXT
    assert told("thorough", long).prompt_tokens > 2 * told("rao", long).prompt_tokens


def test_rao_follows_the_bundled_strategy_that_pays():
    """With the embedded model a fact is looked up as measured; of an unknown model nothing is known."""
    unknown = opened(TEXT)
    assert unknown.strategy("Who owns the mill?") is None
    engine = ScriptedEngine(reads, window=1024, identity="SmolLM2-135M-Instruct.Q4_1.gguf")
    known = replace(unknown, engine=engine, settings=replace(unknown.settings, answers="chosen"))
    assert known.strategy("Who owns the mill?").name == "page-lookup"


def test_absent_is_told_by_rao():
    """Where no reader finds anything, absent is said and no answer given."""
    found = told("rao", question="Where do giraffes sleep?", respond=lambda request: '{"action":"absent"}')
    assert (found.answer, found.absent) == ("", True)


@pytest.mark.parametrize("arm", ["mapreduce", "thorough"])
def test_long_sources_are_computed(arm):
    """What reads everything is not run on a long source; its tokens are computed, and no token is asked for."""
    text = LONG * (LONGEST_READ // 20)
    source = opened(text)
    assert source.whole.reading.root.tokens > LONGEST_READ
    found = asyncio.run(ARMS[arm].tell(QUESTION, source))
    assert found.computed
    assert source.engine.requests == []
    assert found.prompt_tokens > LONGEST_READ
    assert found.agents >= source.whole.reading.leaf_count


@pytest.mark.parametrize("arm", ["rao", "direct", "rag", "thorough"])
def test_a_question_too_long_is_told_as_failed(arm):
    """One question that does not fit the window does not end the measuring."""
    found = told(arm, question="word " * 2000)
    assert found.answer == ""
    assert found.failed


def test_times_and_repeats_are_taken():
    """The seconds are those of the answer; looking something up instead of computing it is told."""
    looked_up = iter([0, 0, 0, 2])

    async def answer(question, source):
        await asyncio.sleep(0.02)
        return Told(answer=question)

    source = opened(LONG)
    counting = type(source)(source.document, source.engine, source.settings, lambda: next(looked_up))
    first, second = (asyncio.run(Arm(answer).tell("Ulm", counting)) for _ in range(2))
    assert first.seconds >= 0.02
    assert (first.repeated, second.repeated) == (False, True)


def test_answers_are_one_line():
    """An answer of several lines is joined, so that it is counted by its words."""
    action = json.dumps({"action": "answer", "answer": "signed\nin 1713", "cite": [1]})

    def respond(request):
        return action if "1713" in "".join(request.messages[-1].parts) else '{"action":"absent"}'

    assert "\n" not in told("rao", respond=respond).answer
