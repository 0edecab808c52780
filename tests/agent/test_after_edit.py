"""After an edit only what changed is read again: prompts of everything else are equal to the byte."""

import asyncio
import hashlib

import pytest

from rao_cli.agent.preparing import Settings, prepare
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.documents.load import ReadOptions, open_sources
from rao_cli.engine.cache import CachedEngine
from rao_cli.engine.scripted import ScriptedEngine

FILES, FOLDERS = 60, 5
SETTINGS = Settings(window=1024, view_tokens=128, delegation="rules", output_tokens=48, summary_tokens=192)


def source(number, functions):
    """Return a source file of so many functions that speak of their own matter."""
    lines = [f'"""Part {number} looks after matter {number * 7919 % 1009} of the whole."""\n']
    for function in range(functions):
        lines.append(f"\ndef step_{number}_{function}(left, right):\n    return left * {function} + right\n")
    return "".join(lines)


def repository(path):
    """Make a folder of folders with files of all sizes, from a few lines to several views."""
    for number in range(FILES):
        folder = path / f"area{number % FOLDERS}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"part{number:02}.py").write_text(source(number, number * 13 % 29))
    return path


class Summaries:
    """Summaries of one folder, one after another; what was asked once is answered from the store."""

    def __init__(self, path, cache):
        self.path, self.cache = path, cache
        cache.mkdir()
        self.asked = []

    def again(self, kind="summarize", **options):
        """Run once more; return the result and what the model was asked anew."""
        engine = ScriptedEngine(self._respond)
        self.asked = []
        document = open_sources([str(self.path)], ReadOptions(cache=self.cache))
        cached = CachedEngine(engine, self.cache)
        task = Task(kind=kind, **options)
        try:
            prepared = prepare(document, cached, SETTINGS, reads_all=task.reads_all)
            result = asyncio.run(run_task(task, prepared, limits=Limits(), emit=lambda _: None))
        finally:
            cached.close()
        return result, [request.messages[-1].parts[0] for request in engine.requests]

    def _respond(self, request):
        """Answer with something that only this prompt gets."""
        digest = hashlib.sha256(repr(request.messages).encode()).hexdigest()
        return f"It looks after the matter {digest[:6]} of the whole thing here."


@pytest.fixture
def summaries(tmp_path):
    """Return summaries of a repository that was read once."""
    made = Summaries(repository(tmp_path / "repo"), tmp_path / "cache")
    made.first = made.again(thorough=True)[1]
    return made


def reads(views):
    """Return the views that are text of the source: not those of reports that are merged."""
    return [view for view in views if view.startswith("# ")]


def test_nothing_is_asked_again_without_an_edit(summaries):
    """The same command on the same folder asks the model nothing."""
    assert len(reads(summaries.first)) > FILES // 2
    assert summaries.again(thorough=True)[1] == []


@pytest.mark.parametrize("number", [0, 1, 7, 13, 29, 44, 59])
def test_a_changed_file_is_read_again_alone(summaries, number):
    """After a change of one file only views that show it are asked anew, and what lies above them."""
    path = summaries.path / f"area{number % FOLDERS}" / f"part{number:02}.py"
    path.write_text(path.read_text().replace("looks after", "now cares for"))
    views = summaries.again(thorough=True)[1]
    assert 1 <= len(reads(views)) <= 3
    assert all(f"step_{number}_" in view or f"Part {number} " in view for view in reads(views))
    assert len(views) - len(reads(views)) <= 4


def test_a_function_more_is_read_with_its_file(summaries):
    """A function that is added shifts lines of its own file, and of no other."""
    path = summaries.path / "area3" / "part28.py"
    path.write_text(source(28, 24))
    views = summaries.again(thorough=True)[1]
    assert reads(views)
    assert all("step_28_" in view for view in reads(views))


@pytest.mark.parametrize("name", ["area0/aaa.py", "area4/zzz.py", "first.py", "area2/part30x.py"])
def test_a_new_file_is_read_with_its_neighbours(summaries, name):
    """A file that is added is read, with those that share a view with it at most."""
    (summaries.path / name).write_text(source(99, 3))
    views = summaries.again(thorough=True)[1]
    assert any("matter 7" in view or "Part 99" in view for view in reads(views))
    assert len(reads(views)) <= 4


def test_a_removed_file_is_forgotten(summaries):
    """Without a file hardly anything is read, and its text is in no prompt."""
    (summaries.path / "area1" / "part21.py").unlink()
    views = summaries.again(thorough=True)[1]
    assert len(reads(views)) <= 3
    assert not any("step_21_" in view for view in views)


def test_the_answer_is_that_of_a_first_run(summaries, tmp_path):
    """What is told after an edit is what a run that begins from nothing tells."""
    path = summaries.path / "area2" / "part17.py"
    path.write_text(source(17, 2) + '\n\ndef extra():\n    """Say hello."""\n')
    after, _ = summaries.again(thorough=True)
    fresh, _ = Summaries(summaries.path, tmp_path / "fresh").again(thorough=True)
    assert (after.answer, after.citations) == (fresh.answer, fresh.citations)


def test_a_log_that_grew_is_read_at_its_end(tmp_path):
    """Records that are added to a log change the views at its end alone."""
    log = tmp_path / "app.log"
    lines = [
        f"2026-03-{1 + n // 600:02} {n // 60 % 10:02}:{n % 60:02}:07 INFO worker-{n % 7} finished job {n * 31}\n"
        for n in range(3_000)
    ]
    log.write_text("".join(lines[:2_950]))
    made = Summaries(log, tmp_path / "cache")
    first = reads(made.again(thorough=True)[1])
    log.write_text("".join(lines))
    assert len(reads(made.again(thorough=True)[1])) * 20 < len(first)


def test_the_index_of_a_grown_log_is_that_of_a_new_one(tmp_path):
    """A question on a log that grew is answered as by a run that begins from nothing."""
    log = tmp_path / "app.log"
    lines = [
        f"2026-03-{1 + n // 600:02} {n // 60 % 10:02}:{n % 60:02}:07 INFO worker-{n % 7} finished job {n * 31}\n"
        for n in range(3_000)
    ]
    log.write_text("".join(lines[:2_950]))
    made = Summaries(log, tmp_path / "cache")
    made.again("ask", question="Which worker finished job 92721?")
    log.write_text("".join(lines))
    after, views = made.again("ask", question="Which worker finished job 92721?")
    fresh, all_views = Summaries(log, tmp_path / "fresh").again("ask", question="Which worker finished job 92721?")
    assert after.answer == fresh.answer
    assert set(views) <= set(all_views)
    assert len(list((tmp_path / "cache" / "derived").glob("*/index-*"))) == 2
