"""Questions are worked on by a strategy where one pays or is named, and what came of it is told and counted."""

import json

import pytest

from rao_cli.cli.strategies_use import Following, outcome_of
from rao_cli.errors import ModelError
from rao_cli.strategies.standing import evidence_of
from rao_cli.strategies.upkeep import retired
from rao_cli.strategies.walk import AUDIT_DISAGREED
from tests.cli.console import rao, reader, scripted
from tests.cli.strategic import MODEL, QUESTION, imported, late, library, own, proven
from tests.cli.strategic import codes as told
from tests.runs.making import acted, finished

ANSWER = "7431"


@pytest.fixture
def source(tmp_path):
    """Return a text file larger than the window that tells a code in many places."""
    path = tmp_path / "notes.txt"
    path.write_text(told())
    return path


def ask(source, *argv, **given):
    """Ask for the code."""
    return rao("ask", source, QUESTION, *argv, **given)


def counts(name="page-lookup"):
    """Return what was counted of a strategy: successes, failures, fallbacks."""
    found = evidence_of(library().find(name).strategy, MODEL, "text")
    return found.successes, found.failures, found.fallbacks


def test_without_outcomes_none_is_used(source):
    """A bundled strategy that nothing is known of here is not used, and --verbose says why."""
    done = ask(source, "-v", "--progress", "none")
    assert (done.code, done.out.splitlines()[0]) == (0, ANSWER)
    assert "rao: strategy: none (page-lookup: nothing is known of it with scripted/written on text)" in done.err
    assert counts() == (0, 0, 0)


def test_one_that_pays_is_used(source):
    """With outcomes that say so a strategy is used by itself, told in the summary line, and cheaper."""
    before = ask(source, "--json", "--no-cache").json
    known = proven()
    done = ask(source, "--json", "--no-cache")
    assert done.json["strategy"] == f"page-lookup {known.id}"
    assert (done.json["answer"], done.json["fell_back"]) == (ANSWER, "")
    usage = done.json["usage"]
    assert usage["prompt_tokens"] < before["usage"]["prompt_tokens"]
    assert ", strategy page-lookup, " in done.err.splitlines()[-1]


def test_what_came_of_it_is_counted_unless_nothing_is_kept(source):
    """A success adds to what is known; with --no-cache nothing is kept, and so nothing counted."""
    proven()
    before = counts()
    ask(source, "--no-cache")
    assert counts() == before
    ask(source)
    assert counts()[0] > 3


def test_none_is_none(source):
    """With --strategy none no strategy is used, however well it did; the variable says the same."""
    proven()
    assert ask(source, "--json", "--strategy", "none").json["strategy"] == ""


def test_the_variable_chooses_too(source, monkeypatch):
    """RAO_STRATEGY is the default of the option."""
    monkeypatch.setenv("RAO_STRATEGY", "page-lookup")
    assert ask(source, "--json").json["strategy"].startswith("page-lookup ")
    assert ask(source, "--json", "--strategy", "none").json["strategy"] == ""


def test_a_named_one_is_used_unproven(source):
    """A strategy that the user names is followed without any outcomes, which are then counted."""
    assert ask(source, "--json", "--strategy", "page-lookup").json["strategy"].startswith("page-lookup ")
    assert counts() == (1, 0, 0)


def test_a_named_one_that_does_not_fit_is_doubted(source):
    """A strategy for other questions is used as the user says, with a warning."""
    done = ask(source, "--strategy", "where-in-code")
    assert (
        "warning: the strategy where-in-code is used as you say, but it is for where, and this is fact" in done.err
    )
    assert done.out.startswith(ANSWER)


def test_falling_back_is_told_and_counted(source):
    """Where a plan finds nothing the answer comes without it; the lines say so as it happens and at the end."""
    done = ask(source, "--strategy", "page-lookup", "--progress", "plain", find_model=late(4))
    assert done.out.startswith(ANSWER)
    assert "in notes.txt; strategy page-lookup\n" in done.err
    assert done.err.count("rao: strategy page-lookup left: ") == 1
    assert ", strategy page-lookup left: " in done.err.splitlines()[-1]
    assert counts() == (0, 0, 1)


def test_an_unknown_name_is_refused_first(tmp_path):
    """A misspelt strategy is told before any source is read."""
    done = rao("ask", tmp_path / "missing.pdf", QUESTION, "--strategy", "page-lokup")
    assert (done.code, done.out) == (2, "")
    assert "there is no strategy page-lokup" in done.err


def test_quarantine_holds(source, tmp_path):
    """A strategy that was only imported cannot be used, even by name."""
    assert rao("strategies", "import", imported(tmp_path)).code == 0
    done = ask(source, "--strategy", "shared")
    assert done.code == 2
    assert "the strategy shared is quarantined: it needs to do well on 2 more documents" in done.err
    assert "rao strategies try shared" in done.err


def test_a_retired_one_is_used_by_name_only(source):
    """A retired strategy is never chosen, but may be named."""
    proven()
    library().replace(retired(library().find("page-lookup"), "by hand"))
    assert ask(source, "--json").json["strategy"] == ""
    assert ask(source, "--json", "--strategy", "page-lookup").json["strategy"] != ""


@pytest.mark.parametrize("argv", [("--thorough",), ()])
def test_nothing_to_choose_is_told(tmp_path, argv):
    """Where everything is read, or all fits one view, a named strategy is not used and a line says so."""
    path = tmp_path / "short.txt"
    path.write_text(told() if argv else told(lines=12))
    done = ask(path, "--strategy", "page-lookup", *argv)
    why = "everything is read" if argv else "all of it fits one view"
    assert f"the strategy page-lookup is not used: {why}" in done.err
    assert "strategy" not in done.err.splitlines()[-1]


def test_files_in_a_source_are_never_strategies(tmp_path, source):
    """A strategy that lies in what is read is text like any other."""
    folder = tmp_path / "tree"
    (folder / "strategies").mkdir(parents=True)
    (folder / "notes.txt").write_text(told())
    imported(folder / "strategies")
    before = [one.strategy.id for one in library().all()]
    assert ask(folder, "--strategy", "shared").code == 2
    assert ask(folder).code == 0
    assert [one.strategy.id for one in library().all()] == before


def test_conversations_use_them_too(source):
    """Each question of a conversation is matched by itself."""
    proven()
    done = rao("chat", source, "--json", stdin=f"{QUESTION}\nIs the code 7431?\n".encode())
    first, second = map(json.loads, done.out.splitlines())
    assert first["strategy"].startswith("page-lookup ")
    assert second["strategy"] == ""


class Breaks:
    """A reader that breaks after so many answers."""

    def __init__(self, answers):
        self.left, self.asked = answers, 0

    def __call__(self, request):
        """Answer or break."""
        self.asked += 1
        self.left -= 1
        if self.left < 0:
            raise ModelError("the model broke")
        return reader(request)


def test_a_resumed_run_keeps_its_strategy(source):
    """A run that began with a strategy goes on with it, also where it would not be chosen any more."""
    proven()
    assert ask(source, "--json", find_model=scripted(Breaks(0))).code == 4
    library().replace(retired(library().find("page-lookup"), "by hand"))
    done = rao("resume", "--json")
    assert done.json["strategy"].startswith("page-lookup ")


def test_a_run_without_one_goes_on_without(source):
    """A run that began with no strategy does not take one up in between."""
    assert ask(source, "--json", find_model=scripted(Breaks(0))).code == 4
    proven()
    assert ask(source, "--json").json["strategy"] == ""
    assert ask(source, "--json").json["strategy"] != ""


def test_a_strategy_that_is_gone_is_told(source):
    """A run whose strategy was deleted goes on without it and says so."""
    mine = own()
    assert ask(source, "--strategy", "mine", find_model=scripted(Breaks(0))).code == 4
    (library().folder / f"{mine.id}.json").unlink()
    done = rao("resume")
    assert "began with the strategy mine" in done.err
    assert done.out.startswith(ANSWER)


def test_a_folder_that_cannot_be_written_costs_no_answer(source):
    """Where outcomes cannot be kept the answer is given all the same, with a warning."""
    library().folder.parent.mkdir(parents=True)
    library().folder.write_text("")
    done = ask(source, "--strategy", "page-lookup")
    assert (done.code, done.out.splitlines()[0]) == (0, ANSWER)
    assert "what came of the strategy page-lookup is not kept" in done.err


def test_the_run_tells_its_strategy(source):
    """The commands rao runs show and --agent tell which strategy chose what was read."""
    ask(source, "--strategy", "page-lookup", find_model=late(4))
    shown, agent = rao("runs", "show").out, rao("runs", "show", "last", "--agent", "1").out
    assert "strategy  page-lookup left: its checks did not hold" in shown
    assert "chosen by a strategy" in agent
    assert "the strategy, because its checks did not hold" in agent


def test_a_difference_in_strategy_is_told(source):
    """The command rao runs diff tells that one run followed a strategy."""
    ask(source, "--strategy", "none")
    ask(source, "--strategy", "page-lookup")
    first, last = sorted(one["run"] for one in rao("runs", "list", "--json").json["runs"])
    asked = rao("runs", "diff", first, last, "--json").json["asked"]
    assert "strategy" in [one["what"] for one in asked]


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "success"),
        ({"verified": False}, None),
        ({"status": "absent"}, None),
        ({"status": "partial"}, None),
        ({"fell_back": "it found nothing"}, "fallback"),
        ({"fell_back": AUDIT_DISAGREED}, "failure"),
    ],
)
def test_what_a_run_says_of_its_strategy(changes, outcome):
    """A verified answer is a success; being left is a fallback, or a failure where an audit speaks against it."""
    assert outcome_of(finished(**changes).result) == outcome


def test_a_strategy_that_decided_nothing_is_not_judged():
    """Where code computed the answer, nothing is said of the strategy."""
    following = Following()
    following.see(acted("1"))
    assert not following.acted
    following.see(acted("1", by="strategy"))
    assert following.acted
