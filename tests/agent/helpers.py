"""Make documents, script engines and run tasks for the tests of the agent."""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Sequence

import pytest

from rao_cli.agent.events import AgentClosed, AgentOpened, Event
from rao_cli.agent.preparing import Prepared, Settings, prepare
from rao_cli.agent.reading import Reading
from rao_cli.agent.records import Citation, Limits, Report, RunResult, Task
from rao_cli.agent.run import run_task
from rao_cli.documents.model import Document, Origin, Page, Section, Span
from rao_cli.documents.sections import finish
from rao_cli.engine.base import Request
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import UsageError
from tests.documents.reading import document_of

ABSENT = '{"action":"absent"}'
OUTLINE_LINE = re.compile(r"\[\d+\]( .*\d tokens\))?")
ENTRY = re.compile(r"^\[(\d+)\]", re.MULTILINE)


def document(text: str, path: str = "notes.txt") -> Document:
    """Read a string as the file it would be."""
    return document_of(text.encode(), path)


def paged(pages: Sequence[str], path: str = "book.pdf") -> Document:
    """Return a document of pages as a PDF gives it: one leaf and one page mark for each."""
    starts = [sum(map(len, pages[:index])) for index in range(len(pages))]
    text = "".join(pages)
    leaves = tuple(
        Section("", f"Page {n}", "page", Span(at, at + len(page)))
        for n, (at, page) in enumerate(zip(starts, pages, strict=True), 1)
    )
    marks = tuple(Page(at, n, str(n)) for n, at in enumerate(starts, 1))
    root = Section("", path, "file", Span(0, len(text)), leaves)
    return finish(text, root, [Origin(path, Span(0, len(text)), marks)])


def filler(lines: int, start: int = 0) -> str:
    """Return lines of prose that differ, with a blank line after every fifth."""
    return "".join(
        f"Line {n} tells of matter {n * 7919 % 1009} in plain words.\n" + ("\n" if n % 5 == 4 else "")
        for n in range(start, start + lines)
    )


def answer(text: str, *cite: int) -> str:
    """Write an answer action as the grammar spells it."""
    return json.dumps(
        {"action": "answer", "answer": text, "cite": cite}, separators=(",", ":"), ensure_ascii=False
    )


def delegate(*to: Sequence[int], goal: str = "", facts: Sequence[str] = (), combine: str = "best") -> str:
    """Write a delegate action with one child for each list of entry numbers."""
    targets = [{"sections": list(numbers), "goal": goal, "facts": list(facts)} for numbers in to]
    action = {"action": "delegate", "to": targets, "returns": "text", "combine": combine}
    return json.dumps(action, separators=(",", ":"))


def search(pattern: str, *scope: int) -> str:
    """Write a search action."""
    return json.dumps({"action": "search", "pattern": pattern, "scope": scope})


def shown(request: Request) -> tuple[str, ...]:
    """Return the parts of the message that shows an agent its view: the last of more than one part."""
    return [message.parts for message in request.messages if len(message.parts) > 1][-1]


def view_of(request: Request) -> str:
    """Return the part of a prompt that shows the view."""
    return shown(request)[0]


def handoff_of(request: Request) -> str:
    """Return the part of a prompt that comes after the view."""
    return "".join(shown(request)[1:])


def steps_of(request: Request) -> int:
    """Return how many actions the agent took before."""
    return [len(message.parts) > 1 for message in request.messages[::-1]].index(True) // 2


def entries_of(request: Request) -> list[int]:
    """Return the numbers that a view shows."""
    return [int(number) for number in ENTRY.findall(view_of(request))]


def is_outline(request: Request) -> bool:
    """Tell whether a prompt shows an outline: all of its lines are entries with their size, or bare numbers."""
    return all(OUTLINE_LINE.fullmatch(line) for line in view_of(request).splitlines())


def everywhere(leaf: Callable[[Request], str], combine: str = "best") -> Callable[[Request], str]:
    """Delegate every entry of an outline to a child of its own, answer text by ``leaf``, then the last report."""

    def respond(request: Request) -> str:
        if not is_outline(request):
            return leaf(request)
        if not steps_of(request):
            return delegate(*grouped(entries_of(request)), combine=combine)
        return from_reports(request)

    return respond


def grouped(numbers: Sequence[int], most: int = 8) -> list[Sequence[int]]:
    """Cut numbers into at most ``most`` runs, so that an action which names all of them fits its tokens."""
    size = -(-len(numbers) // most)
    return [numbers[at : at + size] for at in range(0, len(numbers), size)]


def from_reports(request: Request) -> str:
    """Give the first report that is an answer as one's own, or absent when there is none."""
    lines = re.findall(r"^\[(\d+)\] (?!absent$|failed)(.*) \([^()]*\)$", request.messages[-1].parts[0], re.M)
    return answer(lines[0][1], int(lines[0][0])) if lines else ABSENT


def find(needle: str) -> Callable[[Request], str]:
    """Read like a perfect reader: answer with the needle and its block when the view holds it, else absent."""

    def leaf(request: Request) -> str:
        for line in view_of(request).splitlines():
            if needle in line and (number := ENTRY.match(line)):
                return answer(needle, int(number[1]))
        return ABSENT

    return leaf


def settings(
    window: int = 1024,
    delegation: str = "rules",
    output: int = 64,
    view: int = 400,
    **changes: object,
) -> Settings:
    """Return small settings; code computes nothing unless asked to."""
    made = {"window": window, "view_tokens": view, "delegation": delegation, "output_tokens": output}
    return Settings(**{"computes": False, **made, **changes})


def smallest_window(delegation: str) -> int:
    """Return the smallest window that small settings need, as the refusal of a smaller one names it."""
    with pytest.raises(UsageError) as refused:
        made_ready("x", window=8, delegation=delegation)
    return int(re.search(r"--window (\d+)", refused.value.hint)[1])


def made_ready(
    text: str | Document,
    respond: Callable[[Request], str] = lambda _: ABSENT,
    *,
    delay: float = 0.0,
    engine_window: int = 0,
    **options: object,
) -> Prepared:
    """Prepare a text for a scripted engine whose window is that of the settings, so that nothing may exceed it."""
    source = document(text) if isinstance(text, str) else text
    made = settings(**options)
    engine = ScriptedEngine(respond, window=engine_window or made.window, delay=delay)
    return prepare(source, engine, made)


class Ran:
    """A finished run: its result, its events and what was asked of the engine."""

    def __init__(self, result: RunResult, events: list[Event], requests: list[Request]) -> None:
        self.result = result
        self.events = events
        self.requests = requests

    def all(self, kind: type) -> list:
        """Return the events of one kind in order."""
        return [event for event in self.events if isinstance(event, kind)]


def run(question: str, prepared: Prepared, *, kind: str = "ask", thorough: bool = False, **limits: object) -> Ran:
    """Run a task on a prepared document and collect everything that happens."""
    events: list[Event] = []
    task = Task(kind=kind, question=question, thorough=thorough)
    prepared.engine.requests.clear()
    result = asyncio.run(run_task(task, prepared, limits=Limits(**limits), emit=events.append))
    return Ran(result, events, list(prepared.engine.requests))


def made_to_compute(*given: object, **options: object) -> Prepared:
    """Prepare a text like ``made_ready``; code answers first what it can compute."""
    return made_ready(*given, computes=True, **options)


def check_events(events: Sequence[Event]) -> None:
    """Assert that the events tell one whole tree: opened before its children, closed once and after them."""
    opened: dict[str, AgentOpened] = {}
    closed: list[str] = []
    for event in events:
        if isinstance(event, AgentOpened):
            assert event.agent not in opened
            check_place(event, opened, closed)
            opened[event.agent] = event
        elif isinstance(event, AgentClosed):
            assert event.agent in opened
            closed.append(event.agent)
            assert not any(name.startswith(event.agent + ".") and name not in closed for name in opened)
    assert sorted(closed) == sorted(opened)
    times = [event.at for event in events]
    assert times == sorted(times)


def check_place(event: AgentOpened, opened: dict[str, AgentOpened], closed: Iterable[str]) -> None:
    """Assert that an agent's id, parent and depth agree."""
    assert event.parent == event.agent.rpartition(".")[0]
    assert event.depth == event.agent.count(".")
    assert not event.parent or (event.parent in opened and event.parent not in closed)


def reading_of(source: Document, view_tokens: int = 100, fanout: int = 8) -> Reading:
    """Pack a document with the scripted engine's way of counting."""
    from rao_cli.agent.reading import prepare_reading

    return prepare_reading(source, ScriptedEngine(lambda _: ABSENT), view_tokens, fanout)


def cited(source: Document, words: str, **changes: object) -> Citation:
    """Return an honest citation of the first place of some words, with some fields changed."""
    from rao_cli.agent.cite import cite

    start = source.text.index(words)
    return cite(source, Span(start, start + len(words)), words).model_copy(update=changes)


def report(text: str = "", status: str = "found", confidence: float = 0.5, *citations: Citation) -> Report:
    """Return a report; without text it is absent unless said otherwise."""
    status = "absent" if status == "found" and not text else status
    return Report(status=status, answer=text, confidence=confidence, citations=citations)
