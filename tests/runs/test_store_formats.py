"""Files of every format that was released are read and brought to that of today; later ones are refused."""

import json
import sqlite3
import threading
from hashlib import blake2b

import pytest

from rao_cli.errors import InputError, RaoError
from rao_cli.runs.store import FORMAT, MIGRATIONS, DamageError, RunFile
from tests.runs.making import closed, finished, kept, opened, started
from tests.runs.storing import EVENTS, changed, filled


@pytest.fixture
def path(tmp_path):
    """Return where a run's file goes."""
    return tmp_path / "run.sqlite3"


FIRST = (
    ("run_started", "", started()),
    ("agent_opened", "1", opened("1")),
    ("agent_closed", "1", closed("1")),
    ("run_finished", "", finished()),
)


def digest(body):
    """Return the digest that every format so far has used."""
    return blake2b(body, digest_size=16).digest()


def written(path, number):
    """Make the file that the release of a format wrote, without the code of today."""
    connection = sqlite3.connect(path)
    for script in MIGRATIONS[:number]:
        connection.executescript(script)
    body = kept().model_dump_json().encode()
    connection.execute("INSERT INTO kept VALUES ('run', ?, ?)", (body, digest(body)))
    for seq, (kind, agent, event) in enumerate(FIRST, start=1):
        body = b"-" + event.model_dump_json(by_alias=True).encode()
        seal = digest(json.dumps([seq, 1, kind, agent]).encode() + body)
        row = (seq, 1, kind, agent, body, seal)
        connection.execute("INSERT INTO event (seq, attempt, type, agent, body, digest) VALUES (?,?,?,?,?,?)", row)
    connection.execute(f"PRAGMA user_version = {number}")
    connection.commit()
    connection.close()


def formats(path):
    """Return the format of a file and the tables and indexes that it has."""
    connection = sqlite3.connect(path)
    made = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return version, made


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_a_file_of_each_format_is_read(path, tmp_path, number):
    """What a release wrote, this one reads whole, and brings to the format of a new file."""
    written(path, number)
    with RunFile(path) as file:
        assert file.kept() == kept()
        contents = file.contents()
        assert ([stored.event for stored in contents.events], contents.damaged) == ([row[2] for row in FIRST], 0)
        file.add(2, EVENTS)
        assert file.attempts() == 2
        file.check()
    filled(tmp_path / "new.sqlite3")
    assert formats(path) == formats(tmp_path / "new.sqlite3")
    assert formats(path)[0] == FORMAT == len(MIGRATIONS)


def test_released_formats_stay_as_they_are():
    """A migration that files were made with is never changed; a new format is a new migration at the end."""
    digests = ("7e202a",)
    found = tuple(digest(" ".join(script.split()).encode()).hex()[:6] for script in MIGRATIONS)
    assert found[: len(digests)] == digests
    assert len(found) == len(digests), "add the digest of the new migration here"


def test_a_later_format_is_refused_in_a_line(path):
    """A file of a later version is left alone and the message says so."""
    filled(path)
    changed(path, f"PRAGMA user_version = {FORMAT + 1}")
    before = path.read_bytes()
    with pytest.raises(InputError, match=f"later version of rao .format {FORMAT + 1}") as refused:
        RunFile(path)
    assert not isinstance(refused.value, DamageError)
    assert refused.value.message.isprintable()
    assert path.read_bytes() == before


def test_a_migration_that_fails_changes_nothing(path):
    """A file whose migration is refused stays what it was."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE content (other TEXT)")
    connection.close()
    before = formats(path)
    with pytest.raises(RaoError, match="content"):
        RunFile(path)
    assert formats(path) == before


def test_two_may_make_a_file_at_once(tmp_path):
    """Of several that open a new file at the same moment none fails."""
    for number in range(20):
        path, faults = tmp_path / f"{number}.sqlite3", []
        gate = threading.Barrier(4)

        def make(path=path, gate=gate, faults=faults):
            gate.wait()
            try:
                RunFile(path).close()
            except RaoError as error:
                faults.append(error.message)

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
