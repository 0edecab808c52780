"""Other text around a text that is asked about, up to a length: the same question in more and more of it."""

import random
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

from rao_cli.documents.model import Span
from rao_cli.errors import InputError
from rao_cli.text import one_line
from rao_cli.training.episodes import Episode

_HEADING = re.compile(r"^(?=# )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Article:
    """Text under a heading of the first level, which it begins with, or a whole file without any."""

    text: str

    @property
    def title(self) -> str:
        """Return its first line, without what makes it a heading."""
        return self.text.split("\n", 1)[0].removeprefix("# ").strip()

    @property
    def paragraphs(self) -> frozenset[str]:
        """Return its paragraphs."""
        return frozenset(filter(None, (part.strip() for part in self.text.split("\n\n"))))


def read_articles(paths: Sequence[Path]) -> tuple[Article, ...]:
    """Return the articles of files, each once. Raises InputError for a file that is no text or is empty."""
    found: dict[str, Article] = {}
    for path in paths:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeError) as error:
            raise InputError(
                f"cannot read the text in {one_line(str(path), 200)}: {one_line(str(error), 120)}",
                hint="--around takes files of plain text",
            ) from error
        for part in filter(str.strip, _HEADING.split(text)):
            found.setdefault(part, Article(part.strip()))
    return tuple(found.values())


def unrelated(articles: Sequence[Article], titles: Collection[str], paragraphs: Collection[str]) -> list[Article]:
    """Return the articles that have none of these titles and hold none of these paragraphs.

    Raises InputError where none is left. What an article that is asked about says would else be said twice, or a
    question be answered that the text is taken not to answer.
    """
    known = frozenset(one.strip() for one in paragraphs)
    found = [one for one in articles if one.title not in titles and not known & one.paragraphs]
    if articles and not found:
        raise InputError("--around has only articles that are asked about", hint="give other text")
    return found


def surrounded(episode: Episode, articles: Sequence[Article], characters: int) -> Episode:
    """Return an episode whose text stands somewhere among articles, together at least of a length.

    The same text gets the same surroundings, and of a longer one the shorter is not a part. Articles come again
    where there are too few.
    """
    chance = random.Random(f"{characters} {episode.text}")  # noqa: S311 - nothing secret
    drawn = list(_drawn(chance.sample(articles, len(articles)), characters - len(episode.text)))
    place = chance.randint(0, len(drawn))
    before = "".join(f"{one.text}\n\n" for one in drawn[:place])
    after = "".join(f"\n\n{one.text}" for one in drawn[place:])
    return shifted(replace(episode, text=f"{before}{episode.text}{after}"), len(before))


def _drawn(articles: Sequence[Article], missing: int) -> Iterator[Article]:
    for article in cycle(articles):
        if missing <= 0:
            return
        missing -= len(article.text)
        yield article


def shifted(episode: Episode, by: int) -> Episode:
    """Return an episode whose evidence stands so many characters further on."""
    steps = tuple(replace(step, evidence=_moved(step.evidence, by)) for step in episode.steps)
    return replace(episode, evidence=tuple(_moved(span, by) for span in episode.evidence), steps=steps)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
