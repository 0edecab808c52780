"""What strategies are learned from: stored runs, each with its source as it is read again."""

from collections.abc import Iterable
from dataclasses import dataclass

from rao_cli.agent.cite import words
from rao_cli.agent.combine import same_answer
from rao_cli.agent.events import ModelCalled, RunStarted
from rao_cli.agent.preparing import Prepared
from rao_cli.agent.records import Report, RunResult, Task
from rao_cli.errors import UsageError
from rao_cli.runs.tree import Run
from rao_cli.strategies.records import digest_of

SPARE_WORDS = 12
"""Words that an answer may have in which a true one stands."""


@dataclass(frozen=True)
class Lesson:
    """A stored run, and its source prepared again with an engine that counts as the run's own did.

    ``gold`` are the true answers, where they are known; else the run's own answer is what is to be kept.
    """

    run: Run
    prepared: Prepared
    gold: tuple[str, ...] = ()

    @property
    def task(self) -> Task:
        """Return what was asked."""
        return self.run.kept.task

    @property
    def name(self) -> str:
        """Return the run's id."""
        return self.run.kept.run

    @property
    def started(self) -> RunStarted:
        """Return the event that tells what was read. Raises UsageError where the run was stopped before that."""
        if self.run.tree.started is None:
            raise UsageError(f"the run {self.name} read nothing", hint="learn from runs that found an answer")
        return self.run.tree.started

    @property
    def result(self) -> RunResult | None:
        """Return what the run came to; None where it did not end."""
        return self.run.tree.result

    @property
    def digest(self) -> str:
        """Return the digest of the document."""
        return self.prepared.reading.document.digest

    @property
    def own_tokens(self) -> int:
        """Return the tokens that the run itself read and wrote."""
        return self.run.tree.usage.tokens

    @property
    def source(self) -> str:
        """Return a digest of the run, as a strategy keeps it: it tells nothing, and the same run has the same."""
        return digest_of([self.name, self.digest])

    def keeps(self, answer: str) -> bool:
        """Tell whether an answer is a true one, or, where none is known, the run's own."""
        if self.gold:
            return any(says(answer, true) for true in self.gold)
        own = self.result.answer if self.result else ""
        return same_answer(Report(status="found", answer=answer), Report(status="found", answer=own))


def says(answer: str, true: str) -> bool:
    """Tell whether the words of a true answer stand together in an answer that is not much longer."""
    told, wanted = words(answer), words(true)
    if not wanted or len(told) > max(SPARE_WORDS, len(wanted)):
        return False
    return any(told[at : at + len(wanted)] == wanted for at in range(len(told) - len(wanted) + 1))


def check_source(lesson: Lesson) -> None:
    """Raise UsageError where the source is not what the run has read, or the model is another one."""
    started = lesson.started
    if started.digest != lesson.digest:
        raise UsageError(
            f"the sources of the run {lesson.name} have changed since",
            hint="learn from runs of sources as they are now: ask again",
        )
    if lesson.run.kept.identity != lesson.prepared.engine.identity:
        raise UsageError(
            f"the run {lesson.name} was answered by another model, or by another version of it",
            hint="give the model of the run with --model",
        )


def refusal(lesson: Lesson) -> str:
    """Return why nothing can be learned from a run, or an empty string."""
    result, task = lesson.result, lesson.task
    if result is None:
        return "it did not come to its end"
    if task.kind != "ask":
        return "it is a summary, which code takes apart"
    if task.thorough:
        return "it was told to read everything"
    if result.how:
        return "code computed its answer, so there is nothing to plan"
    if result.limits_hit:
        return "a limit cut it short"
    if result.status != "found":
        return f"its answer is {result.status}"
    if lesson.gold:
        return "" if lesson.keeps(result.answer) else "its answer is wrong"
    return "" if result.verified else "its answer was not found in the source again"


def calls_of(lessons: Iterable[Lesson]) -> list[ModelCalled]:
    """Return all calls of the model that runs have recorded."""
    return [event for lesson in lessons for event in lesson.run.tree.events if isinstance(event, ModelCalled)]
