"""The ledger: nothing is computed twice, a stopped experiment goes on, and time is kept to."""

import pytest

from rao_cli.bench.transfer.ledger import Key, LateError, Ledger, Made
from rao_cli.errors import InputError, RaoError
from tests.bench.transfer.making import outcome, spent

KEY = Key(task="t0", way="default", model="m")


def never():
    """Fail, as what must not be computed again."""
    raise AssertionError


def test_an_outcome_is_computed_once(tmp_path):
    """What is known is returned as it was, also by a ledger that is opened on the same file."""
    ledger = Ledger(tmp_path / "o")
    assert ledger.outcome(KEY, outcome) == outcome()
    assert ledger.outcome(KEY, never) == Ledger(tmp_path / "o").outcome(KEY, never) == outcome()
    assert ledger.fresh == 1


def test_what_was_made_is_kept_beside_outcomes(tmp_path):
    """A strategy under the same key as an outcome is another thing, and both come back."""
    made = Made(key=KEY, made="{}", spent=spent(7))
    ledger = Ledger(tmp_path / "o")
    ledger.outcome(KEY, outcome)
    ledger.made(KEY, lambda: made)
    again = Ledger(tmp_path / "o")
    assert again.made(KEY, never).spent.tokens == 7
    assert again.outcome(KEY, never).right


def test_a_line_that_was_cut_off_is_computed_again(tmp_path):
    """A process that was killed while it wrote costs one outcome, and the next line is whole."""
    path = tmp_path / "o"
    Ledger(path).outcome(KEY, outcome)
    path.write_text(path.read_text("utf-8")[:-30], "utf-8")
    other = KEY.model_copy(update={"task": "t1"})
    ledger = Ledger(path)
    ledger.outcome(other, lambda: outcome(1))
    assert ledger.outcome(KEY, outcome).right
    assert ledger.fresh == 2
    assert Ledger(path).outcome(other, never).source == "s1"


def test_late_is_late_for_what_is_new_only():
    """After the time is over what is known is told, and nothing is begun."""
    ledger = Ledger(None, seconds=0)
    with pytest.raises(LateError):
        ledger.outcome(KEY, never)
    with pytest.raises(LateError):
        ledger.made(KEY, never)
    assert ledger.fresh == 0


def test_without_an_end_time_does_not_matter():
    """A ledger without seconds computes everything."""
    assert Ledger(None).outcome(KEY, outcome).right


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    """A folder in place of the file is told with what to do."""
    with pytest.raises(InputError, match="cannot read"):
        Ledger(tmp_path)


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    """A folder that is not there is found out at the first outcome, before hours are lost."""
    with pytest.raises(RaoError, match="cannot write"):
        Ledger(tmp_path / "none" / "o").outcome(KEY, outcome)


def test_other_files_hold_no_outcomes(tmp_path):
    """Lines that are something else are passed over."""
    path = tmp_path / "o"
    path.write_text('{"key": 1}\n[]\nplain\n', "utf-8")
    assert Ledger(path).outcome(KEY, outcome).right
