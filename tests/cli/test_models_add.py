"""``rao models add``: files of one's own, models that rao knows, and downloads from a hub of the test's own."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rao_cli.cli.models_add import Shown
from rao_cli.cli.terminal import Notices
from rao_cli.models.registry import Entry, change_registry, read_registry
from tests.cli.console import Screen, rao
from tests.engine.tiny import tiny_bytes, write_tiny
from tests.models.hub import COMMIT, serving

KNOWN_FILE = "Qwen/Qwen2.5-1.5B-Instruct-GGUF/qwen2.5-1.5b-instruct-q4_k_m.gguf"


@pytest.fixture
def data(tmp_path):
    """Return the folder where rao keeps what the user adds."""
    return tmp_path / "data" / "rao"


def over_the_network(hub, *argv, **options):
    """Run a command in a process of its own, which sees the test's hub only."""
    environment = {**os.environ, "HF_ENDPOINT": hub.address, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-P", "-m", "rao_cli", "models", *argv]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def finished(process):
    """Return the exit code and the output of a process that ends by itself."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def until(condition):
    """Wait until something is so, at most half a minute."""
    end = time.monotonic() + 30
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


def test_a_file_gets_a_name(tmp_path, data):
    """A file of the user's own is known by its name from then on, and stays where it is."""
    path = write_tiny(tmp_path / "My Model.gguf")
    done = rao("models", "add", path)
    assert (done.code, done.out) == (0, f"added my-model: {path}\n")
    assert "rao models default my-model" in done.err
    assert read_registry(data).models == {"my-model": Entry(path=str(path))}
    assert rao("models", "info", "MY-MODEL").code == 0


def test_a_path_is_kept_whole(tmp_path, data, monkeypatch):
    """A relative path is found from every folder."""
    write_tiny(tmp_path / "a.gguf")
    monkeypatch.chdir(tmp_path)
    assert rao("models", "add", "a.gguf", "--name", "Short", "--json").json["name"] == "short"
    assert read_registry(data).models["short"].path == str(tmp_path / "a.gguf")


def test_adding_twice_changes_nothing(tmp_path, data):
    """The same file under the same name is no error."""
    path = write_tiny(tmp_path / "a.gguf")
    assert [rao("models", "add", path).code for _ in range(2)] == [0, 0]
    assert len(read_registry(data).models) == 1


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        (("none.gguf",), 4, "No such file"),
        (("qwen3",), 4, "did you mean qwen3-4b?"),
        (("https://example.org/x.gguf",), 2, "is not a file on the hub"),
        (("https://huggingface.co/org/repo/blob/main/x.gguf", "--name", "taken"), 2, "another model called taken"),
        (("text.gguf",), 4, "is not a GGUF model file"),
        ((".",), 4, "is not a file"),
        (("good.gguf", "--name", "a/b"), 2, "cannot be a model's name"),
        (("good.gguf", "--name", "qwen3-4b"), 2, "is the name of a model that rao knows"),
        (("good.gguf", "--name", "taken"), 2, "you have another model called taken"),
        (("qwen3-4b", "--name", "x"), 2, "qwen3-4b keeps its name"),
        (("hf:org/repo",), 2, "is not a file on the hub"),
        (("hf:org/repo/../x.gguf",), 2, "is not a file on the hub"),
        (("hf:org/repo/x.gguf", "--name", "taken"), 2, "you have another model called taken"),
        ((), 2, "rao models add needs a model"),
        (("",), 2, "rao models add needs a model"),
    ],
)
def test_what_cannot_be_added_is_refused(tmp_path, data, monkeypatch, argv, code, message):
    """Each refusal is one line with a hint, and leaves the registry as it was."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.gguf").write_text("text")
    write_tiny(tmp_path / "good.gguf")
    other = Entry(path=str(write_tiny(tmp_path / "other.gguf")))
    change_registry(data, lambda own: own.with_entry("taken", other))
    done = rao("models", "add", *argv)
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert list(read_registry(data).models) == ["taken"]


def test_a_name_that_is_not_unicode_is_refused(tmp_path):
    """A path that JSON cannot hold is told so."""
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.gguf")
    with open(path, "wb") as file:  # noqa: PTH123  pathlib would do, but shows less that the name is bytes
        file.write(tiny_bytes())
    done = rao("models", "add", path)
    assert done.code == 2
    assert "is not UTF-8" in done.err


@pytest.mark.model
def test_the_embedded_model_is_there_already():
    """Adding the model that a package holds says where it is."""
    done = rao("models", "add", "smollm2")
    assert done.code == 0
    assert "smollm2 is installed already" in done.out


def test_a_download_is_added_and_used(tmp_path, data):
    """A file on the hub is fetched, checked, named after itself and ready for use; stdout has the result only."""
    with serving({"org/repo/sub/Tiny-Q8.gguf": tiny_bytes()}) as hub:
        code, out, err = finished(over_the_network(hub, "add", "hf:org/repo/sub/Tiny-Q8.gguf"))
    assert code == 0, err
    entry = read_registry(data).models["tiny-q8"]
    assert out == f"added tiny-q8: {entry.path}\n"
    assert entry.source == f"hf:org/repo/sub/Tiny-Q8.gguf@{COMMIT}"
    assert entry.downloaded
    assert "downloaded; checking" in err
    assert rao("models", "info", "tiny-q8").code == 0


def test_a_known_model_must_have_its_checksum(data):
    """A hub that holds another file under a known model's name is refused before the download."""
    with serving({KNOWN_FILE: tiny_bytes()}) as hub:
        code, _, err = finished(over_the_network(hub, "add", "qwen2.5-1.5b"))
        assert [method for method, _, _ in hub.asked] == ["HEAD"]
    assert code == 4
    assert "is not the file that rao knows" in err
    assert read_registry(data).models == {}


def test_a_known_file_is_a_known_model(data):
    """The hub's name of a known file means the known model, unless another name is given."""
    with serving({KNOWN_FILE: tiny_bytes()}) as hub:
        code, _, err = finished(over_the_network(hub, "add", f"hf:{KNOWN_FILE}"))
        assert (code, "is not the file that rao knows" in err) == (4, True)
        code, _, err = finished(over_the_network(hub, "add", f"hf:{KNOWN_FILE}", "--name", "own"))
    assert code == 0, err
    assert list(read_registry(data).models) == ["own"]


def test_ctrl_c_keeps_what_was_downloaded(data):
    """An interrupted download ends with 130 and says that it can go on; the next one asks for the rest."""
    content = tiny_bytes() + b"\0" * 3_000_000
    with serving({"org/repo/t.gguf": content}) as hub:
        hub.held = True
        process = over_the_network(hub, "add", "hf:org/repo/t.gguf")
        assert hub.began.wait(30)
        until(lambda: any(part.stat().st_size for part in (data / "models").glob("*.part")))
        process.send_signal(signal.SIGINT)
        code, out, err = finished(process)
        assert (code, out) == (130, "")
        assert "add it again to go on: what was downloaded is kept" in err
        hub.held = False
        hub.go.set()
        code, _, err = finished(over_the_network(hub, "add", "hf:org/repo/t.gguf"))
        assert code == 0, err
        assert not hub.asked[-1][2].startswith("bytes=0-")


def test_offline_means_offline(monkeypatch):
    """Where HF_HUB_OFFLINE is set nothing is asked of any hub."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with serving({"org/repo/t.gguf": tiny_bytes()}) as hub:
        code, _, err = finished(over_the_network(hub, "add", "hf:org/repo/t.gguf"))
        assert hub.asked == []
    assert code == 4
    assert "downloads are switched off by HF_HUB_OFFLINE" in err


def test_two_commands_do_not_mix_one_download(data):
    """While one process downloads a file, another that wants it is told so; the first one's is whole."""
    content = tiny_bytes() + b"\0" * 2_000_000
    with serving({"org/repo/t.gguf": content}) as hub:
        hub.held = True
        first = over_the_network(hub, "add", "hf:org/repo/t.gguf")
        assert hub.began.wait(30)
        code, _, err = finished(over_the_network(hub, "add", "hf:org/repo/t.gguf", "--name", "second"))
        hub.go.set()
        assert finished(first)[0] == 0
        assert (code, "another rao is downloading" in err) == (4, True)
    (entry,) = read_registry(data).models.values()
    assert Path(entry.path).read_bytes() == content


def test_a_download_is_repaired_by_adding_it_again(data):
    """A model whose file was deleted is downloaded again under its name."""
    with serving({"org/repo/t.gguf": tiny_bytes()}) as hub:
        assert finished(over_the_network(hub, "add", "hf:org/repo/t.gguf"))[0] == 0
        path = Path(read_registry(data).models["t"].path)
        path.unlink()
        assert rao("models", "info", "t").code == 4
        assert finished(over_the_network(hub, "add", "hf:org/repo/t.gguf"))[0] == 0
    assert path.read_bytes() == tiny_bytes()


def test_json_errors_are_json():
    """With --json a hub that cannot be reached is an error object with exit code 4."""
    with serving({}) as hub:
        code, out, _ = finished(over_the_network(hub, "add", "hf:org/repo/t.gguf", "--json"))
    assert code == 4
    assert '"message": "org/repo on the hub has no file t.gguf"' in out


def shown(size, parts, *, live):
    """Return what is printed while a file arrives in so many parts."""
    screen = Screen()
    progress = Shown(Notices(screen, quiet=False, color=False, live=live), live=live)
    for part in range(1, parts + 1):
        progress.update(size * part // parts, size)
    return screen.getvalue()


def test_progress_without_a_terminal_is_a_few_lines():
    """In a pipe there is a line for each tenth, whatever the number of steps, and one at the end."""
    lines = shown(2_000_000_000, 5000, live=False).splitlines()
    assert 10 <= len(lines) <= 12
    assert lines[-1] == "rao: 2.0 GB downloaded; checking"
    assert all(line.startswith("rao: ") for line in lines)


def test_progress_says_how_fast_and_how_long():
    """From the second figure on the speed and the time that is left are told."""
    second = shown(40_000_000_000, 20, live=False).splitlines()[1]
    assert re.fullmatch(r"rao: +\d+% of 40\.0 GB, [\d.,]+ GB/s, \d+ s left", second)


def test_progress_on_a_terminal_is_one_line():
    """On a terminal one line is drawn over; nothing scrolls."""
    text = shown(2_000_000_000, 5000, live=True)
    assert "\n" not in text
    assert "2.0 GB downloaded; checking" in text
