"""The search action: exact counts in what an agent was given, samples, and expressions."""

import re

from tests.agent.helpers import (
    ABSENT,
    answer,
    entries_of,
    filler,
    made_ready,
    run,
    search,
    steps_of,
)


def test_search_counts_exactly():
    """The observation of a search has the exact count in the agent's sections, and samples from there."""
    text = filler(50) + "A Blue   door.\n" * 3 + filler(50, 50) + "a blue\ndoor.\n" + filler(50, 100)
    seen = []

    def respond(request):
        if steps_of(request) == 0:
            return search("blue door")
        seen.append(request.messages[-1].parts[0])
        return answer("4")

    ran = run("How many blue doors?", made_ready(text, respond, delegation="model", window=2000))
    assert seen[0].splitlines()[0].endswith(": 4 found")
    samples = seen[0].splitlines()[1:]
    assert len(samples) == 4
    assert all(re.match(r"\[\d+\] ", sample) and "blue" in sample.lower() for sample in samples)
    assert ran.result.answer == "4"
    assert not ran.result.verified


def observation_of(pattern, text):
    """Return what an agent that searches for a pattern is told."""
    seen = []

    def respond(request):
        if steps_of(request) == 0:
            return search(pattern)
        seen.append(request.messages[-1].parts[0])
        return ABSENT

    run("How many?", made_ready(text, respond, delegation="model", window=2000))
    return seen[0].splitlines()


def test_a_pattern_between_slashes_is_an_expression():
    """An expression is counted as such, and without its slashes the same words are literal text."""
    text = filler(60) + "error 404\nerror 500\nerror [45] in the manual\n" + filler(60, 60)
    assert observation_of(r"/error [45]\d\d/", text)[0].endswith(": 2 found")
    assert observation_of("error [45]", text)[0].endswith(": 1 found")


def test_an_expression_that_is_none_is_told_to_the_agent():
    """The agent learns in one line what is wrong with its expression, and goes on."""
    first, reason = observation_of("/(a/", filler(120))
    assert first.endswith(": 0 found")
    assert reason


def test_search_within_a_scope():
    """A search limited to an entry counts what stands in that entry only."""
    counts = {}

    def respond(request):
        entries = entries_of(request)
        step = steps_of(request)
        if step:
            counts[step] = int(re.search(r": (\d+) found", request.messages[-1].parts[0])[1])
        return search("matter", entries[step]) if step < 3 else ABSENT

    ran = run("code?", made_ready(filler(400), respond, delegation="model", window=3000, view=500))
    assert len(counts) == 3
    assert all(0 < count < 300 for count in counts.values())
    assert ran.result.status == "absent"
