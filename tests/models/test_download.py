"""Downloads from a real HTTP server: whole, resumed, refused, and never half there."""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.errors import ModelError, RaoError, UsageError
from rao_cli.models.download import HubFile, download, parse_hub_file
from tests.models.hub import COMMIT, serving
from tests.models.test_gguf import gguf

pytest.importorskip("huggingface_hub")

DATA = gguf(data=3_000_000)
DIGEST = hashlib.sha256(DATA).hexdigest()
WANTED = HubFile("org/repo", "sub/model-q4.gguf")
NAME = f"model-q4.{DIGEST[:8]}.gguf"


@pytest.fixture
def hub():
    """Yield a hub that holds one model."""
    with serving({"org/repo/sub/model-q4.gguf": DATA}) as running:
        yield running


def fetch(hub, folder, **options):
    """Download the model without waiting between attempts."""
    return download(WANTED, folder, endpoint=hub.address, pauses=(0.0, 0.0), **options)


def names(folder):
    """Return the names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir())


def ranges(hub):
    """Return the ranges that were asked for."""
    return [asked for method, _, asked in hub.asked if method == "GET"]


def test_a_file_arrives_whole(hub, tmp_path):
    """The file has the bytes of the hub's, its source says the commit, and only its owner can read it."""
    found = fetch(hub, tmp_path / "models")
    assert found.path == tmp_path / "models" / NAME
    assert found.path.read_bytes() == DATA
    assert (found.source, found.sha256) == (f"hf:org/repo/sub/model-q4.gguf@{COMMIT}", DIGEST)
    assert found.path.stat().st_mode & 0o077 == 0
    assert names(tmp_path / "models") == [NAME]


def test_the_bytes_come_from_the_commit_that_was_described(hub, tmp_path):
    """The content is asked for by commit, so that a branch that moves meanwhile cannot mix two files."""
    fetch(hub, tmp_path)
    assert [path.split("/")[4] for _, path, _ in hub.asked] == ["main", COMMIT]


def test_nothing_else_is_asked(hub, tmp_path):
    """One download is one question and one file: no telemetry, no listing."""
    fetch(hub, tmp_path)
    assert [method for method, _, _ in hub.asked] == ["HEAD", "GET"]


def test_the_token_stays_with_the_hub(hub, tmp_path, monkeypatch):
    """Content that lies on another server is fetched and resumed there, without the user's secret."""
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with serving(hub.files) as storage:
        hub.elsewhere = storage.address
        storage.cuts = [1_000_000]
        assert fetch(hub, tmp_path).path.read_bytes() == DATA
        assert ranges(storage) == ["bytes=0-", "bytes=1000000-"]
        assert (set(hub.tokens), storage.tokens) == ({"Bearer hf_secret"}, [])


def test_a_redirect_to_a_file_is_refused(hub, tmp_path):
    """A hub that points to this machine's files gets nowhere."""
    hub.elsewhere = "file:///etc/passwd"
    with pytest.raises(ModelError, match="cannot reach the hub"):
        fetch(hub, tmp_path)
    assert names(tmp_path) == []


def test_compressed_content_is_not_unpacked(hub, tmp_path):
    """An answer that claims to be compressed is taken byte for byte, so it cannot swell."""
    hub.headers = {"Content-Encoding": "gzip"}
    assert fetch(hub, tmp_path).path.read_bytes() == DATA


def test_a_cut_connection_is_resumed(hub, tmp_path):
    """After each break the next request asks for what is missing only."""
    hub.cuts = [1_000_000, 1_500_000]
    assert fetch(hub, tmp_path).path.read_bytes() == DATA
    assert ranges(hub) == ["bytes=0-", "bytes=1000000-", "bytes=2500000-"]


def test_a_later_command_goes_on(hub, tmp_path):
    """What a failed command fetched is kept, and the next one asks for the rest."""
    hub.cuts = [1_000_000]
    with pytest.raises(ModelError, match="reach the hub"):
        download(WANTED, tmp_path, endpoint=hub.address, pauses=())
    assert (tmp_path / f"{NAME}.part").stat().st_size == 1_000_000
    assert fetch(hub, tmp_path).path.read_bytes() == DATA
    assert ranges(hub)[-1] == "bytes=1000000-"


def test_an_answer_that_ends_early_is_resumed(hub, tmp_path):
    """A server that sends less than the file, and calls it whole, is asked for the rest."""
    hub.cuts, hub.polite = [1_000_000], True
    assert fetch(hub, tmp_path).path.read_bytes() == DATA


def test_a_server_that_sends_nothing_is_given_up(hub, tmp_path):
    """Attempts that bring nothing end with an error, and leave nothing behind."""
    hub.cuts, hub.polite = [0] * 10, True
    with pytest.raises(ModelError, match="less than the whole file"):
        fetch(hub, tmp_path)
    assert len(ranges(hub)) == 2
    assert names(tmp_path) == []


def test_a_server_without_ranges_starts_again(hub, tmp_path):
    """Where the hub ignores the range the file is fetched from its beginning, not appended."""
    hub.ranges, hub.cuts = False, [1_000_000]
    assert fetch(hub, tmp_path).path.read_bytes() == DATA


def test_a_busy_hub_is_asked_again(hub, tmp_path):
    """Status 503 and 429 are no reason to give up."""
    hub.refuse = [503]
    assert fetch(hub, tmp_path).path.read_bytes() == DATA


def test_a_refusal_is_final(hub, tmp_path):
    """Status 403 is not tried again."""
    hub.refuse = [403, 403]
    with pytest.raises(ModelError, match="status 403"):
        fetch(hub, tmp_path)
    assert len(ranges(hub)) == 1


def test_a_wrong_checksum_is_refused(hub, tmp_path):
    """Bytes other than those that the hub described are thrown away."""
    hub.sha256 = "1" * 64
    with pytest.raises(ModelError, match="checksum is wrong"):
        fetch(hub, tmp_path)
    assert names(tmp_path) == []


def test_a_damaged_part_is_refused_and_removed(hub, tmp_path):
    """A part that something else wrote into does not survive the checksum; the next attempt is whole."""
    (tmp_path / f"{NAME}.part").write_bytes(b"x" * 1000)
    with pytest.raises(ModelError, match="checksum is wrong"):
        fetch(hub, tmp_path)
    assert fetch(hub, tmp_path).path.read_bytes() == DATA


def test_a_part_that_is_too_long_is_emptied(hub, tmp_path):
    """A part longer than the file is no part of it."""
    (tmp_path / f"{NAME}.part").write_bytes(b"x" * (len(DATA) + 1))
    assert fetch(hub, tmp_path).path.read_bytes() == DATA


def test_another_checksum_than_the_catalogued_is_refused_at_once(hub, tmp_path):
    """A file that rao knows by another checksum is not even downloaded."""
    with pytest.raises(ModelError, match="not the file that rao knows") as caught:
        fetch(hub, tmp_path, sha256="2" * 64)
    assert ranges(hub) == []
    assert "hf:org/repo/sub/model-q4.gguf" in caught.value.hint


def test_the_catalogued_checksum_is_accepted(hub, tmp_path):
    """A file with the checksum that rao knows is fetched."""
    assert fetch(hub, tmp_path, sha256=DIGEST).sha256 == DIGEST


def test_a_whole_file_is_not_fetched_again(hub, tmp_path):
    """A file that is there is left alone."""
    fetch(hub, tmp_path)
    fetch(hub, tmp_path)
    assert len(ranges(hub)) == 1


def test_what_is_no_model_is_refused(tmp_path):
    """A file with the right checksum that is no GGUF file is thrown away."""
    with serving({"org/repo/sub/model-q4.gguf": b"<html>" * 100}) as hub, pytest.raises(ModelError, match="GGUF"):
        fetch(hub, tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "headers", [{"X-Linked-ETag": '"abc"'}, {"X-Repo-Commit": ""}, {"X-Linked-Size": "0"}], ids=str
)
def test_a_hub_that_vouches_for_nothing_is_refused(hub, tmp_path, headers):
    """Without a size, a commit and a SHA-256 nothing is downloaded."""
    hub.headers = headers
    with pytest.raises(ModelError, match="no size and checksum"):
        fetch(hub, tmp_path)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ((404, "EntryNotFound"), "org/repo on the hub has no file sub/model-q4.gguf"),
        ((404, "RevisionNotFound"), "has no revision main"),
        ((404, "RepoNotFound"), "does not exist, or is private"),
        ((401, ""), "status 401|does not exist, or is private"),
        ((403, "GatedRepo"), "wants its terms accepted"),
        ((500, ""), "status 500"),
    ],
)
def test_the_hubs_errors_are_one_clean_line(hub, tmp_path, error, message):
    """What the hub answers is told in our own words; its text stays away from the terminal."""
    hub.error = error
    with pytest.raises(ModelError, match=message) as caught:
        fetch(hub, tmp_path)
    assert caught.value.hint
    assert "\x1b" not in caught.value.message


def test_no_hub_is_an_error(tmp_path):
    """A hub that does not answer is named as such."""
    with pytest.raises(ModelError, match="cannot reach the hub"):
        download(WANTED, tmp_path, endpoint="http://127.0.0.1:1", pauses=())


def test_a_full_disk_is_noticed_before_the_download(hub, tmp_path):
    """A file larger than the free space is refused before a byte is fetched."""
    hub.headers = {"X-Linked-Size": str(1 << 60)}
    with pytest.raises(RaoError, match=r"needs 1,152,921,504\.6 GB"):
        fetch(hub, tmp_path)
    assert ranges(hub) == []
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_an_error(hub, tmp_path):
    """Where the folder's place is taken by a file, the reason is told."""
    (tmp_path / "models").write_text("")
    with pytest.raises(RaoError, match="cannot keep the download"):
        fetch(hub, tmp_path / "models")


def test_two_downloads_of_one_file_do_not_mix(hub, tmp_path):
    """While one process has the part, another is told so."""
    with (tmp_path / f"{NAME}.part").open("wb") as part:
        fcntl.flock(part, fcntl.LOCK_EX)
        with pytest.raises(ModelError, match="another rao is downloading"):
            fetch(hub, tmp_path)


def test_progress_counts_from_what_was_there(hub, tmp_path):
    """Progress ends at the whole size, and a resumed download starts where it stopped."""
    hub.cuts = [1_000_000]
    seen = []
    fetch(hub, tmp_path, progress=lambda done, size: seen.append((done, size)))
    assert seen == sorted(seen)
    assert seen[-1] == (len(DATA), len(DATA))


SCRIPT = """
import sys, time
from pathlib import Path
from rao_cli.models.download import HubFile, download
def progress(done, size):
    if done > 1_000_000:
        print(done, flush=True)
        time.sleep(30)
download(HubFile("org/repo", "sub/model-q4.gguf"), Path(sys.argv[1]), endpoint=sys.argv[2], progress=progress)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_killed_download_is_resumed(hub, tmp_path, number):
    """Ctrl-C, or a kill in the middle, leaves a part that the next command goes on with."""
    command = [sys.executable, "-P", "-c", SCRIPT, str(tmp_path), hub.address]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        process.stdout.readline()
        process.send_signal(number)
    assert 0 < (tmp_path / f"{NAME}.part").stat().st_size < len(DATA)
    assert fetch(hub, tmp_path).path.read_bytes() == DATA
    assert ranges(hub)[-1] != "bytes=0-"


def test_without_the_library_the_command_is_told(tmp_path):
    """Where huggingface_hub is not installed, the error says what to install."""
    script = (
        "import sys; sys.modules['huggingface_hub'] = None\n"
        "from pathlib import Path\n"
        "from rao_cli.errors import ModelError\n"
        "from rao_cli.models.download import HubFile, download\n"
        "try: download(HubFile('a/b', 'c.gguf'), Path('none'))\n"
        "except ModelError as e: print(e.hint)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "pip install 'rao-cli[hub]'\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hf:a/b/c.gguf", HubFile("a/b", "c.gguf")),
        ("hf:a/b/sub/c.GGUF@v1.0", HubFile("a/b", "sub/c.GGUF", "v1.0")),
        ("hf:a/b/c.gguf@refs/pr/3", HubFile("a/b", "c.gguf", "refs/pr/3")),
        ("hf:Qwen/Q-GGUF/my model (1).gguf", HubFile("Qwen/Q-GGUF", "my model (1).gguf")),
        ("https://huggingface.co/a/b/resolve/main/s/c.gguf?download=true", HubFile("a/b", "s/c.gguf", "main")),
        ("https://huggingface.co/a/b/blob/v2/c.gguf", HubFile("a/b", "c.gguf", "v2")),
    ],
)
def test_places_are_read(text, expected):
    """Organisation, repository, a path inside it, and a revision."""
    assert parse_hub_file(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "hf:",
        "hf:a/b",
        "hf:a/c.gguf",
        "hf:a/b/",
        "hf:a/b/c.txt",
        "hf:a/b/../../c.gguf",
        "hf:a/../c.gguf",
        "hf:/etc/b/c.gguf",
        "hf:a/b//c.gguf",
        "hf:a/b/.c.gguf",
        "hf:a/b/c\x1b[2J.gguf",
        "hf:a/b/c\n.gguf",
        "hf:a\\b/c/d.gguf",
        "hf:a/b/c?x=.gguf",
        "hf:a/b/c%2e%2e.gguf",
        "hf:a/b/c.gguf@",
        "hf:a/b/c.gguf@../x",
        "hf:a/b/c.gguf@x y\x00",
        "https://huggingface.co/a/b",
        "https://huggingface.co/a/b/resolve/main/../c.gguf",
        "https://huggingface.co/a/b/resolve/main/c.gguf?x=1",
        "https://huggingface.co.example.org/a/b/resolve/main/c.gguf",
        "https://example.org/c.gguf",
        "hf:a/b/m-00001-of-00003.gguf",
        "hf:a/b/" + "x" * 300 + ".gguf",
    ],
)
def test_tricks_are_refused(text):
    """What is no plain place of one GGUF file never gets to the network or the disk."""
    with pytest.raises(UsageError) as caught:
        parse_hub_file(text)
    assert caught.value.hint
    assert caught.value.message.isprintable()


@given(st.text(max_size=60))
def test_any_text_is_a_place_or_refused(text):
    """Whatever is typed, a place that is accepted has no empty, hidden or upward step."""
    try:
        found = parse_hub_file(f"hf:{text}")
    except UsageError:
        return
    steps = [*found.repository.split("/"), *found.file.split("/"), *found.revision.split("/")]
    assert not any(step in ("", ".", "..") or step.startswith(".") for step in steps)
    assert found.repository.count("/") == 1


def test_names_that_the_library_refuses_are_refused(tmp_path):
    """A repository name that cannot exist is a usage error too."""
    with pytest.raises(UsageError, match="cannot be a repository"):
        download(HubFile("a/b--c", "d.gguf"), tmp_path)
