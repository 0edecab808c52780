"""Write pages of runs and take them apart again, for the tests of the viewer."""

import json
from functools import cache
from html.parser import HTMLParser
from io import StringIO

from rao_cli.agent.records import Citation
from rao_cli.engine.base import Message, Request
from rao_cli.runs.html import write_html
from tests.runs.large import large
from tests.runs.making import acted, called, closed, finished, kept, opened, started


def page(events, asked=None, **options):
    """Return the page of a run."""
    written = StringIO()
    write_html(asked or kept(), events, written, **options)
    return written.getvalue()


@cache
def large_page():
    """Return the page of a run of 5,000 agents without texts; made once."""
    return page(large(5_000), texts=False)


class Parts(HTMLParser):
    """The elements of a page, and what its scripts and styles hold."""

    CDATA_CONTENT_ELEMENTS = ("script", "style")

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.held, self.within = [], [], False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.within = tag in self.CDATA_CONTENT_ELEMENTS
        if self.within:
            self.held.append("")

    def handle_endtag(self, tag):
        self.within = False

    def handle_data(self, data):
        if self.within:
            self.held[-1] += data

    def all(self, tag):
        """Return the attributes of each element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def style(self):
        return self.held[0]

    @property
    def data(self):
        return json.loads(self.held[1])

    @property
    def script(self):
        return self.held[2]


def small():
    """Return the events of a root that hands parts on and joins the reports; a child cites what it read."""
    quote = "The lid opens\nat forty bar."
    cited = Citation(path="a.txt", start=40, end=66, quote=quote, verified=True, label="a.txt:2", heading="Lids")
    view = "# Lids (a.txt:1-3)\n[1] Before all this nobody knew.\n"
    view += "[2] It is so. The lid opens at forty bar. Then it shuts.\n"
    return [
        started(),
        opened("1", spans=((0, 200),), titles=("a.txt",)),
        acted("1", at=0.1).model_copy(
            update={"action": {"action": "compute"}, "by": "rules", "read": ((150, 200),)}
        ),
        acted("1", at=0.2).model_copy(update={"action": {"action": "delegate"}, "by": "rules"}),
        opened("1.1", at=0.3, spans=((20, 90),), titles=("Lids",)),
        opened("1.2", at=0.3, spans=((90, 200),), titles=("Valves",)),
        asking("1.1", 1.5, view, "\nQuestion: when?"),
        acted("1.1", at=1.6).model_copy(update={"read": ((20, 90),)}),
        closed("1.1", at=1.7, answer="forty bar", citations=(cited,)),
        closed("1.2", at=1.8, status="absent"),
        asking("1", 1.85, "[1] The lid opens at forty bar.\n", "\nPut this together."),
        closed("1", at=1.9, answer="forty bar", citations=(cited,)),
        finished(answer="forty bar", citations=(cited,)),
    ]


def asking(agent, at, view, handoff):
    """Return a call in which an agent was shown a view and its handoff."""
    call = called(agent, at=at)
    request = Request((Message("user", (view, handoff)),), call.request.max_tokens)
    return call.model_copy(update={"request": request})
