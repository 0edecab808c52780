"""How probable texts are as continuations of one prompt: the prompt is read once, each text after it.

Writing is constrained to the text (grammar.py), so what comes back are the model's own log-probabilities of its
tokens. Limits: the end of the text is not weighed, so a longer text is not preferred for being complete.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

from rao_cli.engine.base import Completion, OnProgress, Request

Generate = Callable[[Request, OnProgress | None], Awaitable[Completion]]


async def weigh(generate: Generate, request: Request, on_progress: OnProgress | None) -> Completion:
    """Return a completion whose ``choices`` are the tokens of each of the request's choices.

    Its ``tokens`` are all of them together, which is what they cost. Raises what ``generate`` raises, once the
    others have been cancelled.
    """
    first, *rest = (_constrained(request, choice) for choice in request.choices)
    done = [await generate(first, on_progress)]  # the others find the prompt read
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_awaited(generate, each)) for each in rest]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors
    done += [task.result() for task in tasks]
    return replace(
        done[0],
        text="",
        tokens=tuple(token for each in done for token in each.tokens),
        choices=tuple(each.tokens for each in done),
    )


async def _awaited(generate: Generate, request: Request) -> Completion:
    return await generate(request, None)


def _constrained(request: Request, choice: str) -> Request:
    # Every token has a byte at least, so a text never has more tokens than bytes; it ends where the grammar does.
    most = min(request.max_tokens, len(choice.encode()) + 1)
    grammar = f"root ::= {json.dumps(choice, ensure_ascii=False)}\n"
    return replace(request, choices=(), max_tokens=most, grammar=grammar)
