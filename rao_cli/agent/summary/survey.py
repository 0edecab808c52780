"""Find the topics of a source by what it is: a log, a codebase, what changed in one, or text."""

from rao_cli.agent.summary.changes import change_topics, changes
from rao_cli.agent.summary.logs import is_log, log_statements, log_topics
from rao_cli.agent.summary.model import Topic
from rao_cli.agent.summary.parts import main_parts
from rao_cli.agent.summary.prose import prose_topics, weight
from rao_cli.agent.summary.repo import repo_topics
from rao_cli.agent.summary.repo_files import is_repository
from rao_cli.documents.model import Document, Facts, Origin, Section
from rao_cli.text import one_line

TITLE_CHARACTERS = 80


def survey(document: Document, words: int) -> tuple[Topic, ...]:
    """Return what could be told of a document in about ``words`` words; nothing of one without text."""
    if not document.text[:1]:
        return ()
    if (changed := changes(document)) is not None:
        return change_topics(document, changed)
    logs = [facts for facts in document.facts if is_log(facts)]
    if len(document.origins) == 1 and len(logs) == 1:
        return log_topics(document, logs[0], document.origins[0])
    if is_repository(document):
        return repo_topics(document, words)
    return _by_part(document, main_parts(document, document.root), words)


def _by_part(document: Document, parts: tuple[Section, ...], words: int) -> tuple[Topic, ...]:
    """Return a topic for each part: logs as they were counted, the others as text."""
    logs = {part.span: topic for part in parts if (topic := _log_topic(document, part))}
    text = prose_topics(document, [part for part in parts if part.span not in logs], words)
    return tuple(sorted((*logs.values(), *text), key=lambda topic: topic.span))


def _log_topic(document: Document, part: Section) -> Topic | None:
    """Return the topic of a part that is one log."""
    for facts in document.facts:
        origin = _origin(document, facts, part)
        if origin and is_log(facts):
            heading = one_line(part.title, TITLE_CHARACTERS)
            return Topic(heading, part.span, log_statements(document, facts, origin, part.span), weight(part))
    return None


def _origin(document: Document, facts: Facts, part: Section) -> Origin | None:
    """Return the file whose facts they are, if the part is that file or the log of that name in it."""
    for origin in document.origins:
        if facts.path.startswith(origin.path) and origin.span.contains(part.span):
            name = facts.path.removeprefix(origin.path).strip(" :/#[](){}")
            if (name and part.title.startswith(name)) or (not name and part.span == origin.span):
                return origin
    return None
