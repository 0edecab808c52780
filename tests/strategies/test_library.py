"""The library keeps strategies whole and private, counts what came of them, and survives damage."""

import json
import stat
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from rao_cli.errors import RaoError, UsageError
from rao_cli.strategies.library import Strategies, bundled
from rao_cli.strategies.plan import Ask, Select, walk
from rao_cli.strategies.records import Provenance, Range
from rao_cli.strategies.standing import evidence_of
from rao_cli.strategies.upkeep import retired
from tests.checkout import run_python
from tests.strategies.holding import MODEL, for_what, outcomes
from tests.strategies.making import stage, strategy

NAMES = ["count-and-compare", "log-incident", "page-lookup", "section-summary", "where-in-code"]
UNSEEN = ("a" * 16, "b" * 16)
COUNT_MANY = """
import sys
from pathlib import Path
from tests.strategies.test_library import count_many
count_many(Path(sys.argv[1]), sys.argv[2])
"""


@pytest.fixture
def library(tmp_path):
    """Return an empty library of a user."""
    return Strategies(tmp_path / "state" / "strategies")


def names(library):
    """Return the names of what is there beside the bundled ones."""
    return [one.strategy.name for one in library.all() if one.strategy.trust != "bundled"]


def test_everybody_starts_with_the_bundled_ones(library):
    """Nothing is written before anything happens, and five strategies are there."""
    assert [one.strategy.name for one in library.all()] == NAMES
    assert not library.folder.exists()


@pytest.mark.parametrize("one", bundled(), ids=lambda one: one.name)
def test_the_bundled_ones_are_whole(one):
    """Each says what it is for, reads little, and claims nothing that was not measured with a named model."""
    assert one.note
    assert one.trust == "bundled"
    assert one.provenance.mode == "bundled"
    assert sum(operator.first for operator in walk(one.plan.operators) if isinstance(operator, Select)) <= 8
    assert {operator.goal for operator in walk(one.plan.operators) if isinstance(operator, Ask)} == {"question"}
    assert all(evidence.paired > 0 for evidence in one.evidence)


def test_what_is_added_is_kept(library):
    """A strategy is there afterwards, with its standing, in a file that only its owner reads."""
    added = library.add(strategy(name="mine"))
    assert (added.known, added.held.standing) == (False, "candidate")
    assert Strategies(library.folder).find("mine") == added.held
    path = library.folder / f"{added.held.strategy.id}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(library.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(library.folder.parent.stat().st_mode) == 0o700


def test_documents_unseen_make_it_active(library):
    """What held on two documents that it was not learned from may be used at once."""
    assert library.add(strategy(), unseen=UNSEEN).held.standing == "active"


def test_what_it_was_learned_from_proves_nothing(library):
    """A document that a strategy was learned from does not count towards its use."""
    mine = library.add(strategy(), seen=UNSEEN).held.strategy
    assert library.did_well(mine.id, UNSEEN[0]).unseen == ()
    library.did_well(mine.id, "c" * 16)
    assert library.did_well(mine.id, "c" * 16).standing == "candidate"
    assert library.did_well(mine.id, "d" * 16).standing == "active"


@pytest.mark.parametrize("name", ["page-lookup", "872b", "nothing", "", "../page-lookup", "\x1b[31m"])
def test_names_and_ids_are_found(library, name):
    """A strategy is found by its name or the beginning of its id; anything else is refused."""
    known = library.find("page-lookup").strategy
    if name in (known.name, "872b"):
        assert library.find(known.id[:6]).strategy == library.find(known.name).strategy == known
        return
    with pytest.raises(UsageError, match="there is no strategy"):
        library.find(name)


def test_the_name_of_another_is_not_taken(library):
    """A strategy that comes with a known name gets a number, so that it cannot pass for the other."""
    added = library.add(strategy(*stage(7), name="page-lookup", trust="imported")).held
    assert added.strategy.name == "page-lookup-2"
    assert library.find("page-lookup").strategy.trust == "bundled"
    long = "a" * 40
    assert library.add(strategy(*stage(8), name=long)).held.strategy.name == long
    assert library.add(strategy(*stage(9), name=long)).held.strategy.name == "a" * 38 + "-2"


def test_one_form_is_kept_once(library):
    """A strategy that does the same adds its evidence to the one that is there."""
    library.add(strategy(evidence=(outcomes(3),)))
    again = library.add(strategy(name="again", evidence=(outcomes(2),), provenance=Provenance(runs=("c" * 16,))))
    assert again.known
    assert names(library) == ["look-up"]
    assert evidence_of(again.held.strategy, MODEL, "pdf").successes == 5


def test_one_form_for_other_documents_is_widened(library):
    """Learned again on documents of another kind, a strategy is for both, and is still one file."""
    library.add(strategy(applies=for_what(kinds=("pdf",), leaves=Range(least=1, most=9)), evidence=(outcomes(),)))
    both = library.add(
        strategy(applies=for_what(kinds=("text",)), evidence=(outcomes(kind="text"),))
    ).held.strategy
    assert both.applies.kinds == ("pdf", "text")
    assert len(both.evidence) == 2
    assert len(list(library.folder.glob("*.json"))) == 1


def test_an_import_does_not_take_over(library):
    """What is imported for other documents stands beside a strategy of the same form, in quarantine."""
    library.add(strategy(applies=for_what(kinds=("pdf",))))
    other = library.add(strategy(applies=for_what(kinds=("log",)), trust="imported"))
    assert (other.known, other.held.standing) == (False, "quarantined")
    assert library.find("look-up").strategy.applies.kinds == ("pdf",)


def test_outcomes_of_bundled_ones_are_kept_here(library):
    """What comes of a bundled strategy is counted in the user's folder, and the strategy stays bundled."""
    known = library.find("page-lookup").strategy
    library.record_outcome(known.id, MODEL, "pdf", "success", -1.0)
    found = library.find("page-lookup")
    assert (found.strategy.trust, found.standing) == ("bundled", "active")
    assert evidence_of(found.strategy, MODEL, "pdf").uses == 1
    assert len(library.all()) == len(NAMES)


def test_a_bundled_one_that_is_gone_is_forgotten(library):
    """What is known of a strategy that rao brings no more is not taken for a strategy of the user's."""
    library.add(strategy())
    mine = library.find("look-up")
    library.replace(mine.model_copy(update={"strategy": mine.strategy.model_copy(update={"trust": "bundled"})}))
    assert names(library) == []
    assert [one.strategy.name for one in library.all()] == NAMES


def test_bad_outcomes_retire(library):
    """Eight failures end a strategy's use."""
    mine = library.add(strategy(), unseen=UNSEEN).held.strategy
    for _ in range(7):
        assert library.record_outcome(mine.id, MODEL, "pdf", "failure").standing == "active"
    assert library.record_outcome(mine.id, MODEL, "pdf", "failure").standing == "retired"


def test_crowds_are_thinned(library):
    """A sixth strategy of a class that pays retires the one that pays least."""
    for n in range(6):
        library.add(
            strategy(*stage(n + 1), name=f"s{n}", evidence=(outcomes(9, ratio=0.1 * n + 0.1),)), unseen=UNSEEN
        )
    stands = {one.strategy.name: one.standing for one in library.all()}
    assert [stands[f"s{n}"] for n in (0, 1, 2, 3, 5)] == ["active"] * 4 + ["retired"]


def test_replacing_judges_nothing(library):
    """A strategy that is retired by hand is kept as it is."""
    held = library.find("page-lookup")
    library.replace(retired(held, "by hand"))
    assert library.find("page-lookup").reason == "by hand"


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{}",
        b"\xff",
        b"[" * 9000,
        b'{"strategy": 1}',
        lambda text: text[: len(text) // 2],
        lambda text: text.replace(b'"first":3', b'"first":4'),
        lambda text: text.replace(b'"standing":"candidate"', b'"standing":"active","more":1'),
        lambda text: text + b" " * 20_000,
    ],
)
def test_damage_is_a_warning(library, damage):
    """A file that cannot be read is told of in one line, and the others are there."""
    path = library.folder / f"{library.add(strategy()).held.strategy.id}.json"
    library.add(strategy(*stage(5), name="other"))
    path.write_bytes(damage(path.read_bytes()) if callable(damage) else damage)
    warnings = []
    found = Strategies(library.folder, warnings.append)
    assert names(found) == ["other"]
    assert len(warnings) == 1
    assert warnings[0].startswith("a strategy is left out: ")
    assert path.stem in warnings[0]


def test_other_files_are_left_alone(library, tmp_path):
    """Links, folders and files of other names in the folder are no strategies."""
    mine = library.add(strategy()).held.strategy
    (library.folder / "notes.json").write_text("{}")
    (library.folder / f"{'0' * 16}.json").symlink_to(library.folder / f"{mine.id}.json")
    (library.folder / f"{'1' * 16}.json").mkdir()
    warnings = []
    assert names(Strategies(library.folder, warnings.append)) == ["look-up"]
    assert len(warnings) == 2


def test_a_folder_that_cannot_be_is_told(tmp_path):
    """A file in the folder's place is an error of rao's own when writing, and a warning when reading."""
    (tmp_path / "strategies").write_text("")
    warnings = []
    library = Strategies(tmp_path / "strategies", warnings.append)
    assert len(library.all()) == len(NAMES)
    assert "cannot read the strategies" in warnings[0]
    with pytest.raises(RaoError, match="cannot keep strategies"):
        library.add(strategy())


def count_many(folder, name):
    """Count many outcomes, as another process does."""
    for _ in range(10):
        Strategies(folder).record_outcome(name, MODEL, "pdf", "success", -1.0)


def test_two_processes_lose_nothing(library):
    """Outcomes that two processes count at once are all counted, and no file is left over."""
    mine = library.add(strategy()).held.strategy
    with ThreadPoolExecutor(1) as beside:
        other = beside.submit(run_python, "-c", COUNT_MANY, str(library.folder), mine.id, tests=True)
        while not other.done() and not evidence_of(library.find(mine.id).strategy, MODEL, "pdf").uses:
            time.sleep(0.01)
        count_many(library.folder, mine.id)
    assert other.result().stderr == ""
    assert evidence_of(library.find(mine.id).strategy, MODEL, "pdf").uses == 20
    assert sorted(path.suffix for path in library.folder.iterdir() if not path.name.startswith(".")) == [".json"]


def test_no_text_of_anyone_is_kept(library):
    """What is kept of a strategy is numbers and words of closed sets beside its name and note."""
    path = library.folder / f"{library.add(strategy(), seen=UNSEEN).held.strategy.id}.json"
    kept = json.loads(path.read_text())
    assert set(kept) == {"strategy", "standing", "reason", "added", "unseen", "seen"}
