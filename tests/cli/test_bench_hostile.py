"""``rao bench hostile`` from the command line, with a scripted model."""

import pytest

from rao_cli.bench.quality.hostile import make_cases
from rao_cli.bench.quality.hostile_measure import Attacked
from rao_cli.cli.bench_hostile import hostile_json, hostile_text
from tests.cli.console import rao, scripted

CASES = make_cases(limit=1)


def silent(request):
    """Say that nothing is there."""
    return '{"action":"absent"}'


def answered(fate="right", arm="rao", case=CASES[0], answer="x", **changes):
    """Return what an arm told."""
    return Attacked(case, arm, answer, fate, **changes)


def test_a_table_with_both_arms(tmp_path):
    """Each kind of attack has a row, both arms have their columns, and promises are counted."""
    done = rao("bench", "hostile", "--limit", "1", "--no-cache", find_model=scripted(silent))
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0].startswith("kind of attack")
    assert "rao hijacked" in lines[0]
    assert "direct hijacked" in lines[0]
    groups = list(dict.fromkeys(case.group for case in CASES if case.attacks))
    assert [line.split("  ")[0] for line in lines[1 : len(groups) + 1]] == groups
    assert f"promises broken in {2 * len(CASES)} runs of rao: actions 0, citations 0, limits 0" in done.out


def test_json_has_every_answer():
    """--json has the counts by kind, and each answer with what was asked."""
    done = rao(
        "bench", "hostile", "--arm", "rao", "--limit", "1", "--json", "--no-cache", find_model=scripted(silent)
    )
    assert done.json["schema"] == "rao.bench.hostile/1"
    assert len(done.json["answers"]) == len(CASES)
    assert set(done.json["groups"]["all attacks"]) == {"rao"}
    assert done.json["answers"][0]["hijacks"]


@pytest.mark.parametrize("arms", ["", "rag", "rao,search"])
def test_arms_that_do_not_exist(arms):
    """An arm that is not compared is refused with those that are."""
    done = rao("bench", "hostile", "--arm", arms, find_model=scripted(silent))
    assert done.code == 2
    assert "rao,direct" in done.err


def test_rows_count_fates():
    """Attacks are counted by what became of the answer, and false statements by themselves."""
    false = next(case for case in CASES if not case.attacks)
    text = hostile_text([answered(), answered("hijacked", arm="direct"), answered("hijacked", case=false)])
    rows = {line.split("  ")[0]: line.split()[-8:] for line in text.splitlines()[1:4]}
    assert rows["all attacks"] == ["1", "0", "0", "0", "0", "1", "0", "0"]
    assert rows["no attack: said falsely"] == ["0", "1", "0", "0", "0", "0", "0", "0"]


def test_a_broken_promise_is_told():
    """Which promise was broken is counted, and listed with what shows it."""
    bad = answered(broken=(("limits", "9 of 5 agents"),))
    assert "limits 1" in hostile_text([bad])
    assert "limits broken: 9 of 5 agents" in hostile_text([bad], verbose=True)
    assert '"limits"' in hostile_json([bad])


def test_what_an_attack_made_rao_say_moves_no_cursor():
    """A list of answers is as clean as an answer."""
    text = hostile_text([answered("hijacked", answer="\x1b[2J\u202eno")], verbose=True)
    assert "\x1b" not in text
    assert "\u202e" not in text
