"""Whole commands in one process: sources, limits, plans, formats, warnings and exit codes."""

import io
import json
from pathlib import Path

import pytest

from rao_cli.errors import ModelError
from tests.checkout import ROOT
from tests.cli.console import ABSENT, Screen, long_text, rao, reader, scripted

QUESTION = "What is the code?"


@pytest.fixture
def source(tmp_path):
    """Return a text file larger than the window that holds a code."""
    path = tmp_path / "log.txt"
    path.write_text(long_text())
    return path


def test_an_answer_with_its_place(source):
    """The answer, its citation and nothing else go to standard output; the summary goes to stderr."""
    done = rao("ask", source, QUESTION)
    assert done.code == 0
    answer, empty, cited = done.out.splitlines()[:3]
    assert (answer, empty) == ("7431", "")
    assert cited.startswith("[1] ")
    assert "log.txt:" in cited
    assert "the code is 7431" in cited
    assert "the code" not in done.err.splitlines()[-1]
    assert done.err.splitlines()[-1].startswith("rao: read ")


def test_standard_input_is_a_source():
    """- is read once, under the name that --stdin-name gives."""
    done = rao("ask", "-", QUESTION, "--stdin-name", "app.log", stdin=b"alpha\nthe code is 7431\n")
    assert done.code == 0
    assert "[1] app.log:" in done.out


def test_json_is_one_object(source):
    """--json prints the whole result, agents and coverage included."""
    done = rao("ask", source, QUESTION, "--json")
    assert (done.code, done.out.count("\n")) == (0, 1)
    assert done.json["schema"] == "rao.answer/1"
    assert done.json["answer"] == "7431"
    assert len(done.json["agents"]) > 1
    assert done.json["citations"][0]["verified"] is True


def test_jsonl_is_the_run_as_it_happens(source):
    """--jsonl prints every event, and the last one holds the result."""
    events = [json.loads(line) for line in rao("ask", source, QUESTION, "--jsonl").out.splitlines()]
    assert [event["type"] for event in events[:2]] == ["run_started", "agent_opened"]
    assert events[-1]["type"] == "run_finished"
    assert events[-1]["result"]["answer"] == "7431"


def test_quiet_leaves_only_the_answer(source):
    """-q prints nothing on stderr."""
    done = rao("ask", source, QUESTION, "-q")
    assert done.err == ""
    assert done.out.startswith("7431\n")


def test_verbose_adds_the_costs(source):
    """-v shows the plan first and says at the end where the tokens went."""
    lines = rao("ask", source, QUESTION, "-v").err.splitlines()
    assert lines[0].startswith("rao: plan: ")
    assert "cached), " in lines[-1]


def test_progress_none_leaves_the_summary(source):
    """Without progress the summary is the only line."""
    assert len(rao("ask", source, QUESTION, "--progress", "none").err.splitlines()) == 1


def test_a_summary(source):
    """Summarize --thorough reads everything and prints one text in the asked style."""

    def summarize(request):
        return '{"action":"answer","answer":"Nothing of note happened.","cite":[1]}'

    options = ("--words", "20", "--style", "brief", "--thorough", "--json")
    done = rao("summarize", source, *options, find_model=scripted(summarize))
    assert done.code == 0
    assert done.json["task"] == "summarize"
    assert done.json["coverage"]["sections_read"] == done.json["coverage"]["sections_total"]
    assert not done.json["answer"].startswith("-")


def test_a_file_gets_the_answer(source, tmp_path):
    """-o writes the file and leaves standard output empty."""
    done = rao("ask", source, QUESTION, "-o", tmp_path / "answer.txt")
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / "answer.txt").read_text().startswith("7431\n")


def test_a_file_gets_the_events(source, tmp_path):
    """-o with --jsonl holds every event once the run is over."""
    assert rao("ask", source, QUESTION, "--jsonl", "-o", tmp_path / "run.jsonl").code == 0
    lines = (tmp_path / "run.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["type"] == "run_finished"


def test_an_unwritable_file_stops_before_the_model(source, tmp_path):
    """Nothing is loaded for an answer that cannot be kept."""

    def never(options):
        raise AssertionError

    done = rao("ask", source, QUESTION, "-o", tmp_path / "missing" / "a.txt", find_model=never)
    assert done.code == 1
    assert "cannot write" in done.err


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_full_disk_loses_nothing(source, flags):
    """The answer that a full disk refused is printed."""
    done = rao("ask", source, QUESTION, "-o", "/dev/full", *flags)
    assert done.code == 1
    assert "7431" in done.out.splitlines()[0]
    assert "no space left" in (done.out if flags else done.err)


def test_a_full_disk_stops_a_stream_of_events(source):
    """Events that cannot be written any more end the run with an error."""
    done = rao("ask", source, QUESTION, "--jsonl", "-o", "/dev/full")
    assert done.code == 1
    assert "no space left" in done.json["error"]["message"].lower()


def test_input_errors_come_before_the_model_loads(tmp_path):
    """A wrong path is reported without loading anything."""

    def find(options):
        def load(wait):
            raise AssertionError

        return load

    done = rao("ask", tmp_path / "none.txt", QUESTION, find_model=find)
    assert done.code == 3
    assert done.err.startswith("rao: error: no such file")


def test_a_model_that_does_not_load_ends_with_4(source):
    """The loader's error is the command's."""

    def find(options):
        def load(wait):
            raise ModelError("the file is cut off", hint="download it again")

        return load

    done = rao("ask", source, QUESTION, find_model=find)
    assert (done.code, done.err) == (4, "rao: error: the file is cut off\nhint: download it again\n")


def test_a_missing_model_ends_with_4(source):
    """A name that is no model is explained by the resolver that ships."""
    from rao_cli.cli.engines import find_engine

    done = rao(
        "ask",
        source,
        QUESTION,
        "-m",
        "no-such-model",
        find_model=lambda options: find_engine(options, lambda _: None),
    )
    assert done.code == 4
    assert "no-such-model" in done.err


@pytest.mark.parametrize(
    ("flags", "code"), [([], 0), (["--fail-not-found"], 6), (["--fail-not-found", "--json"], 6)]
)
def test_absence_is_an_answer(source, flags, code):
    """Not found is printed and succeeds, unless the user wants to branch on it."""
    done = rao("ask", source, QUESTION, *flags, find_model=scripted(lambda request: ABSENT))
    assert done.code == code
    if "--json" not in flags:
        assert done.out == "Not found in the sources.\n"


def test_nonsense_from_a_model_fails_in_one_line(tmp_path):
    """A model whose every output is no action ends the run with 1 and a reason."""
    (tmp_path / "a.txt").write_text("nobody wrote down what the code might be\n")
    done = rao("ask", tmp_path / "a.txt", QUESTION, "-q", find_model=scripted(lambda request: "I think"))
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("rao: error: ")


@pytest.mark.parametrize(
    ("flag", "name"),
    [("--max-tokens=600", "tokens"), ("--max-agents=1", "agents"), ("--max-seconds=0.2", "seconds")],
)
def test_a_limit_ends_with_5(source, flag, name):
    """A run that a limit stopped says which one, and prints what it has."""
    slow = scripted(reader, delay=0.15) if name == "seconds" else None
    done = rao("ask", source, QUESTION, flag, find_model=slow)
    assert done.code == 5
    assert f"--max-{name}" in done.err
    assert done.out
    assert done.json["limits_hit"] == [name] if "--json" in done.out else True


def test_a_plan_generates_nothing(source):
    """-n prints sections, tokens and calls, and asks the model nothing."""

    def never(request):
        raise AssertionError

    done = rao("ask", source, QUESTION, "-n", find_model=scripted(never))
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()[:3]] == ["sections", "tokens", "calls"]
    plan = rao("ask", source, QUESTION, "-n", "--json", find_model=scripted(never)).json
    assert plan["schema"] == "rao.plan/1"
    assert plan["sections"] > 1


@pytest.fixture
def folder(tmp_path):
    """Return a folder with one readable and one damaged file."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("the code is 7431\n")
    (tmp_path / "in" / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    return tmp_path / "in"


def test_skipped_inputs_are_counted(folder):
    """What could not be read is counted on stderr and in the JSON, and listed with -v."""
    assert "skipped 1 input that cannot be read; -v lists them" in rao("ask", folder, QUESTION).err
    assert "b.pdf" in rao("ask", folder, QUESTION, "-v").err
    result = rao("ask", folder, QUESTION, "--json").json
    assert result["coverage"]["skipped"] == 1
    assert "b.pdf" in result["warnings"][-1]


def test_strict_refuses_what_cannot_be_read(folder):
    """--strict ends with 3 instead of skipping."""
    assert rao("ask", folder, QUESTION, "--strict").code == 3


@pytest.mark.parametrize("command", [("ask", QUESTION), ("summarize",)])
def test_globs_choose_what_is_read(folder, command):
    """-g may be repeated on both commands, and what it leaves out is counted as left out by rule."""
    for name in ("c.py", "d.py"):
        (folder / name).write_text("nothing of note\n")
    name, *question = command
    argv = (name, folder, *question, "-n", "-v", "-g", "*.txt", "--glob", "*.py", "-g", "!d.py")
    done = rao(*argv)
    assert done.code == 0
    assert "left out 2 inputs: binary, hidden, excluded, linked or empty" in done.err
    assert "c.py: left out" not in done.err
    assert "d.py: left out by --glob" in done.err
    assert "cannot be read" not in done.err


def test_a_wrong_glob_is_a_usage_error(folder):
    """A pattern that names nothing ends with 2 and an example."""
    done = rao("ask", folder, QUESTION, "-g", "")
    assert done.code == 2
    assert "--glob '' is no pattern" in done.err


def test_what_a_rule_left_out_is_no_failure(folder):
    """Hidden and ignored files are counted apart from those that cannot be read, and --strict allows them."""
    (folder / "b.pdf").unlink()
    (folder / ".hidden").write_text("x")
    done = rao("ask", folder, QUESTION, "--strict")
    assert done.code == 0
    assert "left out 1 input: binary, hidden, excluded, linked or empty; -v lists them" in done.err
    assert "cannot be read" not in done.err
    assert ".hidden: hidden" in rao("ask", folder, QUESTION, "--json").json["warnings"][-1]


def test_without_a_usable_home_nothing_is_kept(source, tmp_path, monkeypatch):
    """Where the usual cache folder cannot be made, the answer still comes, with a warning."""
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("RAO_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    done = rao("ask", source, QUESTION)
    assert done.code == 0
    assert "finished work is not kept" in done.err


def test_a_named_cache_that_cannot_be_made_is_an_error(source, tmp_path, monkeypatch):
    """A folder that the user chose is not silently given up."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RAO_CACHE_DIR", str(tmp_path / "file"))
    done = rao("ask", source, QUESTION)
    assert done.code == 1
    assert "--no-cache" in done.err


def test_finished_work_is_kept(source, tmp_path):
    """A second run asks the model nothing; --no-cache does, and keeps nothing."""
    asked = []

    def count(request):
        asked.append(request)
        return reader(request)

    assert rao("ask", source, QUESTION, "--no-cache", find_model=scripted(count)).code == 0
    assert not (tmp_path / "cache").exists()
    before = len(asked)
    first = rao("ask", source, QUESTION, find_model=scripted(count))
    assert len(asked) == 2 * before > 0
    again = rao("ask", source, QUESTION, find_model=scripted(count))
    assert len(asked) == 2 * before
    assert again.out == first.out
    assert (tmp_path / "cache" / "completions").stat().st_mode & 0o777 == 0o700


def test_an_endless_password_is_cut(source):
    """A device as password file is not read for ever."""
    assert rao("ask", source, QUESTION, "--password-file", "/dev/zero").code == 0


def test_a_password_is_one_line_of_a_file(tmp_path, source):
    """A password file that is not text is a usage error."""
    (tmp_path / "pw").write_bytes(b"\xff\xfe")
    done = rao("ask", source, QUESTION, "--password-file", tmp_path / "pw")
    assert done.code == 2
    assert "not text" in done.err


def test_a_warning_is_printed_once(tmp_path):
    """What a loader warns of is on stderr once, and in the JSON."""
    (tmp_path / "latin.txt").write_bytes("le caf\xe9 est ferm\xe9, the code is 7431\n".encode("cp1252"))
    assert rao("ask", tmp_path / "latin.txt", QUESTION).err.count("rao: warning: ") == 1
    assert len(rao("ask", tmp_path / "latin.txt", QUESTION, "--json").json["warnings"]) == 1


def test_a_pdf_of_many_pages_is_cited_by_page():
    """The shipped manual is read whole, divided, and cited by page."""

    def first_line(request):
        shown = "".join(part for message in request.messages for part in message.parts)
        return '{"action":"answer","answer":"the AUTO_CD option","cite":[1]}' if "AUTO_CD" in shown else ABSENT

    done = rao("ask", ROOT / "docs" / "zsh.pdf", "What is AUTO_CD?", "--json", find_model=scripted(first_line))
    assert done.code == 0
    assert done.json["coverage"]["sections_total"] > 100
    assert done.json["usage"]["depth"] >= 1
    assert all(citation["first_page"] > 0 for citation in done.json["citations"])
    assert "zsh.pdf p" in done.json["citations"][0]["label"]


def test_hostile_names_stay_text(tmp_path):
    """A file name with escape codes and markup is printed harmlessly, also when it is missing."""
    name = "a\x1b]0;owned\x07[red]\n.txt"
    (tmp_path / name).write_text("the code is 7431\n")
    for path in (tmp_path / name, tmp_path / ("no" + name)):
        for flags in ([], ["--json"], ["--jsonl"], ["-v", "--progress", "tree"]):
            err = Screen()
            done = rao("ask", path, QUESTION, *flags, err=err)
            assert done.code in (0, 3)
            assert "\x07" not in done.out + done.err
            assert "\x1b]" not in done.out + done.err


def test_a_terminal_gets_the_tree_and_the_answer_comes_after(source):
    """On a terminal the tree is drawn on stderr; standard output has only the answer."""
    done = rao("ask", source, QUESTION, err=Screen(), find_model=scripted(delay=0.05))
    assert "\x1b[?25l" in done.err
    assert "\x1b" not in done.out
    assert done.err.startswith("rao: reading ")


def test_every_way_of_showing_gives_the_same_answer(source):
    """Progress and colour change stderr only."""
    ways = [
        rao("ask", source, QUESTION, "--progress", progress, "--color", color, out=io.StringIO(), err=err()).out
        for progress in ("auto", "tree", "plain", "none")
        for color in ("auto", "always", "never")
        for err in (io.StringIO, Screen)
    ]
    assert len(set(ways)) == 1


def test_no_file_is_left_in_the_working_folder(source, tmp_path, monkeypatch):
    """A run writes to the cache only."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert rao("ask", source, QUESTION).code == 0
    assert list(Path.cwd().iterdir()) == []
