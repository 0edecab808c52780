"""Make the events of a run of thousands of agents, each with what a real one tells of itself."""

from functools import cache

from rao_cli.agent.events import AgentProgress
from rao_cli.agent.records import Citation
from rao_cli.engine.base import Completion, Message, Request, Token
from tests.runs.making import acted, called, closed, finished, opened, started

BREADTH = 17
CHARACTERS = 1_200
"""Of the source, for each leaf."""
WORDS = "the valve of north mill turns before winter and its keeper writes down what pressure was read there"


@cache
def large(agents=5_000):
    """Return the events of a run: outlines in two levels, leaves that weigh eleven choices each; made once."""
    outlines = [*_children("1"), *(name for one in _children("1") for name in _children(one))]
    leaves = agents - 1 - len(outlines)
    whole = (0, leaves * CHARACTERS)
    events = [started(), opened("1", view="outline", spans=(whole,), titles=("manual.pdf",)), acted("1", at=0.001)]
    events += [opened(name, at=0.002, view="outline", spans=(whole,)) for name in outlines]
    lowest = outlines[BREADTH:]
    names = [f"{lowest[at % len(lowest)]}.{at // len(lowest) + 1}" for at in range(leaves)]
    for at, name in enumerate(names):
        events += leaf(name, at)
    end = leaves * 0.05 + 2
    events += [closed(name, at=end) for name in [*outlines[::-1], "1"]]
    cited = [citation(at) for at in range(0, leaves, max(1, leaves // 5))]
    return [*events, finished(answer="40 bar", citations=tuple(cited))]


def leaf(name, at):
    """Return what a leaf tells: it is opened, waits, reads, weighs, chooses and reports."""
    begin, span = at * 0.05, (at * CHARACTERS, (at + 1) * CHARACTERS)
    found = at % 3 == 0
    telling = [
        AgentProgress(at=begin + 0.1 * (number + 1), agent=name, phase=phase, done=0, total=200)
        for number, phase in enumerate(("waiting", "reading", "writing"))
    ]
    place = f"/home/someone/manuals/manual.pdf p. {at + 1}"
    report = (
        {"status": "found", "answer": f"{at} bar", "citations": (citation(at),)} if found else {"status": "absent"}
    )
    return [
        opened(name, at=begin, spans=(span,), titles=(f"Maintenance of valve {at} ({at % 9}/9)",)).model_copy(
            update={"location": place}
        ),
        *telling,
        weighed(name, at, begin + 1.0),
        acted(name, at=begin + 1.0).model_copy(update={"read": (span,)}),
        closed(name, at=begin + 1.0, **{**report, "confidence": 0.5 + at % 50 / 100}),
    ]


def citation(at):
    """Return a citation of a leaf's second block."""
    label = f"/home/someone/manuals/manual.pdf p. {at + 1}"
    quote = f"Valve {at} opens at {at} bar; {WORDS}."
    return Citation(
        path="manual.pdf",
        start=at * CHARACTERS + 600,
        end=at * CHARACTERS + 800,
        quote=quote,
        verified=True,
        label=label,
    )


def weighed(name, at, when):
    """Return a call in which eleven choices were weighed."""
    view = f"# Maintenance of valve {at} (manual.pdf p. {at + 1})\n[1] Page {at} begins; {WORDS}, {WORDS}.\n"
    view += f"[2] {citation(at).quote}\n[3] Page {at} ends; {WORDS}, {WORDS}, {WORDS}.\n"
    choices = tuple(f'{{"action":"answer","answer":"{at + n} bar","cite":[{n % 3 + 1}]}}' for n in range(11))
    tokens = tuple(Token(text, -0.01 * n) for n, text in enumerate(choices[0].split('"')))
    told = Completion("", tokens * 11, 200, 30, "stop", choices=(tokens,) * 11)
    messages = (Message("system", ("You answer.",)), Message("user", (view, "\nQuestion: at what pressure?")))
    return called(name, at=when).model_copy(
        update={"request": Request(messages, 300, choices=choices), "completion": told}
    )


def _children(name):
    return [f"{name}.{number}" for number in range(1, BREADTH + 1)]
