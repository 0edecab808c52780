"""A run's file that was damaged: what is sound is read, what is not is counted or refused in one line."""

import json
import random
import zlib
from hashlib import blake2b

import pytest

from rao_cli.agent.events import ModelCalled
from rao_cli.errors import RaoError
from rao_cli.runs.store import DamageError, RunFile
from tests.runs.making import acted, called, kept
from tests.runs.storing import EVENTS, changed, filled, read


@pytest.fixture
def path(tmp_path):
    """Return where a run's file goes."""
    return tmp_path / "run.sqlite3"


@pytest.mark.parametrize("column", ["attempt", "type", "agent", "body", "digest"])
@pytest.mark.parametrize("value", [b"\xff\xfe", "other", 7, 0.5, ""])
def test_a_damaged_row_is_left_out_and_counted(path, column, value):
    """Whatever a field of a row is changed to, that event is not read, the others are, and the count says so."""
    filled(path)
    changed(path, f"UPDATE event SET {column} = ? WHERE seq = 3", value)
    events, damaged = read(path)
    assert events == [*EVENTS[:2], *EVENTS[3:]]
    assert damaged == 1


def test_rows_that_changed_places_are_noticed(path):
    """An event that stands at another's place is not read."""
    filled(path)
    changed(path, "UPDATE event SET seq = -seq WHERE seq IN (2, 4)")
    changed(path, "UPDATE event SET seq = 6 + seq WHERE seq < 0")
    events, damaged = read(path)
    assert (len(events), damaged) == (len(EVENTS) - 2, 2)


@pytest.mark.parametrize(("gone", "missing"), [((1,), 1), ((2, 5), 2), (tuple(range(1, 7)), 6)])
def test_a_gap_is_counted(path, gone, missing):
    """Rows that are missing before the last are known to be."""
    filled(path)
    for seq in gone:
        changed(path, "DELETE FROM event WHERE seq = ?", seq)
    events, damaged = read(path)
    assert damaged == missing
    assert events == [event for seq, event in enumerate(EVENTS, start=1) if seq not in gone]


@pytest.mark.parametrize("body", [b"", b"-other", b"zother", b"x", None, "text", 5])
def test_a_damaged_text_takes_its_calls_with_it(path, body):
    """A call whose prompt is damaged or missing is not read as another one."""
    filled(path)
    if body is None:
        changed(path, "DELETE FROM content WHERE body = ?", b"-view")
    else:
        changed(path, "UPDATE content SET body = ? WHERE body = ?", body, b"-view")
    events, damaged = read(path)
    assert (events, damaged) == ([event for event in EVENTS if not isinstance(event, ModelCalled)], 1)


def test_a_text_that_would_fill_the_memory_is_damage(path):
    """A few kilobytes that unpack to more than any event has are not unpacked."""
    filled(path)
    packing = zlib.compressobj(1)
    bomb = b"z" + b"".join(packing.compress(bytes(1 << 20)) for _ in range(257)) + packing.flush()
    changed(path, "UPDATE content SET body = ? WHERE body = ?", bomb, b"-view")
    assert read(path)[1] == 1


@pytest.mark.parametrize("column", ["body", "digest"])
@pytest.mark.parametrize("value", [b"", b"{}", "text", 5, b"[" * 100_000])
def test_a_damaged_record_of_what_was_asked_is_refused(path, column, value):
    """Without a sound record the run is called damaged, in one line that says what to do."""
    filled(path)
    changed(path, f"UPDATE kept SET {column} = ?", value)
    with RunFile(path) as file, pytest.raises(DamageError, match="is damaged") as refused:
        file.kept()
    assert refused.value.hint


@pytest.mark.parametrize("body", [b"null", b"[]", b'{"run": "a"}', b"{", b"\xff", b"9" * 5_000, b"[" * 100_000])
def test_a_record_with_a_right_digest_must_be_one(path, body):
    """What somebody wrote in its place, with a digest that fits, is refused all the same."""
    filled(path)
    changed(path, "UPDATE kept SET body = ?, digest = ?", body, blake2b(body, digest_size=16).digest())
    with RunFile(path) as file, pytest.raises(DamageError, match="is damaged"):
        file.kept()


@pytest.mark.parametrize("attempt", ["last", b"1", 1.5, -1])
def test_a_row_of_no_attempt_is_damage(path, attempt):
    """An event of an attempt that is no number is not read, even with a digest that fits; the others are."""
    filled(path)
    body = b"-" + acted("1").model_dump_json().encode()
    told = attempt.decode() if isinstance(attempt, bytes) else attempt
    seal = blake2b(json.dumps([8, told, "action_taken", "1"]).encode() + body, digest_size=16).digest()
    changed(path, "INSERT INTO event VALUES (8, ?, 'action_taken', '1', ?, ?)", attempt, body, seal)
    with RunFile(path) as file:
        assert file.attempts() == 1
        contents = file.contents()
        assert contents.last() == EVENTS
        assert contents.damaged == (0 if attempt == -1 else 1)


def test_a_missing_record_is_refused(path):
    """A run that was stopped before it was kept has none."""
    with RunFile(path) as file, pytest.raises(DamageError, match="missing"):
        file.kept()


@pytest.mark.parametrize("body", [b"", b"no database at all", b"SQLite format 3\x00" + b"\xff" * 5_000])
def test_what_is_no_database_is_refused(path, body):
    """A file of something else is called damaged; an empty one is a run that has not begun."""
    path.write_bytes(body)
    if not body:
        assert read(path) == ([], 0)
        return
    with pytest.raises(DamageError, match="is damaged"):
        RunFile(path)


def test_damage_that_sqlite_finds_is_told(path):
    """A file that is sound passes its check; one with a page overwritten does not."""
    filled(path, EVENTS * 200)
    with RunFile(path) as file:
        file.check()
    data = bytearray(path.read_bytes())
    data[4096 * 6 : 4096 * 7] = b"\x0d" + bytes(4095)
    path.write_bytes(data)
    with pytest.raises(DamageError, match="is damaged"), RunFile(path) as file:
        file.check()


def uses(path):
    """Read everything that a run's file has to say."""
    with RunFile(path) as file:
        file.check()
        contents = file.contents()
        return file.kept(), file.attempts(), file.finished(), file.delivered(), contents


def said_of(path):
    """Return the message with which a file is refused, or nothing and all that it says."""
    try:
        return "", uses(path)
    except RaoError as error:
        return error.message, None


def test_flipped_bits_are_never_an_error_or_another_run(path, tmp_path):
    """With any bit flipped a file is read as it was, with events known to be missing, or refused in a line."""
    events = [*EVENTS[:-1], *(called(f"1.{n}", text=f"text {n}") for n in range(1, 40)), EVENTS[-1]]
    filled(path, events)
    sound = path.read_bytes()
    known = {repr(event) for event in events}
    dice, other, refused = random.Random(7), tmp_path / "flipped.sqlite3", 0
    for _ in range(200):
        data = bytearray(sound)
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        other.write_bytes(data)
        said, told = said_of(other)
        if told is None:
            assert said.isprintable()
            refused += 1
            continue
        asked, _, _, _, contents = told
        assert asked == kept()
        assert {repr(stored.event) for stored in contents.events} <= known
        assert len(contents.events) + contents.damaged >= len(events)
    assert 0 < refused < 200


def test_cut_files_are_never_an_error(path, tmp_path):
    """However short a file was cut, it is refused in a line, or what is left of it is read."""
    filled(path, EVENTS * 20)
    sound, other = path.read_bytes(), tmp_path / "cut.sqlite3"
    for length in range(0, len(sound), 509):
        other.write_bytes(sound[:length])
        assert said_of(other)[0].isprintable()
