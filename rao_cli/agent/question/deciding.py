"""Let a model decide the kind of a question whose words leave it open: one short call under a grammar.

For models that are trusted to decide (``delegation``); the rule's kind stands where the model says nothing usable.
"""

from typing import get_args

from rao_cli.agent import prompts
from rao_cli.agent.question.model import Asked, Kind
from rao_cli.engine.base import Message, Request

KINDS: tuple[Kind, ...] = get_args(Kind)
_TOKENS = 8
"""Enough to write the longest name of a kind."""


def in_doubt(asked: Asked) -> bool:
    """Tell whether rules see a kind in the words that they are not sure of."""
    return not asked.sure and asked.kind != "fact"


def kind_request(asked: Asked) -> Request:
    """Ask which kind a question is of; the grammar allows the names of kinds only."""
    question = Message("user", ("\n", prompts.question_line(asked.stem)))
    messages = (Message("system", (prompts.WHICH_KIND,)), question)
    return Request(messages, _TOKENS, grammar="root ::= " + " | ".join(f'"{kind}"' for kind in KINDS))


def decided(asked: Asked, reply: str) -> Asked:
    """Return a question with the kind that a reply names, surely; as it is where it names none."""
    kind = next((kind for kind in KINDS if kind == reply.strip()), None)
    return asked.model_copy(update={"kind": kind, "sure": True}) if kind else asked
