"""A server whose answers are a plain function's, and the ways in which servers answer.

It really listens, on 127.0.0.1, so that what is tested is what is sent and read. A function gets a ``Call`` and
writes the answer itself, byte for byte where that matters.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Call:
    """One request that came, and how to answer it."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict
    handler: BaseHTTPRequestHandler
    number: int
    """How many came before to the same path."""

    def send(self, status: int, data: bytes | dict, kind: str = "application/json", **headers: str) -> None:
        """Answer with one body."""
        body = json.dumps(data).encode() if isinstance(data, dict) else data
        self.start(status, kind, **{"Content-Length": str(len(body)), **headers})
        self.write(body)

    def start(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """Begin an answer whose length is not told."""
        self.handler.send_response(status)
        for name, value in {"Content-Type": kind, **headers}.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()

    def write(self, data: bytes) -> None:
        """Send bytes at once; raises OSError when nobody reads them any more."""
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def event(self, value: object) -> None:
        """Send one event of a stream."""
        self.write(b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n")


def delta(text: str, logprob: float | None = None, finish: str | None = None, **more: object) -> dict:
    """Return the event of one token."""
    choice: dict = {"index": 0, "delta": {"content": text, **more}, "finish_reason": finish}
    if logprob is not None:
        choice["logprobs"] = {"content": [{"token": text, "bytes": list(text.encode()), "logprob": logprob}]}
    return {"choices": [choice]}


def stream(
    call: Call, *pieces: str, logprob: float | None = -0.5, finish: str = "stop", usage: object = None
) -> None:
    """Answer with a stream of tokens, as a well-behaved server does."""
    call.start()
    for piece in pieces:
        call.event(delta(piece, logprob))
    call.event(delta("", finish=finish))
    call.event({"choices": [], "usage": usage or {"prompt_tokens": 21, "completion_tokens": len(pieces)}})
    call.event(b"[DONE]")


MODEL = {"id": "tiny", "object": "model", "owned_by": "somebody", "max_model_len": 4096}

Answer = Callable[[Call], None]


def hello(call: Call) -> None:
    """Answer every question with three tokens."""
    stream(call, "Hello", " there", "!")


@dataclass
class Server:
    """A running server; ``calls`` are those to the chat, in the order they came."""

    url: str
    calls: list[Call] = field(default_factory=list)
    pages: list[Call] = field(default_factory=list)
    broken: threading.Event = field(default_factory=threading.Event)
    """Set when a client left before its answer was sent."""


@contextmanager
def serving(chat: Answer = hello, pages: dict[str, Answer | dict] | None = None) -> Iterator[Server]:
    """Run a server whose chat is a function; ``pages`` are other paths, or replace the list of models."""
    known = {"/v1/models": {"data": [MODEL]}, **(pages or {})}
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"  # a body ends where the connection does

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            data = self.rfile.read(length)
            if len(data) < length:  # the client left before it had asked
                server.broken.set()
                return
            body = json.loads(data) if data else {}
            path = self.path.partition("?")[0]
            with lock:
                kept = server.calls if path == "/v1/chat/completions" else server.pages
                number = sum(call.path == path for call in kept)
                call = Call(self.command, path, dict(self.headers), body, self, number)
                kept.append(call)
            page = chat if path == "/v1/chat/completions" else known.get(path)
            try:
                if page is None:
                    call.send(404, {"error": {"message": "no such page"}})
                elif isinstance(page, dict):
                    call.send(200, page)
                else:
                    page(call)
            except OSError:
                server.broken.set()

        def log_message(self, *_: object) -> None:
            """Write nothing to stderr."""

    for method in ("GET", "POST"):
        setattr(Handler, f"do_{method}", Handler.answer)

    class Listener(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 512

    listener = Listener(("127.0.0.1", 0), Handler)
    server = Server(f"http://127.0.0.1:{listener.server_address[1]}/v1")
    thread = threading.Thread(target=lambda: listener.serve_forever(0.01), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
