"""A question as rao understands it: its kind, its own words, and the form that the answer shall have."""

from typing import Literal

from rao_cli.agent.records import Record

Kind = Literal[
    "fact",  # look one thing up
    "several",  # several facts that do not depend on each other
    "chain",  # facts that depend on each other: the author of X was born where?
    "list",  # all of something
    "count",  # how many, how much in all
    "extreme",  # most, least, first, last, longest, ...
    "compare",  # which of two has more
    "yes-no",
    "choice",  # one of the options that the question lists
    "explain",  # how, why
    "summary",
    "where",  # in which file, on which page
]
Shape = Literal["text", "name", "number", "time", "place", "list", "option", "letter", "yes-no"]


class Option(Record):
    """One of the answers that a question offers; ``key`` is its letter or number, or empty."""

    text: str
    key: str = ""


class Form(Record):
    """What an answer looks like: its shape, and the options it must be one of, if any.

    Of the shape yes-no the options, if any, are what stands for yes and for no.
    """

    shape: Shape = "text"
    options: tuple[Option, ...] = ()


class Asked(Record):
    """A question, understood by rule. ``stem`` is it without its options and words on the answer's form."""

    text: str
    stem: str
    kind: Kind = "fact"
    sure: bool = False
    """The words leave no doubt about the kind; else a model that is trusted may decide otherwise."""
    form: Form = Form()


def choices_of(form: Form) -> tuple[str, ...]:
    """Return what an answer in this form must be one of: letters, options, yes and no; empty where it is free."""
    if form.shape == "yes-no" and not form.options:
        return ("yes", "no")
    return tuple(dict.fromkeys(option.key if form.shape == "letter" else option.text for option in form.options))
