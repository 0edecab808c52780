"""A small Hugging Face hub on 127.0.0.1, for tests: real HTTP, with the faults that real networks have."""

import hashlib
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_PIECE = 100_000


@dataclass
class Hub:
    """What the hub holds and how it misbehaves; a test changes it at any time."""

    files: dict[str, bytes] = field(default_factory=dict)
    """Content by ORG/REPO/FILE."""
    address: str = ""
    sha256: str | None = None
    """What the hub says instead of the true checksum."""
    cuts: list[int] = field(default_factory=list)
    """Bytes after which each of the next answers breaks off."""
    polite: bool = False
    """Whether a broken answer pretends to be whole."""
    ranges: bool = True
    refuse: list[int] = field(default_factory=list)
    """Statuses of the next downloads."""
    error: tuple[int, str] | None = None
    """Status and code of every answer."""
    headers: dict[str, str] = field(default_factory=dict)
    """Sent with the facts of a file, in place of the true ones."""
    elsewhere: str = ""
    """Address of the server that holds the content; the hub only points there."""
    tokens: list[str] = field(default_factory=list)
    """The secrets that were sent along."""
    held: bool = False
    """Whether answers stop in the middle until ``go`` is set."""
    began: threading.Event = field(default_factory=threading.Event)
    """Set when an answer has got so far."""
    go: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and range of each request."""


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        data = self._find()
        if data is not None and not self._sent_away(data):
            self._facts(200, data, len(data))

    def do_GET(self):
        data = self._find()
        if data is None or self._sent_away(data):
            return
        if self.hub.refuse:
            self._fail(self.hub.refuse.pop(0), "")
            return
        start = self._start() if self.hub.ranges else 0
        cut = self.hub.cuts.pop(0) if self.hub.cuts else len(data)
        sent = data[start : start + cut]
        extra = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        length = len(sent) if self.hub.polite else len(data) - start
        self._facts(206 if self.headers.get("Range") and self.hub.ranges else 200, data, length, extra)
        self._send(sent)
        self.close_connection = True

    def _send(self, data):
        with suppress(ConnectionError):  # the reader was stopped
            for at in range(0, len(data), _PIECE):
                self.wfile.write(data[at : at + _PIECE])
                self.wfile.flush()
                if self.hub.held and at > _PIECE:
                    self.hub.began.set()
                    self.hub.go.wait(30)

    def _sent_away(self, data):
        """Point to the other server, as the hub does for large files; tell whether it did."""
        if self.hub.elsewhere:
            self._facts(302, data, 0, {"Location": self.hub.elsewhere + self.path, "Content-Range": ""})
        return bool(self.hub.elsewhere)

    def _start(self):
        return int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])

    def _find(self):
        self.hub.tokens += filter(None, [self.headers.get("Authorization")])
        self.hub.asked.append((self.command, self.path, self.headers.get("Range", "")))
        repository, _, rest = self.path.removeprefix("/").partition("/resolve/")
        name = f"{repository}/{rest.partition('/')[2]}"
        if self.hub.error:
            self._fail(*self.hub.error)
        elif name not in self.hub.files:
            self._fail(404, "EntryNotFound")
        else:
            return self.hub.files[name]
        return None

    def _fail(self, status, code):
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", "\x1b[31mred\x1b[0m")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _facts(self, status, data, length, extra=()):
        digest = self.hub.sha256 or hashlib.sha256(data).hexdigest()
        facts = {
            "ETag": '"weak"',
            "X-Linked-ETag": f'"{digest}"',
            "X-Linked-Size": str(len(data)),
            "X-Repo-Commit": COMMIT,
            "Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}",
            **self.hub.headers,
            **dict(extra),
        }
        self.send_response(status)
        for name, value in facts.items():
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()


@contextmanager
def serving(files):
    """Yield a hub that holds some files until the block ends."""
    hub = Hub(dict(files))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
