"""A run in which everything that a document, a file name or a model can say tries to act in a page."""

from rao_cli.agent.records import Citation, Handoff
from rao_cli.engine.base import Completion, Message, Request, Token
from tests.runs.making import acted, called, closed, finished, hit, kept, opened, started

ACT = "document.title='owned';window.owned=1"
ATTACKS = (
    f"</script><script>{ACT}</script>",
    f'<img src=x onerror="{ACT}">',
    f'"><svg onload={ACT}>',
    f"' onmouseover='{ACT}' x='",
    f"<!--<script>{ACT}",
    f"]]></style><body onload={ACT}>",
    f"javascript:{ACT}",
    "{{script}}{{data}}{{policy}}",
    "\\u003c/script\\u003e &lt;b&gt; &#60;i&#62;",
    "line\u2028separator\u2029paragraph",
    "\u202eright to left\u202c \u2066isolate\u2069 \u200bnothing\ufeff",
    "\x00\x1b[2J\x07\x9b31m\x7f",
    "`${" + ACT + "}`",
    "__proto__",
)
ALL = "\n".join(ATTACKS)
HEADING = ALL.replace("\n", " ")


def hostile():
    """Return what was asked, and the events."""
    cited = Citation(
        path=ALL, start=0, end=20, quote=HEADING, verified=True, label=HEADING, heading=HEADING, passage=ALL
    )
    given = Handoff(goal=ALL, sections=(ALL,), facts=ATTACKS, choices=ATTACKS)
    request = Request(
        (Message("system", (ALL,)), Message("user", (f"# {HEADING}\n[1] {HEADING}\n", ALL))),
        10,
        grammar=ALL,
        choices=ATTACKS,
    )
    tokens = tuple(Token(text, -1.0) for text in ATTACKS)
    weighed = Completion(ALL, tokens, 5, 0, "stop", choices=tuple((token,) for token in tokens))
    report = {"answer": ALL, "citations": (cited,), "reason": ALL, "how": ALL, "conflicts": ATTACKS}
    root = opened("1", titles=ATTACKS, spans=((0, 40),)).model_copy(update={"handoff": given, "location": HEADING})
    result = {"answer": ALL, "question": ALL, "citations": (cited,), "warnings": ATTACKS, "conflicts": ATTACKS}
    events = [
        started(question=ALL, document=HEADING, model=HEADING),
        root,
        called("1").model_copy(update={"request": request, "completion": Completion(ALL, tokens, 5, 0, "stop")}),
        called("1").model_copy(update={"request": request, "completion": weighed}),
        acted("1").model_copy(update={"action": {"action": ALL, ALL: [ALL]}, "read": ((0, 40),)}),
        hit("1").model_copy(update={"message": ALL}),
        closed("1", **report),
        finished(**result, how=ALL, reason=ALL, data={ALL: ALL}),
    ]
    asked = kept()
    task = asked.task.model_copy(update={"question": ALL})
    told = {
        "task": task,
        "sources": ATTACKS,
        "options": {ALL: ALL},
        "identity": ALL,
        "version": ALL,
        "started": ALL,
    }
    return asked.model_copy(update=told), events
