"""Download one GGUF file from the Hugging Face hub: resumed, checked, never half there.

The only place of rao that uses the network for models, and only when ``rao models add`` asks for it. The hub's
library says where the file is, how large it is and which checksum it has (a request without a body); its bytes
are fetched here, because the library starts again after an interruption. What was fetched stays as a ``.part``
file, which the next attempt goes on with. Limits: one-file models; the hub's plain HTTP, not its Xet protocol.
"""

import hashlib
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rao_cli.errors import ModelError, RaoError, UsageError
from rao_cli.files import lock
from rao_cli.models.gguf import read_header
from rao_cli.text import one_line

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub import HfFileMetadata

SCHEME = "hf:"
"""How a place on the hub begins."""
ADDRESS = "https://"
"""How a page of the hub begins, which people copy from their browser."""
PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds to wait before each further attempt; what was fetched in between starts them again."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+() -]{0,199}")
_PAGE = re.compile(
    r"https://huggingface\.co/([^/]+/[^/]+)/(?:resolve|blob)/([^/?#]+)/([^?#]+)(?:\?download=true)?"
)
_PIECE = re.compile(r"-\d{5}-of-\d{5}\.gguf$", re.IGNORECASE)
_SHA256 = re.compile("[0-9a-f]{64}")
_CHUNK = 1 << 20
_SPARE = 64 << 20  # bytes that stay free on the disk
_SECONDS = 30.0
_EXAMPLE = "hf:unsloth/Qwen3-4B-Instruct-2507-GGUF/Qwen3-4B-Instruct-2507-Q4_K_M.gguf"

Progress = Callable[[int, int], None]
"""Called with the bytes that are there and all bytes."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a repository on the hub."""

    repository: str
    """ORG/REPO."""
    file: str
    """The file's path inside the repository."""
    revision: str = "main"
    """Commit, tag or branch."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is whole."""

    path: Path
    source: str
    """Where it came from, with the commit: hf:ORG/REPO/FILE@COMMIT."""
    sha256: str


def parse_hub_file(text: str) -> HubFile:
    """Read hf:ORG/REPO/FILE[@REVISION], or the address of such a file's page on the hub.

    Raises UsageError for anything that is not a place of one GGUF file.
    """
    if page := _PAGE.fullmatch(text):
        text = f"{SCHEME}{page[1]}/{page[3]}@{page[2]}"
    place, _, revision = text.removeprefix(SCHEME).partition("@")
    parts = place.split("/")
    if len(parts) < 3 or not all(_is_name(part) for part in parts):
        raise UsageError(
            f"{one_line(text, 120)!r} is not a file on the hub", hint=f"write hf:ORG/REPO/FILE, as in {_EXAMPLE}"
        )
    if not place.lower().endswith(".gguf"):
        raise UsageError(f"{one_line(parts[-1], 80)} is not a GGUF file", hint="name a file that ends in .gguf")
    if _PIECE.search(place):
        raise UsageError(
            f"{one_line(parts[-1], 80)} is one piece of a model in several files",
            hint="choose a format that the repository has in one file",
        )
    if "@" in text and not all(_is_name(part) for part in revision.split("/")):
        raise UsageError(f"{one_line(revision, 80)!r} is not a revision", hint="give a commit, tag or branch")
    return HubFile("/".join(parts[:2]), "/".join(parts[2:]), revision or "main")


def _is_name(part: str) -> bool:
    return _NAME.fullmatch(part) is not None and ".." not in part


def download(
    wanted: HubFile,
    folder: Path,
    *,
    sha256: str = "",
    endpoint: str | None = None,
    progress: Progress = lambda _done, _size: None,
    pauses: tuple[float, ...] = PAUSES,
) -> Downloaded:
    """Fetch a file into a folder and check it; one that is already there is only checked.

    ``sha256`` is what it must have; without it the hub's word counts. ``endpoint`` replaces the hub that
    HF_ENDPOINT or the library names. Raises ModelError when it cannot be had, RaoError when it cannot be kept.
    """
    _import_hub()
    facts = _ask(wanted, endpoint)
    size, digest = _check(wanted, facts, sha256)
    found = replace(wanted, revision=facts.commit_hash or wanted.revision)
    target = folder / f"{Path(wanted.file).stem}.{digest[:8]}.gguf"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _part_of(target) as file:
            if not target.exists():
                transfer = _Transfer(found, endpoint, file, size, progress)
                _check_space(folder, size - transfer.length())
                transfer.finish(pauses)
                _accept(file, target, digest, found)
    except OSError as e:
        raise RaoError(
            f"cannot keep the download: {(e.strerror or str(e)).lower()}", hint=f"check the folder {folder}"
        ) from e
    return Downloaded(target, f"{SCHEME}{found.repository}/{found.file}@{found.revision}", digest)


def _import_hub() -> None:
    """Load the library, its telemetry off; raises ModelError where it is not installed."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # read when it is imported
    try:
        from huggingface_hub.utils.logging import set_verbosity
    except ImportError as e:
        raise ModelError("downloading needs a library", hint="pip install 'rao-cli[hub]'") from e
    set_verbosity(logging.CRITICAL)  # it would print what a server sends


def _ask(wanted: HubFile, endpoint: str | None) -> "HfFileMetadata":
    """Ask the hub about a file; raises ModelError that says what is missing."""
    from huggingface_hub import get_hf_file_metadata

    with _explained(wanted):
        return get_hf_file_metadata(_address(wanted, endpoint), timeout=_SECONDS, endpoint=endpoint)


def _address(wanted: HubFile, endpoint: str | None) -> str:
    from huggingface_hub import hf_hub_url

    return hf_hub_url(wanted.repository, wanted.file, revision=wanted.revision, endpoint=endpoint)


@contextmanager
def _explained(wanted: HubFile) -> Iterator[None]:
    """Translate the hub's errors."""
    import httpx2
    from huggingface_hub import errors

    place = f"{wanted.repository} on the hub"
    try:
        yield
    except errors.OfflineModeIsEnabled as e:
        raise ModelError("downloads are switched off by HF_HUB_OFFLINE", hint="unset HF_HUB_OFFLINE") from e
    except errors.GatedRepoError as e:
        raise ModelError(f"{place} wants its terms accepted first", hint="accept them there; hf auth login") from e
    except errors.RepositoryNotFoundError as e:
        raise ModelError(f"{place} does not exist, or is private", hint="check ORG/REPO; hf auth login") from e
    except errors.RevisionNotFoundError as e:
        raise ModelError(f"{place} has no revision {wanted.revision}", hint="leave out @REVISION") from e
    except errors.RemoteEntryNotFoundError as e:
        raise ModelError(
            f"{place} has no file {wanted.file}", hint="look at the repository's list of files"
        ) from e
    except errors.HfHubHTTPError as e:
        raise ModelError(f"{place} refused: status {e.response.status_code}", hint="try again later") from e
    except errors.HFValidationError as e:
        raise UsageError(f"{wanted.repository!r} cannot be a repository", hint=f"an example: {_EXAMPLE}") from e
    except (httpx2.HTTPError, httpx2.InvalidURL) as e:
        raise ModelError(f"cannot reach the hub: {_why(e)}", hint="check the network, then add it again") from e


def _why(error: Exception) -> str:
    return one_line(str(error), 120) or type(error).__name__


def _check(wanted: HubFile, facts: "HfFileMetadata", sha256: str) -> tuple[int, str]:
    """Return the size and checksum that the file must have; raises ModelError where the hub does not say."""
    reported = (facts.etag or "").lower()
    if not facts.size or not facts.commit_hash or not _SHA256.fullmatch(reported):
        raise ModelError(
            f"the hub gives no size and checksum for {wanted.file}",
            hint="check HF_ENDPOINT, or download it yourself and add the file",
        )
    if sha256 and reported != sha256:
        raise ModelError(
            f"{wanted.file} on the hub is not the file that rao knows: its checksum is {reported[:16]}…",
            hint=f"to take it all the same: rao models add {SCHEME}{wanted.repository}/{wanted.file}",
        )
    return facts.size, reported


def _part(target: Path) -> Path:
    return target.with_name(target.name + ".part")


@contextmanager
def _part_of(target: Path) -> Iterator[BinaryIO]:
    """Open what is there of a file, for this process alone; raises ModelError when another one has it."""
    path = _part(target)
    path.touch(mode=0o600)
    with path.open("r+b") as file:
        if not lock(file.fileno()):
            raise ModelError(f"another rao is downloading {target.name}", hint="wait for it to finish")
        try:
            yield file
        finally:
            if target.exists() or not file.seek(0, os.SEEK_END):
                path.unlink(missing_ok=True)


def _check_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > 0 and needed + _SPARE > free:
        raise RaoError(
            f"the download needs {needed / 1e9:,.1f} GB, and {folder} has {free / 1e9:,.1f} GB left",
            hint="free some space; what was downloaded so far is kept",
        )


@dataclass(frozen=True, slots=True)
class _Transfer:
    """The bytes of one file on their way into its part."""

    wanted: HubFile
    endpoint: str | None
    file: BinaryIO
    size: int
    progress: Progress

    def length(self) -> int:
        """Return how many bytes are there; a part that is too long is emptied."""
        have = self.file.seek(0, os.SEEK_END)
        return have if have <= self.size else self.file.truncate(0)

    def finish(self, pauses: tuple[float, ...]) -> None:
        """Fetch what is missing, again after a failure, until as many attempts as pauses brought nothing."""
        have, failures = self.length(), 0
        while have < self.size:
            problem = self._attempt()
            before, have = have, self.length()
            if have == self.size:
                return
            failures = 0 if have > before else failures + 1
            if failures >= len(pauses) or not _is_transient(problem.__cause__):
                raise problem
            time.sleep(pauses[failures])

    def _attempt(self) -> ModelError:
        """Take one answer of the hub; return why it ended before the file did."""
        try:
            with _explained(self.wanted):
                self._receive()
        except ModelError as e:
            return e
        short = ModelError("the hub sent less than the whole file", hint="add it again to go on")
        short.__cause__ = EOFError()
        return short

    def _receive(self) -> None:
        """Append one answer to the part; raises the library's errors."""
        from huggingface_hub import get_session

        # Documented, but not marked as exported.
        from huggingface_hub.utils import build_hf_headers, hf_raise_for_status  # type: ignore[attr-defined]

        have = self.length()
        # A redirect to another host loses the user's token: httpx2 drops it.
        headers = {**build_hf_headers(library_name="rao"), "Accept-Encoding": "identity"}
        address = _address(self.wanted, self.endpoint)
        headers["Range"] = f"bytes={have}-"
        with get_session().stream("GET", address, headers=headers, timeout=_SECONDS) as response:
            hf_raise_for_status(response)
            if not _continues(response, have):
                have = self.file.truncate(0)
                self.file.seek(0)
            for chunk in response.iter_raw():
                self.file.write(chunk[: self.size - have])
                have = min(self.size, have + len(chunk))
                self.progress(have, self.size)
                if have == self.size:
                    return


def _is_transient(error: BaseException | None) -> bool:
    """Tell whether trying again may help: a broken connection, or a hub that is busy."""
    import httpx2

    status = getattr(getattr(error, "response", None), "status_code", 0)
    return isinstance(error, (httpx2.TransportError, EOFError)) or status == 429 or status >= 500


def _continues(response: "httpx2.Response", have: int) -> bool:
    """Tell whether an answer goes on where the part ends; otherwise it starts at the file's beginning."""
    return response.status_code == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _accept(file: BinaryIO, target: Path, digest: str, wanted: HubFile) -> None:
    """Move a whole part to its place; raises ModelError, and removes it, when it is not what was asked for."""
    path = _part(target)
    try:
        _check_sum(file, digest, wanted)
        read_header(path)
    except ModelError:
        path.unlink(missing_ok=True)
        raise
    os.fsync(file.fileno())
    path.replace(target)


def _check_sum(file: BinaryIO, digest: str, wanted: HubFile) -> None:
    file.flush()
    file.seek(0)
    found = hashlib.sha256()
    while block := file.read(_CHUNK):
        found.update(block)
    if found.hexdigest() != digest:
        raise ModelError(f"the download of {wanted.file} is damaged: its checksum is wrong", hint="add it again")
