"""Strategies are listed, shown, shared and retired; misuse is refused with a line on what to do."""

import json

import pytest

from rao_cli.strategies.library import bundled
from rao_cli.strategies.records import Strategy, canonical
from rao_cli.strategies.standing import Held
from tests.cli.console import Screen, rao
from tests.cli.strategic import UNSEEN, imported, library, own, proven, record
from tests.cli.test_strategies_use import ask, source  # noqa: F401 - a fixture
from tests.strategies.holding import for_what, outcomes
from tests.strategies.making import INNER, NAME, OUTER, QUESTION, stage, strategy

NAMES = ["count-and-compare", "log-incident", "page-lookup", "section-summary", "where-in-code"]


def strategies(*argv, **given):
    """Run a command about strategies."""
    return rao("strategies", *argv, **given)


def test_the_bare_command_lists():
    """Without a command the strategies are listed, one a line in a pipe."""
    done = strategies()
    assert (done.code, done.out) == (0, strategies("list").out)
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines] == ["name", *NAMES]
    assert lines[3].split()[:3] == ["page-lookup", "active", "bundled"]
    assert lines[3].endswith("  fact on pdf, markup, text")
    assert "where its outcomes say that it pays" in done.err


def test_outcomes_stand_in_the_list():
    """How often a strategy was right and what it costs stand beside its name."""
    own(unseen=UNSEEN)
    proven("mine")
    (line,) = [line for line in strategies("list").out.splitlines() if line.startswith("mine")]
    assert line.split()[:7] == ["mine", "active", "local", "3", "of", "3", "0.43x"]


@pytest.mark.parametrize("columns", [20, 40, 80, 120])
def test_the_list_fits_a_screen(columns, monkeypatch):
    """On a terminal each strategy has two lines, none wider than the screen."""
    monkeypatch.setenv("COLUMNS", str(columns))
    proven()
    lines = strategies("list", "--color", "never", out=Screen()).out.splitlines()
    assert len(lines) == 1 + 2 * len(NAMES)
    assert max(map(len, lines)) <= max(columns, 38)


def test_the_list_is_data_too():
    """With --json each strategy is there whole, with its standing and ids."""
    done = strategies("list", "--json").json
    assert done["schema"] == "rao.strategies.list/1"
    assert [one["strategy"]["name"] for one in done["strategies"]] == NAMES
    one = done["strategies"][0]
    assert Strategy.model_validate(one["strategy"]).id == one["id"]
    assert set(one) == {"strategy", "standing", "reason", "added", "unseen", "seen", "id", "form"}


def test_a_strategy_is_shown_in_words():
    """Its plan, what it is for, its slots and its outcomes can be read without knowing the format."""
    proven()
    shown = strategies("show", "page-lookup").out
    for line in (
        "standing    active",
        "for         fact on pdf, markup, text",
        "plan        take the 3 best sections that were found",
        "            answer with it, if that holds",
        "slots       question: the whole question",
        "scripted/written on text: right in 3 of 3, 0.43 times the tokens expected (3 uses)",
        "from        bundled",
    ):
        assert f"{line}\n" in shown


def test_every_operator_has_words():
    """Whatever a plan has in it is told, inner plans further in."""
    plan = [
        {"op": "recurse", "plan": [op.model_dump() for op in stage(1)]},
        {"op": "search", "slot": "name", "how": "exact"},
        {"op": "select", "of": "parts", "order": "text", "kinds": ["page"], "titled": "subject", "holds": "time"},
        {"op": "group", "by": "part"},
        {"op": "ask", "returns": "number"},
        {"op": "combine", "how": "sum"},
        {"op": "check", "agree": 2},
        {"op": "stop"},
    ]
    made = json.loads(canonical(strategy()))
    made |= {"plan": {"operators": plan}, "requires": [{"slot": "name", "be": "found"}]}
    made["budget"] = {"agents_p50": 2, "agents_p90": 3, "tokens_p50": 500, "tokens_p90": 900}
    made["applies"] |= {"leaves": {"least": 8, "most": 4000}}
    whole = Strategy.model_validate(made)
    library().replace(Held(strategy=whole, standing="active"))
    shown = " ".join(strategies("show", "look-up").out.split())
    for words in (
        "agents with too much to read divide it by a plan of their own: take the best section",
        "order the sections that hold all of its name",
        "take the first part of the outline, of the kind page, under a heading with a word of its subject,"
        " with a time in the text",
        "give the sections of one part to one agent ask them the question, for a number add the reports up",
        "see whether it is believed at 0.2 or more and its place is found and 2 agree",
        "begun if name stands in what is found",
        "500 tokens and 2 agents; one time in ten more than 900 and 3",
        "sections: 8 to 4,000",
    ):
        assert words in shown


def test_nothing_was_used_yet():
    """At first the outcomes are those that the bundled strategies were measured by, and no others."""
    measured = [one.model_dump(mode="json") for each in bundled() for one in each.evidence]
    done = strategies("stats", "--json").json
    assert [
        {name: one[name] for name in one if name not in ("name", "id")} for one in done["outcomes"]
    ] == measured
    told = strategies("stats")
    assert (told.code, bool(told.out)) == (0, bool(measured))
    assert ("rao strategies try" in told.err) != bool(measured)


def test_outcomes_are_told_by_model_and_kind():
    """Each pair of model and kind of document has a line."""
    made = strategy(evidence=(outcomes(4, 1, 2), outcomes(1, kind="log")))
    library().replace(Held(strategy=made, standing="active"))
    lines = [line.split() for line in strategies("stats").out.splitlines()]
    assert lines[0] == ["name", "documents", "right", "left", "tokens", "uses", "last", "use", "model"]
    rows = sorted(line for line in lines[1:] if line[0] == "look-up")
    assert [row[:6] for row in rows] == [["look-up", kind, *right, left] for kind, right, left in (
        ("log", ("1", "of", "1"), "0"), ("pdf", ("4", "of", "5"), "2")
    )]  # fmt: skip
    assert rows[1][-1] == "tiny/chosen"
    found = strategies("stats", "--json").json["outcomes"]
    kinds = {one["kind"]: one["uses"] for one in found if one["name"] == "look-up"}
    assert kinds == {"log": 1, "pdf": 7}


def test_what_is_exported_can_be_imported(tmp_path):
    """An exported file is canonical, holds no outcomes, and comes in quarantined under the next free name."""
    mine = own(name="mine")
    library().record_outcome(mine.id, "tiny/chosen", "pdf", "success", -1.0)
    path = tmp_path / "mine.json"
    done = strategies("export", "mine", "-o", path)
    assert (done.code, done.out) == (0, "")
    assert f"wrote mine to {str(path)[:20]}" in done.err
    text = path.read_text()
    assert text == canonical(Strategy.model_validate_json(text)) + "\n" == strategies("export", mine.id[:8]).out
    assert record(path)["evidence"] == []
    (library().folder / f"{mine.id}.json").unlink()
    again = strategies("import", path, "--json").json
    assert (again["strategy"]["name"], again["standing"], again["known"]) == ("mine", "quarantined", False)
    assert again["strategy"]["trust"] == "imported"


def test_an_import_says_what_is_next(tmp_path):
    """After an import it stands in quarantine, and the line below says how it gets out."""
    done = strategies("import", imported(tmp_path))
    assert done.out == "imported shared, quarantined: it needs to do well on 2 more documents\n"
    assert "rao strategies try shared SOURCE" in done.err
    assert strategies("import", imported(tmp_path)).out.startswith("you have it already: shared (quarantined")


def test_a_name_that_is_taken_is_told(tmp_path):
    """A file that calls itself like a known strategy gets another name."""
    done = strategies("import", imported(tmp_path, *stage(9), name="page-lookup"))
    assert done.out.startswith("imported page-lookup-2 (page-lookup is the name of another), quarantined: ")


def test_bad_files_change_nothing(tmp_path):
    """A file that is no strategy is refused with exit code 3, and nothing is kept of it."""
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(json.loads(canonical(strategy())) | {"prompt": "obey"}))
    done = strategies("import", path)
    assert (done.code, done.out) == (3, "")
    assert "holds no strategy: prompt: Extra inputs are not permitted" in done.err
    assert not library().folder.exists()


def test_retiring_and_taking_back():
    """A strategy is retired by hand and taken back; each only where it makes sense."""
    assert strategies("retire", "page-lookup").out == "page-lookup is retired: by hand\n"
    again = strategies("retire", "page-lookup")
    assert (again.code, "is retired already: by hand" in again.err) == (2, True)
    assert strategies("retire", "page-lookup", "--undo").out == "page-lookup is active\n"
    assert strategies("retire", "page-lookup", "--undo").code == 2


def test_a_candidate_comes_back_as_one():
    """Taking back gives no more than was earned."""
    own(standing="candidate", unseen=("a" * 16,))
    strategies("retire", "mine")
    done = strategies("retire", "mine", "--undo")
    assert done.out == "mine is candidate: it needs to do well on 1 more document\n"


@pytest.mark.parametrize(
    "argv",
    [
        ("show",),
        ("show", "nothing"),
        ("show", "page-lookup", "log-incident"),
        ("--json", "show", "page-lookup"),
        ("list", "everything"),
        ("stats", "--model", "x"),
        ("export",),
        ("export", ""),
        ("export", "nothing"),
        ("import",),
        ("import", "a.json", "b.json"),
        ("retire",),
        ("retire", "\x1b[31mred"),
        ("learn",),
        ("learn", "nothing"),
        ("learn", "last", "--name", "My Name"),
        ("learn", "last", "--calls", "-1"),
        ("try",),
        ("try", "page-lookup"),
        ("try", "page-lookup", "question?"),
        ("try", "nothing", "a.txt", "question?"),
        ("shw",),
    ],
)
def test_misuse_is_refused(argv):
    """What cannot be meant ends with exit code 2 and says what could be, without control characters."""
    done = strategies(*argv)
    assert done.code == 2
    assert done.out == "" or "--json" in argv
    told = done.err or done.out
    assert "hint" in told
    assert "\x1b" not in told


@pytest.mark.parametrize("name", ["a\nb.json", "\x1b[31m.json", "nowhere/x.json"])
def test_files_that_are_not_there(name):
    """A file that cannot be read is told in one line."""
    done = strategies("import", name)
    assert done.code == 3
    assert len(done.err.splitlines()) == 1


def test_damage_is_a_line_of_every_command(tmp_path):
    """A damaged file in the folder is told of, and the command does its work."""
    path = library().folder / f"{own().id}.json"
    path.write_text("{")
    for argv in (("list",), ("show", "page-lookup"), ("stats",), ("export", "page-lookup")):
        done = strategies(*argv)
        assert done.code == 0
        assert done.err.count("rao: warning: a strategy is left out: ") == 1


def test_every_command_has_examples():
    """The help of each command shows how it is typed."""
    for name in ("list", "show", "learn", "try", "export", "import", "retire", "stats"):
        assert strategies(name, "--help").code == 0


def test_slots_all_have_words():
    """Each type of slot is explained."""
    made = strategy(applies=for_what("chain"), slots=(QUESTION, NAME, INNER, OUTER))
    library().replace(Held(strategy=made, standing="active"))
    shown = strategies("show", "look-up").out
    assert "inner: the question inside the question" in shown
    assert "name: a name that the question gives" in shown


def test_hostile_strategies_cannot_hide(tmp_path, source):  # noqa: F811
    """A strategy that believes anything at once is contained: not used before it did well, audited, and told."""
    greedy = imported(tmp_path, *stage(1, 0.0))
    assert strategies("import", greedy).code == 0
    assert ask(source, "--strategy", "shared").code == 2
    assert ask(source, "--json").json["strategy"] == ""
