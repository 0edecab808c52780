"""Call ``rao`` inside this process, with a scripted model and streams that are strings."""

import io
import json
import re
from dataclasses import dataclass

from rao_cli.agent.preparing import Settings
from rao_cli.cli.engines import Opened
from rao_cli.cli.main import run
from rao_cli.cli.terminal import Streams
from rao_cli.engine.scripted import ScriptedEngine

CODE = re.compile(r"\[(\d+)\](?:(?!\n\[).)*?the code is (\d+)", re.DOTALL)
ABSENT = '{"action":"absent"}'


def reader(request):
    """Answer with the code that stands in the view, as a perfect model would."""
    found = CODE.search("\n".join(part for message in request.messages[1:] for part in message.parts))
    if found is None:
        return ABSENT
    return json.dumps({"action": "answer", "answer": found[2], "cite": [int(found[1])]})


def scripted(respond=reader, *, window=2048, delay=0.0):
    """Return what finds a model whose answers a function gives."""

    def find(options):
        size = options.window or window
        return lambda wait: Opened(
            ScriptedEngine(respond, window=size, delay=delay), Settings(size, min(512, size // 4), "rules", 64)
        )

    return find


class Screen(io.StringIO):
    """A string that says it is a terminal."""

    def isatty(self):
        return True


class Keyboard(io.BytesIO):
    """Bytes that say they are typed."""

    def isatty(self):
        return True


@dataclass
class Done:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """Return standard output as one JSON value."""
        return json.loads(self.out)


def rao(*argv, stdin=b"", find_model=None, out=None, err=None):
    """Run a command line and return its exit code and output."""
    source = stdin if isinstance(stdin, io.BytesIO) else io.BytesIO(stdin)
    streams = Streams(source, out or io.StringIO(), err or io.StringIO())
    code = run([str(argument) for argument in argv], streams, find_model or scripted())
    return Done(code, streams.stdout.getvalue(), streams.stderr.getvalue())


def long_text(lines=400, at=200, code=7431):
    """Return text of many lines, one of which holds the code."""
    return "".join(
        f"line {n}: the code is {code}\n" if n == at else f"line {n}: nothing of note happened on day {n}\n"
        for n in range(1, lines + 1)
    )
