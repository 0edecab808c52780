"""Turn a model's chat template into a ChatFormat: what stands around the turns of each role.

A template is a program from a stranger. It is rendered here only, in jinja2's immutable sandbox, and only by the
probe's process (probe_worker.py), which limits processor time and memory; a loop or a swelling text ends that
process, not rao. It is rendered with marked words for what is said; what stands between the words gives the
format, which must then write other talks as the template does. Where it does not, ``UnusableError`` says why.
Limits: a format writes a turn the same wherever it stands, so a text that a template puts before the first turn
is left out; a template that hides less than 40 letters inside a turn's marker goes unnoticed (`rao models info`
shows the format).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rao_cli.engine.base import Message, Role
from rao_cli.engine.template import ChatFormat, render
from rao_cli.text import one_line

_MOST_TEMPLATE = 256 * 1024
_MOST_OUTPUT = 64 * 1024
_MOST_WORDS = 40
_BOS = "QzbeginZq"  # the engine puts the token for the beginning itself, so it must be known from other text
_SPECIAL = re.compile(r"<[^<>\s]{1,40}>|\[[^\[\]\s]{1,20}\]")
_OPEN_THINKING = re.compile(r"<think>\s*\Z")
_THINKING = re.compile(r"\s*<think>\s*</think>\s*")
# What a template can raise; jinja2's own errors are added where it is imported.
_ERRORS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
_WITH_SYSTEM: tuple[Role, ...] = ("system", "user", "assistant", "user", "assistant", "user")
_TALKS: tuple[tuple[Role, ...], ...] = (
    ("user",),
    ("user", "assistant", "user"),
    ("system", "user"),
    ("system", "user", "assistant", "user"),
    ("system", "user", "assistant", "user", "assistant", "user", "assistant", "user"),
)


class UnusableError(Exception):
    """The template cannot be turned into a format; the message says why."""


def derive_format(template: str, bos: str = "", eos: str = "") -> tuple[ChatFormat, tuple[str, ...]]:
    """Return the format that a template writes, thinking turned off, and remarks about it.

    ``bos`` and ``eos`` are the texts of the model's control tokens. Raises UnusableError.
    """
    page = _Page(template, bos, eos)
    try:
        chat = _with_system(page)
    except UnusableError:
        chat = _without_system(page)
    _check_words(chat)
    remarks = _verify(page, chat)
    closed = replace(chat, ask=_OPEN_THINKING.sub("<think>\n\n</think>\n\n", chat.ask))
    return closed, remarks if closed == chat else (*remarks, "it always thinks: the thought is closed at once")


def refine(known: ChatFormat, derived: ChatFormat) -> ChatFormat:
    """Return a known format with the spaces of a file's own template, and thinking turned off as it does.

    Nothing else of the template is taken over, so it can put no words into a known family's turns.
    """
    rest = derived.ask.removeprefix(known.ask)
    thought = rest if _THINKING.fullmatch(rest) else ""
    plain = replace(derived, ask=derived.ask.removesuffix(thought))
    if _squeezed(plain) == _squeezed(known):
        return replace(derived, name=known.name, special=known.special)
    return replace(known, ask=known.ask + thought)


def _squeezed(chat: ChatFormat) -> list[str]:
    """Return what a format writes around turns, without spaces."""
    markers = (*chat.user, *chat.assistant, chat.ask, *(chat.system or ("no", "system")))
    return ["".join(marker.split()) for marker in markers]


class _Page:
    """A compiled template and the means to render talks with it."""

    def __init__(self, template: str, bos: str, eos: str) -> None:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        if len(template) > _MOST_TEMPLATE:
            raise UnusableError(f"it is {len(template):,} characters long")
        self.bos, self._eos = bos, eos
        self._errors = (TemplateError, *_ERRORS)
        sandbox = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        sandbox.globals["raise_exception"] = _refuse
        sandbox.globals["strftime_now"] = _no_date
        try:
            self._template = sandbox.from_string(template)
        except self._errors as e:
            raise UnusableError(one_line(f"{type(e).__name__}: {e}", 200)) from e

    def write(self, roles: Sequence[Role], words: Sequence[str], *, ask: bool) -> str:
        """Return what the template writes for a talk; raises UnusableError."""
        messages = [{"role": role, "content": word} for role, word in zip(roles, words, strict=True)]
        values: dict[str, Any] = {
            "messages": messages, "add_generation_prompt": ask, "bos_token": _BOS, "eos_token": self._eos,
            "enable_thinking": False, "thinking": False, "tools": None, "documents": None,
        }  # fmt: skip
        text = ""
        try:
            for piece in self._template.generate(**values):
                text += piece
                if len(text) > _MOST_OUTPUT:
                    raise UnusableError(f"it writes more than {_MOST_OUTPUT:,} characters")
        except self._errors as e:
            raise UnusableError(one_line(f"{type(e).__name__}: {e}", 200)) from e
        return text.removeprefix(_BOS).replace(_BOS, self.bos)

    def gaps(self, roles: Sequence[Role], *, ask: bool) -> list[str]:
        """Return what stands before, between and after what is said."""
        words = [f"Qz{number}said{role}Zq" for number, role in enumerate(roles)]
        rest, gaps = self.write(roles, words, ask=ask), []
        for word in words:
            before, found, rest = rest.partition(word)
            if not found or word in rest:
                raise UnusableError("it does not write each turn once, in order")
            gaps.append(before)
        return [*gaps, rest]


def _refuse(message: object) -> str:
    raise ValueError(str(message))


def _no_date(_format: object) -> str:
    """Give no date: a prompt that changes every day could never be read from a cache."""
    return ""


def _with_system(page: _Page) -> ChatFormat:
    """Derive a format from talks that begin with a system turn."""
    chat, first, second = _turns(page, _WITH_SYSTEM, user=1)
    start, _ = chat.user
    if not second.endswith(start):
        raise UnusableError("its first user turn is not like the others")
    if page.bos and not start.startswith(page.bos):
        first = first.removeprefix(page.bos)  # written out in the template; the engine puts it itself
    chat = replace(chat, system=(first, second.removesuffix(start)))
    _check_words(chat)
    return chat


def _without_system(page: _Page) -> ChatFormat:
    """Derive a format from talks without a system turn; what the system says goes into the user's."""
    chat, first, _ = _turns(page, _WITH_SYSTEM[1:], user=0)
    if not first.endswith(chat.user[0]):
        raise UnusableError("its first user turn is not like the others")
    return chat


def _turns(page: _Page, roles: tuple[Role, ...], user: int) -> tuple[ChatFormat, str, str]:
    """Return the format of users and assistants, and the first two gaps of the talk.

    ``user`` is the place of the first user turn.
    """
    gaps = page.gaps(roles, ask=True)
    after_user = page.gaps(roles[: user + 1], ask=False)[-1]
    after_assistant = page.gaps(roles[: user + 2], ask=False)[-1]
    between, again = gaps[user + 1 : user + 3], gaps[user + 3 : user + 5]
    if between != again:
        raise UnusableError("it writes a turn differently at another place")
    if not (between[0].startswith(after_user) and gaps[-1].startswith(after_user)):
        raise UnusableError("it ends a user's turn differently at another place")
    if not between[1].startswith(after_assistant):
        raise UnusableError("it ends a model's turn differently at another place")
    chat = ChatFormat(
        "template",
        user=(between[1].removeprefix(after_assistant), after_user),
        assistant=(between[0].removeprefix(after_user), after_assistant),
        ask=gaps[-1].removeprefix(after_user),
    )
    return chat, gaps[0], gaps[1]


def _check_words(chat: ChatFormat) -> None:
    """Refuse a format whose markers say something themselves."""
    for marker in (*chat.user, *chat.assistant, chat.ask, *(chat.system or ())):
        words = _SPECIAL.sub("", marker).strip()
        if len(words) > _MOST_WORDS or len(marker) > 5 * _MOST_WORDS:
            raise UnusableError(f"it adds a text of its own: {one_line(words, 60)!r}")


def _verify(page: _Page, chat: ChatFormat) -> tuple[str, ...]:
    """Check that the format writes talks of other lengths and words as the template does; return remarks."""
    remarks: set[str] = set()
    for roles in _TALKS:
        if roles[0] == "system" and not chat.system:
            continue
        words = [f"It is {number}, {role};\nis it not?" for number, role in enumerate(roles)]
        theirs = page.write(roles, words, ask=True)
        messages = [Message(role, (word,)) for role, word in zip(roles, words, strict=True)]
        ours = "".join(text for text, _ in render(messages, chat))
        same = theirs in (ours, page.bos + ours)
        if not theirs.endswith(ours) or (roles[0] == "system" and not same):
            raise UnusableError("it writes other talks differently")
        if not same:
            own = one_line(theirs.removesuffix(ours), 60)
            remarks.add(f"its own first text is left out: {own!r}")
    return tuple(sorted(remarks))
