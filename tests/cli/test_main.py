"""The command line in one process: help, usage errors, and how failures are reported."""

import io
import json
import resource
import threading

import pytest

from rao_cli import __version__
from rao_cli.cli.main import report_thread_errors, run
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Streams
from tests.checkout import run_python
from tests.cli.console import Keyboard, long_text, rao, scripted


@pytest.fixture
def source(tmp_path):
    """Return a text file that holds a code."""
    path = tmp_path / "log.txt"
    path.write_text(long_text())
    return path


def broken(error):
    """Return what finds a model, and fails."""

    def find(options):
        raise error

    return find


def test_version(capsys):
    """--version prints the version of the package."""
    assert rao("--version").code == 0
    assert capsys.readouterr().out == f"rao {__version__}\n"


@pytest.mark.parametrize(
    "argv",
    [
        ["-h"],
        ["--help"],
        ["ask", "-h"],
        ["summarize", "--help"],
        ["outline", "-h"],
        ["cache", "-h"],
        ["config", "-h"],
    ],
)
def test_help_is_an_answer(argv, capsys):
    """Help goes to standard output and succeeds, without boxes."""
    assert rao(*argv).code == 0
    text = capsys.readouterr().out
    assert text.startswith("Usage: rao")
    assert "╭" not in text


@pytest.mark.parametrize("command", ["ask", "summarize", "outline", "paths", "help", "config show"])
def test_help_leads_with_two_examples(command, capsys):
    """The help of a command shows two examples before its options."""
    rao(*command.split(), "--help")
    head = capsys.readouterr().out.partition("Options:")[0]
    assert head.count(f"rao {command}") >= 3 if command != "paths" else "rao paths" in head
    assert "\b" not in head


def test_no_arguments_print_help_and_fail(capsys):
    """A bare ``rao`` is a usage error that shows the help on stderr."""
    assert rao().code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Usage: rao" in captured.err


def test_help_is_quick():
    """``rao --help`` needs no heavy module; the fastest of five is well under a human's notice."""
    took = []
    for _ in range(5):
        start = _seconds_of_children()
        assert run_python("-m", "rao_cli", "--help").returncode == 0
        took.append(_seconds_of_children() - start)
    assert min(took) < 0.4


def _seconds_of_children():
    """Return the processor time of finished processes, which other work on the machine does not lengthen much."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_imports_nothing_heavy():
    """Neither records nor terminals nor models are loaded for the help."""
    code = (
        "import sys\nsys.argv = ['rao', '--help']\nfrom rao_cli.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'pydantic', 'rich', 'platformdirs', 'sqlite3', 'asyncio', 'llama_cpp'} & set(sys.modules)))"
    )
    assert run_python("-c", code).stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["ask"], "source and question missing"),
        (["ask", "what?"], "question missing, or no source given"),
        (["ask", "LOG"], "question missing"),
        (["ask", "-"], "question missing"),
        (["ask", "LOG", "LOG"], "question missing: the last argument"),
        (["ask", "LOG", ""], "question is empty"),
        (["ask", "LOG", " \n"], "question is empty"),
        (["summarize"], "source missing"),
        (["ask", "LOG", "q", "--json", "--jsonl", "--quiet"], ""),
        (["ask", "LOG", "q", "-q", "-v"], "--quiet and --verbose exclude each other"),
        (["ask", "", "q"], "name is empty"),
        (["summarize", "LOG", ""], "name is empty"),
        (["ask", "LOG", "q", "--window", "0"], "--window must be at least 1"),
        (["ask", "LOG", "q", "--window", "9" * 30], "--window"),
        (["ask", "LOG", "q", "--window", "many"], "--window must be a whole number"),
        (["ask", "LOG", "q", "--window", "5"], "window of 5 tokens is too small"),
        (["ask", "LOG", "q", "--max-depth", "-1"], "--max-depth"),
        (["ask", "LOG", "q", "--max-tokens", "0"], "--max-tokens"),
        (["ask", "LOG", "q", "--max-seconds", "nan"], "--max-seconds"),
        (["ask", "LOG", "q", "--max-seconds", "inf"], "--max-seconds"),
        (["ask", "LOG", "q", "--max-seconds", "-3"], "--max-seconds"),
        (["ask", "LOG", "q", "--max-seconds", "soon"], "--max-seconds"),
        (["ask", "LOG", "q", "--gpu-layers", "-1"], "--gpu-layers"),
        (["ask", "LOG", "q", "--gpu-layers", "all"], "--gpu-layers"),
        (["ask", "LOG", "q", "--threads", "0"], "--threads"),
        (["ask", "LOG", "q", "--threads", "100000"], "--threads 100000 is too many"),
        (["ask", "LOG", "q", "--parallel", "0"], "--parallel"),
        (["ask", "LOG", "q", "--progress", "loud"], "--progress"),
        (["ask", "LOG", "q", "--color", "red"], "--color"),
        (["ask", "LOG", "q", "--password-file", "nowhere"], "password file"),
        (["ask", "LOG", "q", "--colour", "never"], "No such option"),
        (["summarize", "LOG", "--words", "0"], "--words must be at least 1"),
        (["summarize", "LOG", "--words", "999999"], "--words must be at most 100000"),
        (["sumarize", "LOG"], "Did you mean 'summarize'"),
        (["help", "exits"], "no help on"),
        (["cache"], "Missing command"),
    ],
)
def test_usage_errors(argv, message, source):
    """Every mistake on the command line is one line with a hint, on stderr, and ends with 2."""
    done = rao(*(str(source) if word == "LOG" else word for word in argv))
    assert done.code == 2
    if "--json" in argv:
        assert done.json["error"]["exit_code"] == 2
        return
    assert done.out == ""
    error, hint = done.err.splitlines()
    assert error.startswith("rao: error: ")
    assert message in error
    assert hint.startswith("hint: ")


def test_a_question_may_start_with_a_dash(source):
    """After -- nothing is an option, not even --json."""
    done = rao("ask", "--", source, "--json what is the code?")
    assert done.code == 0
    assert "7431" in done.out


def test_a_terminal_as_standard_input_is_refused():
    """- with a keyboard says so at once instead of waiting."""
    done = rao("ask", "-", "what?", stdin=Keyboard(b"never read"))
    assert done.code == 2
    assert "terminal" in done.err


def test_no_memory_is_no_defect(source):
    """Running out of memory is explained, with a remedy."""
    done = rao("ask", source, "what?", find_model=broken(MemoryError()))
    assert (done.code, done.err) == (1, "rao: error: not enough memory\nhint: give smaller sources\n")


def test_an_unexpected_error_is_one_line(source):
    """A defect of ours shows its name and how to see more, and no traceback."""
    done = rao("ask", source, "what?", find_model=broken(ZeroDivisionError("oh\x1b[2J\nno")))
    assert done.code == 1
    assert done.err == "rao: error: internal error: ZeroDivisionError: oh[2J no; set RAO_DEBUG=1 to see where\n"


def test_a_defect_in_a_thread_is_one_line():
    """Python's own report of a failed thread would be a traceback."""
    err = io.StringIO()
    before = threading.excepthook
    report_thread_errors(Streams(Keyboard(), io.StringIO(), err))
    try:
        thread = threading.Thread(target=lambda: 1 // 0)
        thread.start()
        thread.join()
    finally:
        threading.excepthook = before
    assert err.getvalue().startswith("rao: error: internal error: ZeroDivisionError: ")
    assert err.getvalue().count("\n") == 1


def test_debug_shows_the_traceback(source, monkeypatch):
    """RAO_DEBUG=1 adds where an error came from."""
    monkeypatch.setenv("RAO_DEBUG", "1")
    done = rao("ask", source, "what?", find_model=broken(ZeroDivisionError("oh")))
    assert "Traceback" in done.err
    assert "ZeroDivisionError: oh" in done.err


def test_errors_are_json_on_request(tmp_path):
    """With --json or --jsonl an error is an object on standard output, and stderr stays empty."""
    for flag in ("--json", "--jsonl"):
        done = rao("ask", tmp_path / "none.txt", "what?", flag)
        assert (done.code, done.err) == (3, "")
        assert done.json["schema"] == "rao.error/1"
        assert "none.txt" in done.json["error"]["message"]


@pytest.mark.parametrize("topic", ["exit-codes", "environment", "config", "json"])
def test_help_topics(topic):
    """Each topic has a page, and the list names it."""
    done = rao("help", topic)
    assert done.code == 0
    assert len(done.out.splitlines()) > 5
    assert f"rao help {topic}\n" in rao("help").out


def test_the_exit_code_page_is_complete():
    """Every code that a command can end with is on the page."""
    page = rao("help", "exit-codes").out
    assert [line.split()[0] for line in page.splitlines() if line.startswith("  ")] == [
        *("0", "1", "2", "3", "4", "5", "6", "130", "141", "143")
    ]


def test_every_option_has_help(capsys):
    """No option is listed without a sentence, and each field of the record is an option."""
    rao("ask", "--help")
    rao("summarize", "--help")  # which has one that ask has not
    text = capsys.readouterr().out
    for name in Options.__dataclass_fields__:
        assert f"--{name.replace('_', '-')}" in text


def test_options_are_frozen():
    """The settings of a run cannot change under it."""
    with pytest.raises(AttributeError):
        Options().quiet = True


def test_run_never_raises():
    """Even streams that fail end in an exit code."""

    class Bad:
        def write(self, text):
            raise OSError(5, "gone")

        def flush(self):
            raise OSError(5, "gone")

        def isatty(self):
            return False

    assert isinstance(run(["paths"], Streams(Keyboard(), Bad(), io.StringIO()), scripted()), int)


def test_error_json_is_one_line():
    """A program can read the error with one readline."""
    done = rao("ask", "a\nb", "what?", "--json")
    assert done.out.count("\n") == 1
    json.loads(done.out)
