"""The completion cache: hits are identical, everything that matters is in the key, damage is a miss."""

import asyncio
import contextlib
import dataclasses
import logging
import resource
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.engine.base import Completion, Message, Progress, Request, Sampling, Token
from rao_cli.engine.cache import FILE_NAME, CachedEngine, request_key
from rao_cli.engine.scripted import ScriptedEngine

BASE = Request((Message("system", ("s",)), Message("user", ("a", "b"))), 8)
VARIANTS = [
    dataclasses.replace(BASE, max_tokens=9),
    dataclasses.replace(BASE, grammar='root ::= "a"'),
    dataclasses.replace(BASE, choices=("a",)),
    dataclasses.replace(BASE, stop=("x",)),
    dataclasses.replace(BASE, sampling=Sampling(seed=1)),
    dataclasses.replace(BASE, sampling=Sampling(temperature=0.5)),
    dataclasses.replace(BASE, sampling=Sampling(top_p=0.5)),
    dataclasses.replace(BASE, sampling=Sampling(min_p=0.5)),
    dataclasses.replace(BASE, messages=(Message("system", ("s",)), Message("user", ("ab",)))),
    dataclasses.replace(BASE, messages=(Message("user", ("s",)), Message("user", ("a", "b")))),
    dataclasses.replace(BASE, messages=(Message("system", ("s", "a", "b")),)),
]


def numbered() -> ScriptedEngine:
    """Return an engine that answers every call with another text."""
    engine = ScriptedEngine(lambda _: f"answer {len(engine.requests)}, naïve \x00 \ud800 ✓")
    return engine


def run(engine: CachedEngine, request: Request = BASE) -> Completion:
    """Run one request."""
    return asyncio.run(engine.generate(request))


def test_hit_is_identical(tmp_path: Path) -> None:
    """The second answer is the first, byte for byte, with the whole prompt cached."""
    inner = numbered()
    engine = CachedEngine(inner, tmp_path)
    first, second = run(engine), run(engine)
    assert second == dataclasses.replace(first, cached_tokens=first.prompt_tokens)
    assert (len(inner.requests), engine.hits) == (1, 1)


@pytest.mark.parametrize("variant", VARIANTS)
def test_any_change_misses(tmp_path: Path, variant: Request) -> None:
    """A request that differs in one field is computed anew."""
    inner = numbered()
    engine = CachedEngine(inner, tmp_path)
    run(engine)
    run(engine, variant)
    assert len(inner.requests) == 2


def test_keys_are_all_different() -> None:
    """No two variants share a key, and the engine's identity is part of it."""
    keys = {request_key(identity, r) for identity in ("a", "b") for r in (BASE, *VARIANTS)}
    assert len(keys) == 2 * (1 + len(VARIANTS))


def test_another_model_misses(tmp_path: Path) -> None:
    """An engine with another identity does not get the first one's answer."""
    run(CachedEngine(ScriptedEngine(lambda _: "one", identity="one"), tmp_path))
    assert run(CachedEngine(ScriptedEngine(lambda _: "two", identity="two"), tmp_path)).text == "two"


def test_answers_outlive_the_engine(tmp_path: Path) -> None:
    """A new engine on the same folder finds what the old one stored."""
    first = CachedEngine(numbered(), tmp_path)
    text = run(first).text
    first.close()
    inner = numbered()
    assert run(CachedEngine(inner, tmp_path)).text == text
    assert inner.requests == []


def test_two_engines_share_a_folder(tmp_path: Path) -> None:
    """Two open engines see each other's answers and lose none."""
    left, right = CachedEngine(numbered(), tmp_path), CachedEngine(numbered(), tmp_path)

    async def both() -> None:
        requests = [dataclasses.replace(BASE, max_tokens=n) for n in range(1, 21)]
        await asyncio.gather(*(e.generate(r) for r in requests for e in (left, right)))
        left_again = [await left.generate(r) for r in requests]
        right_again = [await right.generate(r) for r in requests]
        assert left_again == right_again

    asyncio.run(both())


def test_file_is_private(tmp_path: Path) -> None:
    """The folder and the file can be read by their owner only."""
    folder = tmp_path / "cache"
    run(CachedEngine(numbered(), folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600


def test_foreign_file_is_moved_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file that is no database is kept beside, reported in the log, and a new one works."""
    path = tmp_path / FILE_NAME
    path.write_bytes(b"not a database at all" * 100)
    with caplog.at_level(logging.WARNING, "rao.cache"):
        engine = CachedEngine(numbered(), tmp_path)
        assert run(engine).text == run(engine).text
    assert "damaged" in caplog.text
    assert path.with_suffix(".damaged").read_bytes().startswith(b"not a database")


@given(st.integers(0, 12_287), st.integers(1, 255))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_flipped_byte_is_never_a_wrong_answer(tmp_path: Path, place: int, change: int) -> None:
    """Whichever byte of the file changes, the answer is the stored one or a new one, never another."""
    path = tmp_path / FILE_NAME
    path.unlink(missing_ok=True)
    first = CachedEngine(ScriptedEngine(lambda _: "the right answer"), tmp_path)
    run(first)
    first.close()
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= change
    path.write_bytes(data)
    engine = CachedEngine(ScriptedEngine(lambda _: "the right answer"), tmp_path)
    done = run(engine)
    engine.close()
    assert (done.text, done.finish) == ("the right answer", "stop")


@pytest.mark.parametrize("value", ["", "[]", "{}", "null", '{"tokens": [{}]}', '{"tokens": [], "text": 1}'])
def test_senseless_row_is_a_miss(tmp_path: Path, value: str) -> None:
    """A row that is not a completion is computed anew even when its digest is right."""
    inner = numbered()
    engine = CachedEngine(inner, tmp_path)
    run(engine)
    key = request_key(engine.identity, BASE)
    import hashlib

    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        digest = hashlib.sha256((key + value).encode()).hexdigest()
        connection.execute("UPDATE completion SET value = ?, digest = ?", (value, digest))
    connection.close()
    assert run(engine).text.startswith("answer 2")


def test_unusable_folder_means_no_cache(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where the folder cannot be made, requests are computed and the log says so."""
    (tmp_path / "file").write_text("")
    engine = CachedEngine(numbered(), tmp_path / "file" / "cache")
    with caplog.at_level(logging.WARNING, "rao.cache"):
        assert run(engine).text != run(engine).text
    assert engine.size == 0
    engine.clear()
    engine.close()


def test_locked_file_means_a_computation(tmp_path: Path) -> None:
    """Without a store the engine still answers: a closed cache is no cache."""
    engine = CachedEngine(numbered(), tmp_path)
    engine._store.close()
    assert run(engine).text.startswith("answer 1")


def test_clear_forgets(tmp_path: Path) -> None:
    """After clear every request is computed again, and the file has shrunk."""
    engine = CachedEngine(ScriptedEngine(lambda _: "word " * 5000, window=10**6), tmp_path)
    request = dataclasses.replace(BASE, max_tokens=10_000)
    run(engine, request)
    full = engine.size
    engine.clear()
    assert engine.size < full
    run(engine, request)
    assert engine.hits == 0


def test_hit_reports_the_prompt_as_read(tmp_path: Path) -> None:
    """A hit reports reading as complete, so that a tree shows it."""
    engine = CachedEngine(numbered(), tmp_path)
    prompt = run(engine).prompt_tokens
    seen: list[Progress] = []
    asyncio.run(engine.generate(BASE, seen.append))
    assert seen == [Progress("reading", prompt, prompt)]


def test_counts_window_and_identity_are_the_engines(tmp_path: Path) -> None:
    """Everything but generate is the inner engine's."""
    inner = ScriptedEngine(lambda _: "", window=99, identity="x")
    engine = CachedEngine(inner, tmp_path)
    assert (engine.window, engine.identity, engine.count_tokens("a b")) == (99, "x", 3)
    assert engine.count_prompt(BASE.messages) == inner.count_prompt(BASE.messages)


def test_awkward_values_survive(tmp_path: Path) -> None:
    """Odd characters and numbers come back unchanged."""
    engine = CachedEngine(ScriptedEngine(lambda _: ("\ud800 \x00 ✓ \u202e", -1e-300)), tmp_path)
    run(engine)
    again = run(engine)
    assert engine.hits == 1
    assert again.tokens[0] == Token("\ud800", -1e-300)


def fill(engine: CachedEngine, numbers: range) -> None:
    """Run requests that differ in their number."""
    for number in numbers:
        run(engine, numbered_request(number))


def numbered_request(number: int) -> Request:
    """Return a request that no other number has."""
    return dataclasses.replace(BASE, max_tokens=1_000, sampling=Sampling(seed=number))


def bounded(folder: Path, limit: int) -> tuple[CachedEngine, ScriptedEngine]:
    """Return an engine whose answers take some 10 KB each, in a file of limited size."""
    inner = ScriptedEngine(lambda _: "word " * 100)
    return CachedEngine(inner, folder, limit), inner


def test_file_stays_within_its_limit(tmp_path: Path) -> None:
    """However many answers are stored, the file grows no further than one answer beyond the limit."""
    engine, _ = bounded(tmp_path, 200_000)
    sizes = []
    for number in range(60):
        fill(engine, range(number, number + 1))
        sizes.append(engine.size)
    engine.close()
    assert 150_000 < max(sizes) <= 230_000


def test_least_recently_used_answer_goes_first(tmp_path: Path) -> None:
    """An answer that is asked for again and again outlives all that are not; the newest are there as well."""
    engine, inner = bounded(tmp_path, 200_000)
    for number in range(1, 80):
        fill(engine, range(number, number + 1))
        fill(engine, range(1))
    assert len(inner.requests) == 80
    fill(engine, range(75, 80))
    assert len(inner.requests) == 80
    fill(engine, range(1, 2))
    engine.close()
    assert len(inner.requests) == 81


def test_limit_below_one_answer_keeps_none(tmp_path: Path) -> None:
    """A limit smaller than a single answer means that nothing is found again, and nothing fails."""
    engine, inner = bounded(tmp_path, 1)
    fill(engine, range(3))
    fill(engine, range(3))
    engine.close()
    assert (len(inner.requests), engine.hits) == (6, 0)


def test_full_file_of_before_is_used(tmp_path: Path) -> None:
    """A file filled under a larger limit gives its answers, and shrinks in use when the next is stored."""
    first, _ = bounded(tmp_path, 10**9)
    fill(first, range(40))
    first.close()
    engine, inner = bounded(tmp_path, 100_000)
    fill(engine, range(40))
    assert inner.requests == []
    fill(engine, range(40, 41))
    fill(engine, range(40))
    engine.close()
    assert 30 <= len(inner.requests) < 42


def test_full_disk_means_a_computation(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """When the file cannot grow, requests are computed, the log says so, and earlier answers are still found."""
    engine, inner = bounded(tmp_path, 10**9)
    fill(engine, range(5))
    with resource_limit(resource.RLIMIT_FSIZE, engine.size), caplog.at_level(logging.WARNING, "rao.cache"):
        fill(engine, range(5, 10))
    fill(engine, range(5))
    assert (len(inner.requests), engine.hits) == (10, 5)
    assert "was not used: " in caplog.text
    fill(engine, range(10, 12))
    fill(engine, range(10, 12))
    engine.close()
    assert (len(inner.requests), engine.hits) == (12, 7)


@contextlib.contextmanager
def resource_limit(kind: int, value: int) -> Iterator[None]:
    """Set one of the process's limits for a while."""
    before = resource.getrlimit(kind)
    resource.setrlimit(kind, (value, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(kind, before)


OTHER_PROCESS = """
import asyncio, sys
from pathlib import Path
from rao_cli.engine.base import Message, Request
from rao_cli.engine.cache import CachedEngine
from rao_cli.engine.scripted import ScriptedEngine

inner = ScriptedEngine(lambda request: f"answer to {request.max_tokens} " + "word " * 200, window=10**6)
engine = CachedEngine(inner, Path(sys.argv[1]), int(sys.argv[2]))
for turn in range(2):
    for number in range(1000, 1060):
        done = asyncio.run(engine.generate(Request((Message("user", ("a",)),), number)))
        assert done.text.startswith(f"answer to {number} "), done.text
engine.close()
print(engine.hits)
"""


@pytest.mark.parametrize("limit", [10**9, 200_000])
def test_two_processes_share_a_file(tmp_path: Path, limit: int) -> None:
    """Two processes that read, write and evict in one file get right answers only, and the file stays sound."""
    command = [sys.executable, "-W", "error", "-c", OTHER_PROCESS, str(tmp_path), str(limit)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert limit < 10**9 or all(int(hits) >= 60 for hits in outputs)
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_killed_process_leaves_a_sound_file(tmp_path: Path) -> None:
    """A process killed while it writes costs no answer but the one it was writing."""
    command = [sys.executable, "-c", OTHER_PROCESS, str(tmp_path), "200000"]
    for milliseconds in (20, 50, 80):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            while not (tmp_path / FILE_NAME).exists() and process.poll() is None:
                time.sleep(0.001)
            time.sleep(milliseconds / 1000)
            process.kill()
    engine, inner = bounded(tmp_path, 10**9)
    fill(engine, range(3))
    fill(engine, range(3))
    engine.close()
    assert (len(inner.requests), engine.hits) == (3, 3)
    assert not (tmp_path / FILE_NAME).with_suffix(".damaged").exists()
