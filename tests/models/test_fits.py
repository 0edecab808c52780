"""Fits on the disk: found again, never half-written, and worth nothing when they are damaged."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.engine.fit import Fit
from rao_cli.engine.template import PLAIN
from rao_cli.errors import ModelError
from rao_cli.models.choose import Measured
from rao_cli.models.fits import (
    FittedModel,
    Kept,
    alone,
    clear_fits,
    content_digest,
    keep_weights,
    known_digest,
    load_fit,
    save_fit,
    sweep,
    work_folder,
)
from tests.engine.tiny import write_tiny

KEY = "k" * 32
OLD = time.time() - 100_000


def kept(source: Path, **changes: object) -> Kept:
    """Return something to keep."""
    fitted = FittedModel(
        source, Fit(threads=2), PLAIN, measured=(Measured("threads", "2", 1.5, 2.5),), reasons=("a",)
    )
    return Kept(replace(fitted, **changes), str(source))  # type: ignore[arg-type]


def test_fit_comes_back_as_it_was(tmp_path: Path) -> None:
    """What is saved is loaded, with measurements, reasons and chat format."""
    save_fit(tmp_path, KEY, kept(tmp_path / "m.gguf", merged=True))
    assert load_fit(tmp_path, KEY) == kept(tmp_path / "m.gguf", merged=True)


def test_infinite_divergence_is_kept(tmp_path: Path) -> None:
    """A measurement that failed altogether does not make the file unreadable."""
    one = kept(tmp_path / "m.gguf", measured=(Measured("weights", "q4_0", 1.0, 1.0, float("inf")),))
    save_fit(tmp_path, KEY, one)
    assert load_fit(tmp_path, KEY) == one


def test_files_are_private(tmp_path: Path) -> None:
    """Nobody else can read or write what is kept."""
    save_fit(tmp_path, KEY, kept(tmp_path))
    assert (tmp_path / f"{KEY}.json").stat().st_mode & 0o077 == 0
    with work_folder(tmp_path) as work:
        assert work.stat().st_mode & 0o077 == 0
        (work / "x").write_bytes(b"x")
        place, _ = keep_weights(tmp_path, work / "x", "name")
    assert place.stat().st_mode & 0o077 == 0


def test_nothing_kept_is_none(tmp_path: Path) -> None:
    """A key that was never saved has no fit."""
    assert load_fit(tmp_path, KEY) is None


BAD = {
    "empty": b"",
    "no JSON": b"\x00\xff",
    "a list": b"[]",
    "a number": b"7",
    "deep": b"[" * 100_000,
    "another version": json.dumps({"format": 0}).encode(),
    "no fields": json.dumps({"format": 1}).encode(),
    "huge": b" " * (2 << 20),
}


@pytest.mark.parametrize("case", BAD)
def test_damaged_file_counts_as_none(tmp_path: Path, case: str) -> None:
    """Whatever the file holds, it is a fit of ours or nothing."""
    (tmp_path / f"{KEY}.json").write_bytes(BAD[case])
    assert load_fit(tmp_path, KEY) is None


@pytest.mark.parametrize(
    "change",
    [{"threads": 0}, {"threads": 10**9}, {"parallel": -1}, {"batch": "x"}, {"kv_type": "q2"}, {"gpu_layers": -5}],
)
def test_impossible_numbers_count_as_none(tmp_path: Path, change: dict[str, object]) -> None:
    """A fit that no machine has is not used."""
    save_fit(tmp_path, KEY, kept(tmp_path))
    path = tmp_path / f"{KEY}.json"
    data = json.loads(path.read_text())
    data["fitted"]["fit"] |= change
    path.write_text(json.dumps(data))
    assert load_fit(tmp_path, KEY) is None


@given(st.integers(0, 500), st.binary(min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_is_a_fit_or_none(tmp_path: Path, place: int, change: bytes) -> None:
    """Whatever bytes are overwritten, loading returns a fit or None."""
    save_fit(tmp_path, KEY, kept(tmp_path))
    path = tmp_path / f"{KEY}.json"
    data = bytearray(path.read_bytes())
    data[place : place + len(change)] = change
    path.write_bytes(data)
    assert isinstance(load_fit(tmp_path, KEY), Kept | None)


def converted(folder: Path) -> Kept:
    """Keep a tiny model as if it had been converted."""
    with work_folder(folder) as work:
        place, digest = keep_weights(folder, write_tiny(work / "bf16.gguf"), "digest-bf16")
    one = replace(kept(folder / "original.gguf"), fitted=kept(place).fitted, digest=digest)
    save_fit(folder, KEY, one)
    return one


def test_converted_weights_are_found(tmp_path: Path) -> None:
    """Converted weights are where the fit says, and nothing else is left of making them."""
    one = converted(tmp_path)
    assert load_fit(tmp_path, KEY) == one
    assert list((tmp_path / "models").iterdir()) == [one.fitted.path]


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "empty", "folder"])
def test_damaged_weights_are_noticed(tmp_path: Path, damage: str) -> None:
    """Converted weights that are cut, changed in one byte or missing are not used."""
    path = converted(tmp_path).fitted.path
    data = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "gone":
        middle = len(data) // 2
        changed = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        path.write_bytes({"cut": data[:-100], "changed": changed, "empty": b""}[damage])
    assert load_fit(tmp_path, KEY) is None


def test_digest_is_of_the_whole_content(tmp_path: Path) -> None:
    """Two files that differ in one byte in the middle have other digests, two equal ones the same."""
    data = os.urandom(5_000_000)
    for name, content in (("a", data), ("b", data), ("c", data[:2_000_000] + b"!" + data[2_000_001:])):
        (tmp_path / name).write_bytes(content)
    first, second, third = (content_digest(tmp_path / name, tmp_path) for name in "abc")
    assert first == second != third


def test_digest_is_remembered(tmp_path: Path) -> None:
    """A file is read once: the note of its digest is believed as long as the file stays as it is."""
    model = write_tiny(tmp_path / "m.gguf")
    content_digest(model, tmp_path)
    [note] = tmp_path.glob("*.digest")
    note.write_text("0" * 64)
    assert content_digest(model, tmp_path) == "0" * 64
    data = model.read_bytes()
    model.write_bytes(data)
    assert content_digest(model, tmp_path) != "0" * 64


@pytest.mark.parametrize("note", ["", "short", "\xff"])
def test_damaged_note_is_not_believed(tmp_path: Path, note: str) -> None:
    """A note that is no digest means reading the file again."""
    model = write_tiny(tmp_path / "m.gguf")
    digest = content_digest(model, tmp_path)
    [path] = tmp_path.glob("*.digest")
    path.write_text(note, "latin-1")
    assert known_digest(model, tmp_path) == ""
    assert content_digest(model, tmp_path) == digest == known_digest(model, tmp_path)


def test_digest_of_nothing_is_an_error(tmp_path: Path) -> None:
    """A file that cannot be read is a ModelError."""
    with pytest.raises(ModelError, match="cannot read"):
        content_digest(tmp_path / "none", tmp_path)


def test_work_is_removed_when_it_fails(tmp_path: Path) -> None:
    """Files on their way do not stay after an interruption."""

    def fail() -> None:
        with work_folder(tmp_path) as work:
            (work / "half.gguf").write_bytes(b"x" * 1000)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list((tmp_path / "models").iterdir()) == []


def test_sweep_removes_what_belongs_to_no_model(tmp_path: Path) -> None:
    """Fits of models that are gone go, with their weights and whatever was abandoned."""
    one = converted(tmp_path)
    abandoned = tmp_path / "models" / "making-abc"
    abandoned.mkdir()
    for path in (one.fitted.path, abandoned):
        os.utime(path, (OLD, OLD))
    sweep(tmp_path)
    assert list((tmp_path / "models").iterdir()) == []
    assert load_fit(tmp_path, KEY) is None


def test_sweep_spares_what_is_used_or_new(tmp_path: Path) -> None:
    """Weights of a model that exists stay, and what another process has just begun."""
    one = converted(tmp_path)
    write_tiny(tmp_path / "original.gguf")
    os.utime(one.fitted.path, (OLD, OLD))
    begun = tmp_path / "models" / "making-abc"
    begun.mkdir()
    sweep(tmp_path)
    assert load_fit(tmp_path, KEY) == one
    assert begun.exists()


def test_fit_that_nobody_uses_goes(tmp_path: Path) -> None:
    """After 60 days without use a fit is removed; using it starts the time again."""
    write_tiny(tmp_path / "original.gguf")
    one = kept(tmp_path / "original.gguf")
    save_fit(tmp_path, KEY, one)
    for used in (True, False):
        os.utime(tmp_path / f"{KEY}.json", (OLD - 60 * 86_400,) * 2)
        assert not used or load_fit(tmp_path, KEY) == one
        sweep(tmp_path)
        assert (tmp_path / f"{KEY}.json").exists() == used


def test_clear_counts_what_goes(tmp_path: Path) -> None:
    """Clearing deletes fits, notes and weights, tells how many bytes, and touches nothing else."""
    one = converted(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    count, size = clear_fits(tmp_path)
    assert count == 3
    assert size > 100_000
    assert not one.fitted.path.exists()
    assert (tmp_path / "notes.txt").exists()


def test_clear_of_nothing(tmp_path: Path) -> None:
    """Clearing a folder that was never made is no error."""
    assert clear_fits(tmp_path / "none") == (0, 0)


def test_lock_waits_its_time(tmp_path: Path) -> None:
    """A second process waits for the first, but not for ever."""
    with alone(tmp_path, 0):
        started = time.monotonic()
        with alone(tmp_path, 0.3):
            assert time.monotonic() - started >= 0.3
    started = time.monotonic()
    with alone(tmp_path, 5):
        assert time.monotonic() - started < 1


def test_what_a_killed_process_had_begun_goes(tmp_path: Path) -> None:
    """Who holds the lock knows that nobody else is making anything, and removes what lies there half-made."""
    begun = tmp_path / "models" / "making-abc"
    begun.mkdir(parents=True)
    (begun / "bf16.gguf").write_bytes(b"x" * 1000)
    with alone(tmp_path, 0):
        assert not begun.exists()


def test_lock_needs_no_folder(tmp_path: Path) -> None:
    """Where no lock can be made, work goes on without."""
    with alone(tmp_path / "none", 1):
        pass
