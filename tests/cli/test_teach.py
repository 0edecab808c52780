"""``rao teach`` as a command: each mode, what it keeps, what it prints and what it refuses."""

import json
import re

import pytest

from rao_cli.agent.preparing import Settings
from rao_cli.cli.engines import Opened
from rao_cli.cli.options import Options
from rao_cli.cli.people import model_options, teacher_options
from rao_cli.engine.scripted import ScriptedEngine
from tests.cli.console import ABSENT, rao, reader

LINES = 120


def manual(town: str, code: int, at: int) -> str:
    """Return a text with the code of a town in one of its lines, far beyond a window."""
    lines = [f"Paragraph {n} of {town} tells of its code of honour and no number.\n\n" for n in range(LINES)]
    lines[at] = f"In the town of {town} the code is {code}.\n\n"
    return "".join(lines)


def questions(folder, towns=("Elm", "Oak", "Ash", "Fir"), **changes):
    """Write questions on a manual for each town; return the file."""
    told = []
    for number, town in enumerate(towns):
        code = 1000 + 111 * number
        (folder / f"{town}.txt").write_text(manual(town, code, 20 + 15 * number), "utf-8")
        line = {
            "id": town,
            "family": "codes",
            "source": f"{town}.txt",
            "question": f"What is the code of the town of {town}?",
            "answers": [str(code)],
            "metric": "number",
            "evidence": {"file": f"{town}.txt", "line": 1 + 2 * (20 + 15 * number)},
        }
        told.append(json.dumps(line | changes))
    path = folder / "questions.jsonl"
    path.write_text("\n".join(told), "utf-8")
    return path


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Keep strategies in a folder of the test."""
    monkeypatch.setenv("RAO_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("RAO_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


def pupil(respond=reader, window=700):
    """Return what finds a scripted model of a small window, for which code computes nothing."""
    settings = Settings(window, 175, "rules", 64, computes=False)
    return lambda options: lambda wait: Opened(ScriptedEngine(respond, window=window), settings)


def teach(path, *more, model=None):
    """Teach with a scripted model."""
    return rao("teach", "--tasks", str(path), *more, find_model=model or pupil())


def test_a_program_teaches_a_strategy(here):
    """What the program found best is kept as a candidate or better, and judged on other sources."""
    done = teach(questions(here), "--name", "codes")
    assert done.code == 0, done.err
    assert re.match(r"codes, for fact on text: ", done.out)
    assert "without: 2 of 2 questions right" in done.out
    assert "with the strategy: 2 right" in done.out
    assert "rao strategies show codes" in done.err
    assert "codes" in rao("strategies", "list").out


def test_a_strategy_that_does_well_elsewhere_is_active(here):
    """Two documents that nobody learned from suffice to use what was taught."""
    told = json.loads(teach(questions(here), "--json").out)
    assert told["schema"] == "rao.teach/1"
    assert told["strategy"]["standing"] == "active"
    assert told["strategy"]["strategy"]["provenance"]["teacher"] == "program"
    assert told["with"]["tokens"] < told["without"]["tokens"]
    assert told["teacher_tokens"] > told["student_tokens"] > 0


def test_a_model_teaches_from_its_own_runs(here):
    """A teacher that is a model hands over what its own runs show, or says that they show nothing."""
    towns = ("Elm", "Oak", "Ash", "Fir", "Yew", "Bay")
    told = json.loads(teach(questions(here, towns), "--teacher", "other", "--json").out)
    assert told["strategy"]["strategy"]["provenance"]["teacher"] == "other"
    assert told["teacher_tokens"] > 0
    few = teach(questions(here), "--teacher", "other")
    assert few.out.startswith("nothing could be learned from the teacher's runs\n")


def test_critique_lists_faults_and_edits(here):
    """A student that fails by reading is told so; nothing is kept then."""
    done = teach(questions(here), "--mode", "critique", model=pupil(lambda _: ABSENT))
    assert done.code == 0
    assert done.out.startswith("no edit made more of the questions held out right\n")
    assert "leaf_error: 2" in done.out
    assert "rao strategies show" not in done.err


def test_critique_mends_a_strategy(here):
    """A strategy that cannot hold its checks is mended by an edit that its fault permits."""
    text = teach(questions(here), "--mode", "critique", "-v").out
    assert "with the critique: 2 right" in text
    assert "Elm" not in text.partition("\n")[0]


def test_critique_of_another_class_is_refused(here):
    """A strategy of another class of questions cannot be criticised by these."""
    done = teach(questions(here), "--mode", "critique", "--strategy", "section-summary")
    assert done.code == 2
    assert "section-summary is for" in done.err


def test_scaffolds_begin_each_question(here):
    """Each question is begun by the teacher; what it spent is told, and nothing is kept."""
    done = teach(questions(here), "--mode", "scaffold", "--teacher", "other", "-v")
    assert "a scaffold is of one question, and is not kept" in done.out
    assert "with the scaffold: 2 right" in done.out
    assert re.search(r"the teacher spent [\d,]{4,} tokens", done.out)
    assert re.search(r"Oak:\w+:\w+: right -> right", done.out)
    assert not (here / "state" / "strategies").exists()


def test_questions_of_other_classes_are_left_out(here):
    """A strategy is for one class; what is left out is told as a warning."""
    path = questions(here)
    other = json.loads(path.read_text("utf-8").splitlines()[0]) | {
        "id": "x",
        "question": "Why is there a code in Elm?",
        "metric": "contains",
    }
    path.write_text(path.read_text("utf-8") + "\n" + json.dumps(other), "utf-8")
    done = teach(path, "--mode", "scaffold")
    assert "1 question left out: a strategy is for one class, here fact" in done.err


@pytest.mark.parametrize(
    ("towns", "more", "said"),
    [
        (("Elm",), (), "are on one source"),
        (("Elm", "Oak"), ("--name", "No Name"), "cannot be a strategy's name"),
        (("Elm", "Oak"), ("--family", "none"), "has no such tasks"),
        (("Elm", "Oak"), ("--mode", "lesson"), "lesson"),
    ],
)
def test_what_cannot_be_taught_is_refused(here, towns, more, said):
    """Too few sources, a wrong name, family or mode are told before a model is loaded."""
    done = teach(questions(here, towns), *more, model=lambda options: pytest.fail("a model was loaded"))
    assert done.code in (2, 3)
    assert said in done.err


def test_an_unknown_strategy_is_refused(here):
    """Critique of a strategy that there is not says how to list them."""
    done = teach(questions(here), "--mode", "critique", "--strategy", "nobody")
    assert done.code == 2
    assert "there is no strategy nobody" in done.err


def test_servers_are_named_by_their_address():
    """An address is a server's, with its model behind a mark; anything else a model here."""
    given = Options(adapter="a", base_url="http://old/v1", window=900)
    assert model_options(given, "http://host/v1#m").base_url == "http://host/v1"
    assert model_options(given, "http://host/v1#m").model == "m"
    assert model_options(given, "https://host/v1").model is None
    here = model_options(given, "x.gguf")
    assert (here.model, here.base_url, here.adapter) == ("x.gguf", None, "a")


def test_a_teacher_has_its_own_adapter_and_window():
    """What the user set for the student does not bind the teacher."""
    made = teacher_options(Options(adapter="a", window=900, delegation="model"), "big")
    assert (made.model, made.adapter, made.window, made.delegation) == ("big", None, None, "auto")


def test_the_reader_of_these_tests_reads():
    """The scripted student finds a code where it stands."""

    class Shown:
        messages = ()

    class Part:
        parts = ("[2] In the town of Elm the code is 77.",)

    Shown.messages = (Part, Part)
    assert json.loads(reader(Shown))["answer"] == "77"
