"""Write a run as one HTML page that opens anywhere: no network, no other file, nothing of a source that can act.

The page is rao_cli/runs/viewer/: its script and style stand in it as they are, allowed by their digests alone, and
the run is JSON that no character of which can end the element it stands in. The script makes text of it, never
markup, and the page's policy makes the browser refuse anything else.
"""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any, TextIO

from rao_cli.agent.events import Event
from rao_cli.runs.records import Kept
from rao_cli.runs.viewed import viewed

SCRIPTS = ("dom.js", "run.js", "tree.js", "charts.js", "passage.js", "calls.js", "detail.js", "main.js")
"""In the order in which they build on each other."""
_PLACE = re.compile("{{([a-z]+)}}")
# What ends a script, opens a comment, breaks a line of JavaScript, reorders what an editor shows, or is no text.
_ESCAPED = re.compile("[<>&\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def write_html(kept: Kept, events: Sequence[Event], file: TextIO, *, texts: bool = True) -> None:
    """Write one attempt at a run, finished or not, as a page; ``file`` is to be written as UTF-8.

    Without ``texts`` what the models were shown, quotes and passages included, is left out.
    """
    script, style = _script(), _read("viewer.css")
    parts = {
        "policy": _policy(script, style),
        "style": style,
        "script": script,
        "data": _json(viewed(kept, events, texts=texts)),
    }
    at = 0
    page = _read("viewer.html")
    for place in _PLACE.finditer(page):  # in one pass: what a run holds is never taken for a place
        file.write(page[at : place.start()])
        file.write(parts[place[1]])
        at = place.end()
    file.write(page[at:])


def _policy(script: str, style: str) -> str:
    """Return a content security policy under which nothing loads, is sent, or runs but this script and style."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(script)}'",
            f"style-src '{_digest(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _script() -> str:
    return "\n".join(map(_read, SCRIPTS))


@cache
def _read(name: str) -> str:
    return resources.files("rao_cli.runs").joinpath("viewer", name).read_text("utf-8")


def _json(value: Any) -> str:
    """Write JSON that may stand in a page: an escape stands for each character that could leave its place."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
