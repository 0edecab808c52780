"""What was worked out of a content is worked out once, and a damaged or locked file costs only time."""

import sqlite3
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.context import Context
from rao_cli.documents.kinds import read_files
from rao_cli.documents.load import open_sources
from rao_cli.documents.memo import FILE_NAME, KeptCounts, Memo, memo_key
from rao_cli.documents.store import Store
from rao_cli.documents.walk.folder import list_files, read_folder
from rao_cli.documents.workers import Workers

KEY = memo_key("test", b"content")


class Counting:
    """Counts words and how often it was asked."""

    def __init__(self):
        self.asked = 0

    def __call__(self, text):
        self.asked += 1
        return len(text.split())


def kept(path, key=KEY):
    """Return what a file has under a key, opened anew."""
    with Memo(path) as memo:
        return memo.get(key)


def keep(path, value=b"value", key=KEY):
    """Write a value to a file."""
    with Memo(path) as memo:
        memo.put(key, value)


def test_a_value_is_there_the_next_time(tmp_path):
    """What was kept is read back by another memo on the same file."""
    keep(tmp_path / "m", b"\x00found")
    assert kept(tmp_path / "m") == b"\x00found"


def test_a_value_is_there_at_once(tmp_path):
    """What was kept is found before it is written."""
    with Memo(tmp_path / "m") as memo:
        memo.put(KEY, b"value")
        assert memo.get(KEY) == b"value"
        assert memo.get(memo_key("other")) is None


def test_objects_come_back_as_they_were(tmp_path):
    """A JSON object survives, whatever its text."""
    value = {"sections": [["def", "naïve", 0, 3, []]], "uses": "a 1 b 2"}
    with Memo(tmp_path / "m") as memo:
        memo.keep(KEY, value)
    with Memo(tmp_path / "m") as memo:
        assert memo.found(KEY) == value


@pytest.mark.parametrize("value", [b"", b"no zlib", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_what_is_no_object_is_a_miss(tmp_path, value):
    """A row that is sound and holds something else is not taken for an object."""
    keep(tmp_path / "m", value)
    with Memo(tmp_path / "m") as memo:
        assert memo.found(KEY) is None


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_keys_tell_their_parts_apart(first, second):
    """Equal keys have equal parts: where one part ends and the next begins counts."""
    assert (memo_key(*first) == memo_key(*second)) == (first == second)


def test_only_the_owner_reads_it(tmp_path):
    """The file may hold text of documents, so nobody else may read it."""
    keep(tmp_path / "m")
    assert (tmp_path / "m").stat().st_mode & 0o077 == 0


def test_a_damaged_row_is_a_miss(tmp_path):
    """A row whose value was changed is as if it were not there."""
    keep(tmp_path / "m")
    with sqlite3.connect(tmp_path / "m") as connection:
        connection.execute("UPDATE memo SET value = ?", (b"valuf",))
    connection.close()
    assert kept(tmp_path / "m") is None


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_damaged_file_is_begun_again(tmp_path, damage):
    """A file that is no database costs what it held, and the next memo works."""
    path = tmp_path / "m"
    path.write_bytes(damage)
    assert kept(path) is None
    keep(path)
    keep(path)
    assert kept(path) == b"value"


def test_a_folder_that_is_missing_costs_the_keeping(tmp_path):
    """Without a place to write, everything is a miss and nothing is raised."""
    keep(tmp_path / "none" / "m")
    assert kept(tmp_path / "none" / "m") is None


def test_the_oldest_go_first(tmp_path):
    """Above its size the file loses what was kept first, and keeps what was kept last."""
    path = tmp_path / "m"
    keys = [memo_key(str(number)) for number in range(60)]
    with Memo(path, largest=200_000) as memo:
        for number, key in enumerate(keys):
            memo.put(key, number.to_bytes(1) * 10_000)
            memo.close()
    assert kept(path, keys[0]) is None
    assert kept(path, keys[-1]) == bytes([59]) * 10_000


def test_threads_share_a_memo(tmp_path):
    """Values put by several threads at once are all there."""
    with Memo(tmp_path / "m") as memo:

        def work(first):
            for number in range(first, first + 50):
                memo.put(memo_key(str(number)), b"v")
                memo.get(memo_key(str(number - 1)))

        threads = [threading.Thread(target=work, args=(50 * n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with Memo(tmp_path / "m") as memo:
        assert all(memo.get(memo_key(str(number))) for number in range(200))


def test_tokens_are_counted_once(tmp_path):
    """A passage that was counted is not counted again, by another memo neither; another model counts itself."""
    for identity, asked in (("model", 1), ("model", 0), ("other", 1)):
        count = Counting()
        with Memo(tmp_path / "m") as memo:
            counts = KeptCounts(count, identity, memo)
            assert [counts("one two three"), counts("one two three")] == [3, 3]
        assert count.asked == asked


def code_folder(path, files=12):
    """Make a folder of source files."""
    path.mkdir()
    for number in range(files):
        (path / f"part{number}.py").write_text(f"def part_{number}(a):\n    return a + {number}\n\n" * 300)
    return path


class Counted(Workers):
    """Workers that note their jobs."""

    def __init__(self, memo):
        super().__init__(1, memo=memo)
        self.jobs = []

    def _run(self, task, *rest):
        self.jobs.append(task)
        return super()._run(task, *rest)


def parsed(folder, cache):
    """Read a folder; return the document and the jobs that worker processes had."""
    with Memo(cache) as memo, Counted(memo) as workers:
        context = Context(workers=workers)
        document = read_folder(folder, list_files(folder, context.options), context, read_files)
        return document, workers.jobs


def test_unchanged_source_files_are_not_parsed_again(tmp_path):
    """After an edit one file is parsed, and the document is the one that reading everything gives."""
    folder = code_folder(tmp_path / "src")
    cache = tmp_path / "m"
    _, jobs = parsed(folder, cache)
    assert jobs
    (folder / "part3.py").write_text("def changed(b):\n    return b\n" * 100)
    document, jobs = parsed(folder, cache)
    assert len(jobs) == 1
    assert document.code == open_sources([str(folder)]).code
    assert document.root == open_sources([str(folder)]).root
    _, jobs = parsed(folder, cache)
    assert jobs == []


def test_a_moved_folder_is_not_parsed_again(tmp_path):
    """What a parser found goes by the content, wherever the file lies."""
    folder, cache = code_folder(tmp_path / "src"), tmp_path / "m"
    parsed(folder, cache)
    document, jobs = parsed(folder.rename(tmp_path / "moved"), cache)
    assert jobs == []
    assert document.origins[0].path.endswith("moved/part0.py")


def test_what_needs_a_password_is_not_remembered(tmp_path):
    """What a parser finds behind a password is nowhere on disk."""
    with Memo(tmp_path / "m") as memo, Workers(1, memo=memo) as workers:
        for password, rows in ((None, 1), ("secret", 1)):
            workers.run("html", b"<p>words</p>", {"password": password}, shown="page.html")
            memo.close()
            connection = sqlite3.connect(tmp_path / "m")
            assert connection.execute("SELECT count(*) FROM memo").fetchone()[0] == rows
            connection.close()


def test_clearing_the_cache_removes_it(tmp_path):
    """The memo goes with the other things that are kept of documents."""
    keep(tmp_path / FILE_NAME)
    Store(tmp_path).clear()
    assert list(tmp_path.iterdir()) == []
