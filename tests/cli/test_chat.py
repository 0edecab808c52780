"""``rao chat`` with questions from a pipe: answers, follow-ups, what is carried along, and exit codes."""

import json

import pytest

from rao_cli.errors import ModelError
from tests.cli.console import ABSENT, Keyboard, Screen, long_text, rao, reader, scripted

QUESTION = "What is the code?"
MILL = (
    "The mill was built in 1846 by Jonas Weber, a brewer from Ulm.\n"
    "The pump in the cellar weighs 310 kilograms; it was bought in Mainz.\n"
)


@pytest.fixture
def source(tmp_path):
    """Return a text file larger than the window that holds a code."""
    path = tmp_path / "log.txt"
    path.write_text(long_text())
    return path


@pytest.fixture
def mill(tmp_path):
    """Return a small text."""
    path = tmp_path / "mill.txt"
    path.write_text(MILL)
    return path


def told(answers, asked=None):
    """Return a model that gives these answers in turn, citing the first line, and keeps what it was asked."""
    left = list(answers)

    def respond(request):
        if asked is not None:
            asked.append("".join(request.messages[-1].parts))
        return json.dumps({"action": "answer", "answer": left.pop(0), "cite": [1]})

    return scripted(respond)


def chat(source, *lines, flags=(), **kwargs):
    """Have a conversation whose questions come from a pipe."""
    return rao("chat", source, *flags, stdin="".join(f"{line}\n" for line in lines).encode(), **kwargs)


def test_each_line_is_a_question(source):
    """The answers go to standard output one after another; no prompt is printed."""
    done = chat(source, QUESTION, "", "Which code is it?")
    assert done.code == 0
    assert [line for line in done.out.splitlines() if line == "7431"] == ["7431"] * 2
    assert "[1] " in done.out
    assert "rao>" not in done.out + done.err


def test_the_sources_are_read_and_the_model_loaded_once(source):
    """Two questions read the source once and find the model once."""
    found = []

    def find(options):
        found.append(options)
        return scripted()(options)

    chat(source, QUESTION, QUESTION, find_model=find)
    assert len(found) == 1


def test_a_question_that_leans_on_the_last_is_understood(mill):
    """What a follow-up means is told, asked of the model, and kept as the run's question."""
    asked = []
    done = chat(mill, "Who built the mill?", "And when?", find_model=told(["Jonas Weber", "in 1846"], asked))
    assert "→ When was the mill built?\n" in done.err
    assert "Question: When was the mill built?" in asked[1]


def test_a_question_that_stands_alone_is_asked_as_it_is(mill):
    """Nothing is said of a question that needed no understanding."""
    done = chat(mill, "Who built the mill?", "How heavy is the pump?", find_model=told(["Jonas Weber", "310"]))
    assert "→" not in done.err


def test_earlier_answers_are_facts(mill):
    """What was answered on a thing is told as known to the next question on it; the first knows nothing."""
    asked = []
    chat(mill, "Who built the mill?", "And when?", find_model=told(["Jonas Weber", "1846"], asked))
    assert "Known:" not in asked[0]
    assert "\nKnown: Who built the mill? Jonas Weber\n" in asked[1]


def test_what_was_not_found_is_no_fact(mill):
    """A question without an answer adds nothing to what is known."""
    asked = []

    def respond(request):
        asked.append("".join(request.messages[-1].parts))
        return ABSENT

    chat(mill, "Who owns the lake?", "How deep is the lake?", find_model=scripted(respond))
    assert len(asked) == 2
    assert "Known:" not in asked[1]


def test_a_question_that_stands_alone_is_asked_as_by_ask(mill):
    """Its prompt is that of ``rao ask``, so what was finished for it is not asked again."""
    asked = []
    assert rao("ask", mill, "Who sold the pump?", find_model=told(["Mainz"], asked)).code == 0
    lines = ("Who built the mill?", "Who sold the pump?", "Who built the mill?")
    done = chat(mill, *lines, find_model=told(["Jonas Weber"], asked))
    assert (done.code, len(asked)) == (0, 2)
    assert done.out.count("\nMainz\n") == 1


def test_the_place_of_the_last_answer_needs_no_model(mill):
    """Where the last answer stands is told from its citations."""
    asked = []
    done = chat(mill, "Who built the mill?", "and on which line?", find_model=told(["Jonas Weber"], asked))
    assert len(asked) == 1
    assert "\nline 1\n(where the last answer is cited from)\n" in done.out


def test_a_place_without_an_answer_is_a_question(mill):
    """Asked first, a question on the place is asked of the model like any other."""
    assert chat(mill, "On which page is it?", find_model=scripted(lambda _: ABSENT)).out == (
        "Not found in the sources.\n"
    )


def test_each_question_is_a_run_that_is_kept(mill):
    """The runs of a conversation are listed, and shown, like those of other commands."""
    done = chat(
        mill, "Who built the mill?", "And when?", flags=["--json"], find_model=told(["Jonas Weber", "1846"])
    )
    runs = [json.loads(line)["run"] for line in done.out.splitlines()]
    assert len(set(runs)) == 2
    for run, question in zip(runs, ("Who built the mill?", "When was the mill built?"), strict=True):
        assert rao("runs", "show", run, "--json").json["task"]["question"] == question


def test_json_is_one_object_for_an_answer(mill):
    """With --json each line of standard output is an answer, also one that only tells a place."""
    lines = ("Who built the mill?", "/help", "/tree", "where does it say that?", "/cite")
    done = chat(mill, *lines, flags=["--json"], find_model=told(["Jonas Weber"]))
    first, place = [json.loads(line) for line in done.out.splitlines()]
    assert (first["schema"], place["schema"]) == ("rao.answer/1", "rao.answer/1")
    assert first["answer"] == "Jonas Weber"
    assert place["answer"] == "mill.txt:1" or place["answer"].endswith("mill.txt:1")
    assert "/quit" in done.err


def test_quit_ends_it(mill):
    """What comes after /quit is not asked."""
    asked = []
    assert chat(mill, "/quit", "Who built the mill?", find_model=told([], asked)).code == 0
    assert asked == []


def test_the_exit_code_is_the_worst(source):
    """With --fail-not-found one question of several without an answer ends with 6, a limit with 5."""

    def once(request):
        return ABSENT if "Who" in request.messages[-1].parts[-1] else reader(request)

    lines = (QUESTION, "Who is there?", QUESTION)
    assert chat(source, *lines, flags=["--fail-not-found"], find_model=scripted(once)).code == 6
    assert (
        chat(source, *lines, flags=["--fail-not-found", "--max-agents", "1"], find_model=scripted(once)).code == 5
    )


def test_a_question_that_fails_does_not_end_it(source):
    """A question that cannot be asked is told of, the next one is answered, and the code remembers."""
    done = chat(source, "why " * 3000, QUESTION)
    assert "rao: error: the question has" in done.err
    assert "7431" in done.out.splitlines()
    assert done.code == 2


def test_errors_are_json_too(source):
    """With --json a question that fails is an object among the answers."""
    done = chat(source, "why " * 3000, QUESTION, flags=["--json"])
    first, second = [json.loads(line) for line in done.out.splitlines()]
    assert first["schema"] == "rao.error/1"
    assert second["answer"] == "7431"


def test_a_failing_model_fails_each_question(mill):
    """A model that gives up is told of once a question, and is the exit code."""

    def broken(request):
        raise ModelError("it is gone")

    done = chat(mill, "Who built the mill?", "How heavy is it?", find_model=scripted(broken))
    assert done.code == 4
    assert done.err.count("it is gone") == 2


def test_a_source_is_needed():
    """Without a source the hint shows how a conversation begins."""
    done = rao("chat")
    assert done.code == 2
    assert "hint: rao chat manual.pdf" in done.err


def test_standard_input_cannot_be_both():
    """Where standard input is the source and no terminal is there, it is said that nobody could ask."""
    done = rao("chat", "-", stdin=Keyboard(b""))
    assert done.code == 2


def test_a_missing_source_comes_before_the_questions(tmp_path):
    """A wrong path is reported once, before any question is read."""
    done = chat(tmp_path / "none.txt", QUESTION, QUESTION)
    assert done.code == 3
    assert done.err.count("no such file") == 1


@pytest.mark.parametrize("flag", ["--jsonl", "--dry-run", "-o"])
def test_options_of_a_single_answer_are_refused(mill, flag):
    """What only makes sense for one answer is no option here."""
    assert rao("chat", mill, flag).code == 2


def test_hostile_text_steers_nothing(tmp_path):
    """Controls in questions, answers and the source reach neither stream."""
    path = tmp_path / "bad.txt"
    path.write_text("the \x1b[2J\u202ecode is 7431\x07\n" * 3, "utf-8")
    lines = ("what\x1b[31m is \u202ethe code?", "/cite", "/nothing\x1b[0m", "/tree")
    done = chat(path, *lines, find_model=told(["7431\x1b]0;x\x07\u200b"]))
    shown = done.out + done.err
    assert "7431" in done.out
    assert not set(shown) & {"\x1b", "\x07", "\u202e", "\u200b"}


def test_a_plain_terminal_is_asked_with_a_plain_prompt(mill, monkeypatch):
    """Where lines cannot be redrawn, a prompt is written to standard error and the exit code is 0."""
    monkeypatch.setenv("TERM", "dumb")
    done = rao("chat", mill, stdin=Keyboard(b"/nothing\n"), err=Screen())
    assert done.code == 0
    assert done.err.count("rao> ") == 2
    assert "/help lists commands" in done.err
    assert "no such command: /nothing" in done.err
