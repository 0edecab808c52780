"""One run's summary: what is to be read for it, what the readers say, and what is told in the end.

Code surveys the source and chooses; agents read the passages around what was chosen, and a sentence of theirs is
told instead where code can verify it and it says more. So a summary exists at any time, whatever limit is reached.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rao_cli.agent.cite import align, cite
from rao_cli.agent.reading import Reading
from rao_cli.agent.records import Citation, Report, Task
from rao_cli.agent.summary.central import COMFORTABLE, LEAD
from rao_cli.agent.summary.choose import choose
from rao_cli.agent.summary.model import Choice, Statement, Topic
from rao_cli.agent.summary.passages import Group, everything, passages
from rao_cli.agent.summary.sentences import count_words, sentences
from rao_cli.agent.summary.survey import survey
from rao_cli.agent.summary.verify import missing
from rao_cli.agent.summary.write import write
from rao_cli.documents.model import Section, Span

_SAYS_NOTHING = re.compile(
    r"\b(?:this|the|a|following|above) (?:part|text|section|passage|question|answer|sentence)\b", re.IGNORECASE
)


@dataclass
class Telling:
    """The summary of one task over one reading.

    What agents say is judged by the survey, and told as if they had reported in the order of the text: in what
    order they finish must change nothing.
    """

    task: Task
    reading: Reading
    trusted: bool = False
    """The model writes well enough for its sentence to stand before one of the text that says as much."""
    topics: list[Topic] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    """What agents are to read: the root opens one for each."""
    said: list[tuple[int, Statement]] = field(default_factory=list)
    """Sentences of agents that may be told, each with the number of its topic."""

    def survey(self) -> None:
        """Find the topics of the source and the passages to be read for them; needs no model."""
        self.topics = list(survey(self.reading.document, self.task.words))
        chosen = self._choice(self.topics)
        self.groups = everything(self.reading) if self.task.thorough else passages(self.reading, chosen)

    @property
    def readings(self) -> tuple[Section, ...]:
        """Return all passages to be read, as the root's entries are numbered."""
        return tuple(section for group in self.groups for section in group)

    def propose(self, sections: Sequence[Section], text: str, confidence: float) -> Report:
        """Weigh what an agent says of the sections that it read; report its sentence, or the text's own.

        A sentence is taken over if code can verify it and it says more of its part than what code found there.
        """
        for sentence in sentences(text)[:1]:
            for number, topic in enumerate(self.topics):
                statement = self._verified(sentence.text, topic, sections)
                if statement and self._is_better(statement, topic):
                    self.said.append((number, statement))
                    return self._report(statement, confidence)
        own = (one for topic in self.topics for one in topic.statements if _stands_in(one, sections))
        statement = next(own, None)
        return self._report(statement, confidence) if statement else Report(status="absent", confidence=confidence)

    def compose(self) -> Report:
        """Write the summary from what is known by now."""
        choice = self._choice(self._improved())
        text, citations = write(choice, self.task.style, self._cite)
        if not text:
            return Report(status="failed", reason="the source has no text to summarise")
        told = [statement for one in choice.told for statement in one.statements]
        named = sum(statement.phrased for statement in told) or "none"
        return Report(
            status="found",
            answer=text,
            citations=citations,
            confidence=sum(one.verified for one in citations) / max(1, len(citations)),
            how=f"{len(told)} statements chosen and checked by code, {named} of them phrased by the model",
        )

    def _choice(self, topics: Sequence[Topic]) -> Choice:
        return choose(topics, self.task.words, self.task.style)

    def _improved(self) -> list[Topic]:
        """Return the topics with what agents said of each, as far as it says more than what stood before it."""
        topics = list(self.topics)
        for number, statement in sorted(self.said, key=lambda said: (said[0], said[1].spans, said[1].text)):
            if self._is_better(statement, topics[number]):
                topics[number] = replace(topics[number], statements=(statement, *topics[number].statements))
        return topics

    def _verified(self, sentence: str, topic: Topic, sections: Sequence[Section]) -> Statement | None:
        """Return an agent's sentence with the place that backs it, if it may be told of the topic."""
        if topic.score is None or not _reads_well(sentence):
            return None
        leaves = (leaf for section in sections for leaf in section.leaves() if leaf.span.overlaps(topic.span))
        blocks = [
            block for leaf in leaves for block in self.reading.blocks(leaf) if block.span.overlaps(topic.span)
        ]
        for found in align(self.reading.document, sentence, "", blocks, (), 1):
            place = Span(found.start, found.end)
            if found.verified and not missing(sentence, self.reading.document.read(place)):
                return Statement(sentence, (place,), phrased=True)
        return None

    def _is_better(self, statement: Statement, topic: Topic) -> bool:
        """Tell whether a sentence says more of a topic than the best that is known."""
        if topic.score is None or not topic.statements:
            return topic.score is not None
        return topic.score(statement.text) + (LEAD if self.trusted else 0.0) > topic.score(
            topic.statements[0].text
        )

    def _report(self, statement: Statement, confidence: float) -> Report:
        citations = tuple(self._cite(span, statement) for span in statement.spans)
        return Report(status="found", answer=statement.text, citations=citations, confidence=confidence)

    def _cite(self, span: Span, statement: Statement) -> Citation:
        made = cite(self.reading.document, span, statement.text)
        return made.model_copy(update={"verified": True}) if statement.computed else made


def _reads_well(sentence: str) -> bool:
    """Tell whether a model's sentence is of some length, repeats nothing and talks of the matter itself."""
    told = sentence.lower().split()
    runs = list(zip(told, told[1:], told[2:], strict=False))
    comfortable = COMFORTABLE[0] <= count_words(sentence) <= COMFORTABLE[1]
    return comfortable and len(set(runs)) == len(runs) and not _SAYS_NOTHING.search(sentence)


def _stands_in(statement: Statement, sections: Sequence[Section]) -> bool:
    return any(section.span.contains(span) for section in sections for span in statement.spans[:1])
