"""``rao bench quality`` as a command: its tables, its JSON, going on after a stop, and what it refuses."""

import json
import os
import re
import signal
from dataclasses import replace

import pytest

from rao_cli.bench.quality.done import Told
from rao_cli.bench.quality.measure import Outcome
from rao_cli.bench.quality.scoring import Verdict
from rao_cli.bench.tasks import Evidence
from rao_cli.cli.bench_quality_tables import quality_json, quality_text
from rao_cli.errors import ModelError
from tests.bench.making import asked, fields, written
from tests.bench.quality.making import outcome
from tests.cli.console import Screen, rao, scripted

TEXT = "Nothing of note is told here.\n" * 80 + "It says that the code is 7431.\n" + "No more is told.\n" * 80


def block(text, title):
    """Return the cells of the table with a title, by the name of each row."""
    (lines,) = [part.splitlines()[1:] for part in text.split("\n\n") if part.startswith(title)]
    rows = [re.split(r" {2,}", line) for line in lines]
    return {row[0]: row[1:] for row in rows}


def of_arms(*, right=(True, True), arms=("rao", "rag"), **changes):
    """Return an outcome of each arm, right or not."""
    return [outcome(each, arm=arm, **changes) for each, arm in zip(right, arms, strict=True)]


MIXED = [
    *of_arms(right=(True, False), name="a-1", family="niah", size="8k", prompt_tokens=100),
    *of_arms(right=(True, True), name="a-2", family="niah", size="32k", prompt_tokens=200),
    *of_arms(right=(False, False), name="a-3", family="logs", size="8k", prompt_tokens=300),
]


def test_each_arm_has_a_column():
    """Right answers stand by family and size, an arm beside the other."""
    rows = block(quality_text(MIXED, misses=False), "right answers")
    assert rows[""] == ["questions", "rao", "rag"]
    assert [cell.split()[0] for cell in rows["all"]] == ["3", "0.67", "0.33"]
    assert [cell.split()[0] for cell in rows["niah 8k"]] == ["1", "1.00", "0.00"]
    assert rows["logs"] == ["1", "0.00 (0.00-0.00)", "0.00 (0.00-0.00)"]


def test_the_lead_is_shown_in_pairs():
    """Rao minus another arm has a sign and an interval; without rao there is no such table."""
    title = "rao's share of right answers minus"
    rows = block(quality_text(MIXED, misses=False), title)
    assert rows["all"][0].startswith("+0.33 (")
    assert rows["logs"] == ["+0.00 (+0.00 to +0.00)"]
    assert title not in quality_text([each for each in MIXED if each.arm == "rag"], misses=False)


def test_what_was_computed_is_marked():
    """Computed tokens have a mark, and what was not run counts neither as wrong nor as right."""
    arms = ("rao", "mapreduce")
    done = [
        *of_arms(arms=arms, name="a-1", size="8k", prompt_tokens=100),
        *of_arms(arms=arms[:1], right=(True,), name="a-2", size="128k", prompt_tokens=50),
        outcome(False, arm="mapreduce", name="a-2", size="128k", prompt_tokens=1000, computed=True),
    ]
    text = quality_text(done, misses=True)
    assert block(text, "right answers")["logs"][2] == "1.00 (1.00-1.00)*"
    assert len(block(text, "right answers")["logs 128k"]) == 2
    assert block(text, "prompt tokens")["logs"] == ["2", "75", "550*"]
    assert "over map-reduce's, sources from 32k on: 0.050" in text
    assert "| said:" not in text


def test_absent_and_pages_have_their_tables():
    """Tables on absence and pages are there where a task asks for them, and only there."""
    nothing, paged = asked("Who?", absent=True), asked("Who?", "Ulm", evidence=Evidence(page=3, quote="x"))
    done = [
        outcome(True, name="a-1", task=nothing, answer="", absent=True),
        outcome(False, name="a-2", task=nothing),
        outcome(False, name="a-3", answer="", absent=True),
        outcome(True, name="a-4", task=paged, pages=((3, 3),)),
    ]
    text = quality_text(done, misses=False)
    assert block(text, "absent said, where")["logs"][1] == "0.50 (0.00-1.00) of 2"
    assert block(text, "absent said falsely")["logs"][1] == "0.50 (0.00-1.00) of 2"
    assert block(text, "right answers that cite")["logs"][1] == "1.00 (1.00-1.00) of 1"
    plain = quality_text(MIXED, misses=False)
    assert "absent said" not in plain
    assert "cite the page" not in plain


def test_calibration_is_shown_for_arms_with_a_confidence():
    """Search has none, so it has no table of it, nor of being wrong and confident."""
    done = [*of_arms(right=(True,), arms=("rao",)), outcome(False, arm="search", confidence=None)]
    text = quality_text(done, misses=False)
    assert "rao: confidence and right answers (expected calibration error 0.100)" in text
    assert "search: confidence" not in text
    assert len(block(text, "wrong but confident")["logs"]) == 2


def test_wrong_answers_are_listed_on_one_line_each():
    """A wrong answer stands beside the true one; control characters of either do not reach the terminal."""
    task = asked("Who\x1b[2J\nis it?", "Ulm")
    told = Told(answer="Ro\x1b[31mme\u202e", confidence=0.9)
    wrong = Outcome(replace(task, name="n\x07"), "rao", told, Verdict(False, False, 0.0))
    silent = outcome(False, name="a-2", answer="", failed="the question is too long", how="none\nof them")
    lines = quality_text([wrong, silent, outcome(False, name="a-3", absent=True)], misses=True).splitlines()[-3:]
    assert all(line.isprintable() for line in lines)
    assert lines[0].startswith("rao: n")
    assert lines[1].endswith("| true: Ulm | said: nothing the question is too long | how: none of them")
    assert lines[2].endswith("| said: absent")
    assert "| said:" not in quality_text([wrong], misses=False)


def test_json_has_every_figure():
    """The object has groups by arm, pairs, tokens, calibration and each task with what was told."""
    made = json.loads(quality_json(MIXED))
    assert made["schema"] == "rao.bench.quality/1"
    groups = {group["name"]: group for group in made["arms"]["rao"]}
    assert groups["all"]["right"]["value"] == pytest.approx(0.6667)
    assert groups["niah"]["questions"] == 2
    assert groups["niah"]["absent_said"] is None
    assert made["pairs"]["rag"]["all"]["count"] == 3
    assert made["prompt_tokens_over_mapreduce"] is None
    assert made["calibration"]["rao"]["bins"][0]["count"] == 3
    assert [task["id"] for task in made["tasks"]] == ["a-1", "a-1", "a-2", "a-2", "a-3", "a-3"]
    assert made["tasks"][0]["answer"] == "Ulm"


@pytest.fixture
def tasks(tmp_path):
    """Return a file of two tasks on one text."""
    (tmp_path / "text.txt").write_text(TEXT)
    code = fields(id="code", family="niah", question="Which number is the code?", answers=["7431"])
    return written(
        tmp_path,
        code,
        fields(id="king", family="niah", question="Why did the king change the code?", answers=["Otto"]),
    )


def bench(tasks, *arguments, **changes):
    """Run the command with arms that need few answers."""
    return rao("bench", "quality", "--tasks", tasks, "--arm", "rao,search", *arguments, **changes)


def test_the_command_prints_tables_only(tasks):
    """Tables are all that is on standard output; progress is on the other, and nowhere with -q."""
    done = bench(tasks, "--no-cache")
    assert (done.code, done.err) == (0, "rao: reading text.txt\n")
    assert bench(tasks, "--no-cache", "-q").err == ""
    assert block(done.out, "right answers")["niah"][1].startswith("0.50 ")
    assert [title for title in done.out.splitlines() if title.startswith("right answers")]


def test_the_command_prints_json(tasks):
    """With --json one object is printed, and --limit and --max-words count."""
    done = bench(tasks, "--json", "--limit", 1, "--max-words", 1, "--no-cache")
    found = {task["arm"]: task for task in done.json["tasks"]}
    assert found["rao"]["right"] is True
    assert found["rao"]["answer"] == "7431"
    assert found["search"]["right"] is False


def never(request):
    """Fail where a model would be asked."""
    raise AssertionError("the model was asked")


def test_a_rerun_answers_from_the_cache(tasks):
    """Without a file of results the cache knows them, and the model is not asked again."""
    first = bench(tasks, "--json").json
    assert bench(tasks, "--json", find_model=scripted(never)).json == first


def test_results_are_kept_where_the_user_says(tasks, tmp_path):
    """A file holds a line for each answer, and is enough for a rerun without any cache."""
    path = tmp_path / "results.jsonl"
    first = bench(tasks, "--results", path, "--no-cache", "--json").json
    assert len([line for line in path.read_text().splitlines() if line]) == 4
    again = bench(tasks, "--results", path, "--no-cache", "--json", find_model=scripted(never))
    assert again.json == first


def test_results_of_other_code_are_told(tasks, tmp_path):
    """A file from before a change is used, and a warning says so."""
    path = tmp_path / "results.jsonl"
    bench(tasks, "--results", path, "--no-cache")
    path.write_text(re.sub(r'"version":"\w+"', '"version":"old"', path.read_text()))
    done = bench(tasks, "--results", path, "--no-cache", find_model=scripted(never))
    assert done.code == 0
    assert "4 of 4 answers are from another version of rao" in done.err


def test_what_was_looked_up_is_told(tasks, tmp_path):
    """Seconds of answers that were kept from before are too few, and a warning says so."""
    bench(tasks, "--results", tmp_path / "one.jsonl")
    done = bench(tasks, "--results", tmp_path / "two.jsonl")
    assert re.search(r"[12] of 4 answers used what was kept from before", done.err)


def test_an_interrupted_run_goes_on(tasks, tmp_path):
    """Ctrl-C ends with 130 and a hint, what was answered is kept, and a rerun asks for the rest."""
    path = tmp_path / "results.jsonl"
    asked_for = []

    def respond(request):
        question = "".join(request.messages[-1].parts)
        if "king" in question and not asked_for:  # a second signal would quit at once
            asked_for.append(question)
            os.kill(os.getpid(), signal.SIGINT)
        return '{"action":"absent"}'

    done = bench(tasks, "--results", path, "--no-cache", find_model=scripted(respond))
    assert (done.code, done.out) == (130, "")
    assert "run the same command again" in done.err
    assert '"arm":"rao"' in path.read_text()
    asked_for.clear()
    again = bench(
        tasks,
        "--results",
        path,
        "--no-cache",
        find_model=scripted(lambda request: asked_for.append(request) or "{}"),
    )
    assert again.code == 0
    assert len([line for line in path.read_text().splitlines() if line]) == 4
    assert all("king" in "".join(request.messages[-1].parts) for request in asked_for)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--arm", "rao,magic"), 2),
        (("--arm", ","), 2),
        (("--max-words", "-1"), 2),
        (("--limit", "0"), 2),
        (("--family", "poems"), 3),
        (("--results", "."), 3),
        (("--results", "text.txt"), 3),
    ],
)
def test_what_cannot_be_measured_is_explained(tasks, tmp_path, monkeypatch, arguments, code):
    """Wrong options end in one line and their exit code, and no file is harmed."""
    monkeypatch.chdir(tmp_path)
    done = bench(tasks, *arguments, "--no-cache")
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("rao: error: ")
    assert (tmp_path / "text.txt").read_text() == TEXT


def test_nothing_that_is_read_is_overwritten(tasks, tmp_path):
    """Neither a source nor the results may be the output."""
    results = tmp_path / "results.jsonl"
    bench(tasks, "--results", results, "--no-cache")
    for name in (tmp_path / "text.txt", results):
        before = name.read_text()
        assert bench(tasks, "--results", results, "--no-cache", "-o", name).code == 2
        assert name.read_text() == before


def test_every_arm_is_run_by_default(tasks):
    """Without --arm all seven answer, each question once."""
    done = rao("bench", "quality", "--tasks", tasks, "--no-cache", "--json")
    assert done.code == 0, done.err
    assert list(done.json["arms"]) == ["rao", "unplanned", "search", "direct", "rag", "mapreduce", "thorough"]
    assert len(done.json["tasks"]) == 14
    asked = {task["arm"]: task["agents"] for task in done.json["tasks"] if task["id"] == "king"}
    assert asked["mapreduce"] > asked["rag"] == asked["direct"] == 1
    assert asked["search"] == 0


def test_the_result_can_go_to_a_file(tasks, tmp_path):
    """With -o the tables are in the file and standard output stays empty."""
    done = bench(tasks, "--no-cache", "-o", tmp_path / "out.txt")
    assert (done.code, done.out) == (0, "")
    assert "right answers" in (tmp_path / "out.txt").read_text()


def test_progress_is_drawn_over_on_a_terminal(tasks, monkeypatch):
    """A terminal shows one line at a time: which answer of how many, and the time left."""
    monkeypatch.setenv("TERM", "xterm")
    shown = bench(tasks, "--no-cache", err=Screen()).err
    assert "rao: 1 of 4, rao: code" in shown
    assert "rao: 4 of 4, search: king, less than a minute left" in shown
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in shown


def test_a_source_that_is_missing_ends_the_run(tasks, tmp_path):
    """What cannot be read is an error, not a wrong answer; what was answered before it is kept."""
    lost = fields(id="lost", family="niah", source="none.txt")
    tasks.write_text(tasks.read_text() + json.dumps(lost) + "\n")
    results = tmp_path / "results.jsonl"
    done = bench(tasks, "--no-cache", "--results", results)
    assert (done.code, done.out) == (3, "")
    assert "none.txt" in done.err
    assert len([line for line in results.read_text().splitlines() if line]) == 4


def test_names_cannot_move_the_cursor():
    """Control characters of families and tasks do not reach the terminal, in tables or lists."""
    done = [outcome(False, name="a\x1b[2J", family="f\x1b[31m\u202e"), outcome(name="b", family="g\x07")]
    assert quality_text(done, misses=True).replace("\n", "").isprintable()


def test_a_failing_model_ends_the_run(tasks):
    """An error of the model is no wrong answer: it ends the command, as for every other one."""

    def fails(request):
        raise ModelError("the server is gone", hint="start it")

    done = bench(tasks, "--no-cache", "--arm", "rag", find_model=scripted(fails))
    assert (done.code, done.out) == (4, "")
    assert "the server is gone" in done.err
