"""The user's own models: kept whole, never lost silently, and found after the catalogue's."""

import json
import os
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.errors import ModelError, RaoError, UsageError
from rao_cli.models.registry import Entry, Registry, change_registry, check_name, name_for, read_registry

MINE = Entry(path="/models/mine.gguf")
NAMES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True)
ENTRIES = st.builds(Entry, path=st.text(st.characters(exclude_categories=["Cs"]), min_size=1), source=st.text())


def add(folder, name="mine", entry=MINE):
    """Put one model into the registry."""
    return change_registry(folder, lambda registry: registry.with_entry(name, entry))


def names(folder):
    """Return the names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_missing_registry_is_empty(tmp_path):
    """Before anything was added there is no file, and nothing in it."""
    assert read_registry(tmp_path / "none") == Registry()


def test_what_is_added_is_read_back(tmp_path):
    """A model and a default survive the process."""
    add(tmp_path)
    change_registry(tmp_path, lambda registry: registry.with_default("mine"))
    assert read_registry(tmp_path) == Registry(default="mine", models={"mine": MINE})


@given(st.dictionaries(NAMES, ENTRIES, max_size=4), st.none() | NAMES)
def test_any_registry_survives_its_file(tmp_path_factory, models, default):
    """Whatever paths and sources are in it, what is read is what was written."""
    folder = tmp_path_factory.mktemp("data")
    registry = Registry(models=models, default=default)
    change_registry(folder, lambda _: registry)
    assert read_registry(folder) == registry


def test_the_file_is_the_owners_alone(tmp_path):
    """The folder and the file can be read by nobody else, and nothing else is left in the folder."""
    folder = tmp_path / "data"
    add(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "models.json").stat().st_mode & 0o777 == 0o600
    assert names(folder) == ["models.json", "models.lock"]


def test_a_forgotten_model_is_no_default(tmp_path):
    """Removing the default makes the catalogue's the default again; others stay."""
    add(tmp_path)
    add(tmp_path, "other")
    change_registry(tmp_path, lambda registry: registry.with_default("mine"))
    after = change_registry(tmp_path, lambda registry: registry.without("mine"))
    assert after == Registry(models={"other": MINE})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "damaged"),
        (b"{", "damaged"),
        (b"null", "damaged"),
        (b"\xff\xfe", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b'{"schema": "rao.models/1", "models": {"a": {}}}', "models.a.path"),
        (b'{"schema": "rao.models/1", "models": {"a": {"path": 3}}}', "models.a.path"),
        (b'{"schema": "rao.models/1", "strange": 1}', "strange"),
        (b'{"schema": "rao.models/2"}', "another version of rao"),
        (b'{"schema": "rao.models/1"}' + b" " * (1 << 20), "larger than 1 MB"),
        (b'{"schema": "\x1b[2J"}', "damaged"),
    ],
)
def test_a_damaged_registry_is_an_error_and_stays(tmp_path, content, why):
    """Damage is told with the file's name and a way out; a change does not replace the file."""
    path = tmp_path / "models.json"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=why) as caught:
        read_registry(tmp_path)
    assert str(path) in caught.value.message + caught.value.hint
    assert caught.value.message.isprintable()
    with pytest.raises(ModelError):
        add(tmp_path)
    assert path.read_bytes() == content


def test_a_registry_that_cannot_be_read_is_an_error(tmp_path):
    """A folder in the file's place is told."""
    (tmp_path / "models.json").mkdir()
    with pytest.raises(ModelError, match="cannot read the list of your models"):
        read_registry(tmp_path)


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    """A file in the folder's place is told."""
    (tmp_path / "data").write_text("")
    with pytest.raises(RaoError, match="cannot write the list of your models"):
        add(tmp_path / "data")


def test_a_full_disk_keeps_the_old_registry(tmp_path):
    """A write that fails half-way leaves the registry as it was, and nothing beside it."""
    add(tmp_path)
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from rao_cli.models.registry import Entry, change_registry\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))\n"
        "entry = Entry(path='/' + 'x' * 500)\n"
        "change_registry(Path(sys.argv[1]), lambda registry: registry.with_entry('b', entry))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "cannot write the list of your models: file too large" in done.stderr
    assert read_registry(tmp_path) == Registry(models={"mine": MINE})
    assert names(tmp_path) == ["models.json", "models.lock"]


ADD = (
    "import sys\n"
    "from pathlib import Path\n"
    "from rao_cli.models.registry import Entry, change_registry\n"
    "for n in range(10):\n"
    "    change_registry(Path(sys.argv[1]), lambda r: r.with_entry(f'{sys.argv[2]}{n}', Entry(path='/x')))\n"
)


def test_two_processes_lose_nothing(tmp_path):
    """Models added by several processes at once are all there."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-P", "-c", ADD, str(tmp_path)]
    running = [subprocess.Popen([*command, name], env=environment) for name in "ab"]
    assert [process.wait() for process in running] == [0, 0]
    assert len(read_registry(tmp_path).models) == 20


CHANGE = (
    "import sys\n"
    "from pathlib import Path\n"
    "from rao_cli.models.registry import Entry, change_registry\n"
    "print('ready', flush=True)\n"
    "for n in range(100_000):\n"
    "    entry = Entry(path='/' + 'x' * (n % 5000 + 1))\n"
    "    change_registry(Path(sys.argv[1]), lambda r: r.with_entry(f'm{n % 7}', entry))\n"
)


def test_a_kill_at_any_moment_leaves_a_whole_registry(tmp_path):
    """After SIGKILL amid changes the registry is whole, can be changed, and little lies beside it."""
    add(tmp_path)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for number in range(6):
        with subprocess.Popen(
            [sys.executable, "-P", "-c", CHANGE, str(tmp_path)], env=environment, stdout=subprocess.PIPE
        ) as process:
            process.stdout.readline()
            time.sleep(0.003 * number + 0.001)
            process.kill()
        assert read_registry(tmp_path).models["mine"] == MINE
        add(tmp_path, f"after{number}")
    assert len([name for name in read_registry(tmp_path).models if name.startswith("after")]) == 6
    assert set(names(tmp_path)) <= {"models.json", "models.lock", ".models.json.new"}


def test_a_reader_never_sees_half_a_registry(tmp_path):
    """While another process changes it, every reading succeeds."""
    add(tmp_path)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-P", "-c", CHANGE, str(tmp_path)], env=environment, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        seen = [read_registry(tmp_path) for _ in range(300)]
        process.kill()
    assert all(registry.models["mine"] == MINE for registry in seen)


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "rm", "default"]), st.sampled_from(["a", "b", "c"])), max_size=12
)


@given(STEPS)
def test_the_default_is_always_there(tmp_path_factory, steps):
    """Whatever is added, removed and chosen in whichever order, a removed model is no default."""
    folder = tmp_path_factory.mktemp("data")
    there, chosen = set(), None
    for step, name in steps:
        if step == "add":
            add(folder, name)
            there.add(name)
        elif step == "rm":
            change_registry(folder, lambda registry, name=name: registry.without(name))
            there.discard(name)
            chosen = None if chosen == name else chosen
        elif name in there:
            change_registry(folder, lambda registry, name=name: registry.with_default(name))
            chosen = name
    after = read_registry(folder)
    assert (set(after.models), after.default) == (there, chosen)
    assert after.default is None or after.default in after.models


def test_the_file_is_versioned_json(tmp_path):
    """Other programs can read the file and see its version."""
    add(tmp_path)
    assert json.loads((tmp_path / "models.json").read_text())["schema"] == "rao.models/1"


@pytest.mark.parametrize("name", ["qwen", "Qwen3-4B", "a.b_c", "x" * 64])
def test_plain_names_are_taken(name):
    """Letters, digits, dots, dashes and underscores, in small letters."""
    assert check_name(name) == name.lower()


@pytest.mark.parametrize(
    "name", ["", "-x", ".x", "a/b", "a b", "a\\b", "..", "x.gguf", "X.GGUF", "a\x1b[2J", "é", "x" * 65, "hf:a"]
)
def test_names_that_could_be_something_else_are_refused(name):
    """A name that looks like a path, an option or nothing is a usage error."""
    with pytest.raises(UsageError, match="cannot be a model's name") as caught:
        check_name(name)
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    ("file", "name"),
    [("Qwen3-4B-Q4_K_M.gguf", "qwen3-4b-q4_k_m"), ("my model (2).GGUF", "my-model-2"), ("日本.gguf", "model")],
)
def test_names_are_made_of_files(file, name):
    """A file's name becomes a model's name."""
    assert name_for(file) == name


@given(st.text(max_size=200))
def test_any_file_gives_a_name(file):
    """Whatever a file is called, the name made of it is a valid one."""
    for name in (name_for(file), name_for(file + ".gguf"), name_for(f"a.gguf{file}")):
        assert check_name(name) == name
