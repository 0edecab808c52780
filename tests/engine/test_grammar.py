"""Grammars on the real vocabulary: what is allowed, what is forced, and what forcing does to completions."""

import asyncio
import json

import pytest

from rao_cli.agent.grammar import action_grammar
from rao_cli.engine.base import Completion, Message, Progress, Request
from rao_cli.engine.grammar import Grammar
from rao_cli.engine.llama import LlamaEngine
from rao_cli.engine.native import Model
from rao_cli.errors import ModelError

pytestmark = pytest.mark.model


@pytest.fixture
def model(smollm2: LlamaEngine) -> Model:
    """Return the shared weights."""
    return smollm2._model


def force(model: Model, text: str, after: str = "") -> tuple[str, bool]:
    """Return the text that a grammar forces after some text, and whether it ends there."""
    grammar = Grammar(model, text)
    for token in model.tokenize(after):
        assert grammar.allows(token)
        grammar.accept(token)
    tokens, ends = grammar.force()
    grammar.close()
    return b"".join(map(model.piece, tokens)).decode("utf-8", "replace"), ends


@pytest.mark.parametrize(
    ("grammar", "forced", "ends"),
    [
        ('root ::= "{"', "{", True),
        ('root ::= "yes" | "no"', "", False),
        ('root ::= "the end"', "the end", True),
        ('root ::= "日本語 é"', "日本語 é", True),
        ('root ::= "a" "b"?', "", False),
        ("root ::= [a-z]+", "", False),
        (r'root ::= "\n" | "\t"', "", False),
        ('root ::= ""', "", True),
        ('root ::= "é" | "è"', "", False),
    ],
)
def test_forced_text_is_all_that_may_come(model: Model, grammar: str, forced: str, ends: bool) -> None:
    """Where only one text may come it is forced; where there is a choice it is not."""
    assert force(model, grammar) == (forced, ends)


def test_common_beginning_of_two_words_is_left_to_the_model(model: Model) -> None:
    """The letter that answer and absent share is not forced, so that either can be written as one token."""
    grammar = action_grammar(("answer", "absent"), 5)
    assert force(model, grammar) == ('{"action":"', False)
    assert force(model, grammar, '{"action":"answer')[0].startswith('","answer')


def test_last_token_is_left_to_the_model(model: Model) -> None:
    """Before a free part the last forced token is not taken, since what follows may belong to it."""
    assert force(model, 'root ::= "The king of " [A-Z] [a-z]+') == ("The king of", False)


def test_endless_forced_text_is_bounded(model: Model) -> None:
    """A grammar that repeats itself for ever does not keep the engine looking ahead."""
    text, ends = force(model, 'root ::= "ab" root')
    assert 200 < len(text) < 300
    assert not ends


def test_forced_tokens_are_stepped_over(model: Model) -> None:
    """After forcing, the grammar stands behind the forced text."""
    grammar = Grammar(model, 'root ::= "[1,2] " [xy]')
    tokens, _ = grammar.force()
    rest = model.tokenize("[1,2] x")[len(tokens) :]
    assert all(grammar.allows(token) and grammar.accept(token) is None for token in rest)
    assert grammar.force() == ([], True)
    grammar.close()


def test_grammar_of_half_a_surrogate_is_refused(model: Model) -> None:
    """A grammar that cannot be written as UTF-8 raises ModelError instead of ending the engine's thread."""
    with pytest.raises(ModelError, match="surrogate"):
        Grammar(model, 'root ::= "\ud800"')


def test_bytes_have_tokens(model: Model) -> None:
    """Each single byte's token stands for that byte, and every token can be begun by one of them."""
    assert all(model.piece(token) == bytes([value]) for value, token in model.single_bytes.items())
    assert model.bytes_begin_all
    assert all(ord(letter) in model.single_bytes for letter in '{"action":[1,2]}')


def complete(engine: LlamaEngine, request: Request) -> tuple[Completion, list[Progress]]:
    """Run one request; return its completion and reports."""
    seen: list[Progress] = []
    return asyncio.run(engine.generate(request, seen.append)), seen


def ask(grammar: str, max_tokens: int = 40, stop: tuple[str, ...] = ()) -> Request:
    """Return a request for a text by a grammar."""
    return Request((Message("user", ("What is the capital of France?",)),), max_tokens, grammar, stop)


FIXED = 'root ::= "{\\"city\\":\\"" [A-Z] [a-z]{2,9} "\\",\\"country\\":\\"France\\"}"'


def test_forced_text_takes_few_steps(smollm2: LlamaEngine) -> None:
    """A text of which most is forced is written in far fewer reports than it has tokens, all with chances."""
    done, seen = complete(smollm2, ask(FIXED))
    reports = [p for p in seen if p.phase == "writing"]
    assert done.text.endswith('","country":"France"}')
    assert done.finish == "stop"
    assert len(reports) <= len(done.tokens) // 2
    assert all(-30 < token.logprob < 0 for token in done.tokens)
    assert reports[-1].done == len(done.tokens)


@pytest.mark.parametrize("most", range(1, 11))
def test_forced_text_is_cut_at_the_limit(smollm2: LlamaEngine, most: int) -> None:
    """However few tokens are allowed, exactly so many are written, and their text is the beginning of all."""
    whole, _ = complete(smollm2, ask(FIXED))
    done, _ = complete(smollm2, ask(FIXED, most))
    assert (len(done.tokens), done.finish) == (most, "length")
    assert whole.text.startswith('{"city":"' if most > 4 else done.text)


def test_limit_at_the_end_of_the_grammar_is_a_stop(smollm2: LlamaEngine) -> None:
    """A completion ends with the grammar, even when max_tokens is reached at the same token."""
    whole, _ = complete(smollm2, ask('root ::= "The end of it."'))
    again, _ = complete(smollm2, ask('root ::= "The end of it."', len(whole.tokens)))
    assert (again.text, again.finish) == ("The end of it.", "stop")


def test_stop_within_forced_text_cuts(smollm2: LlamaEngine) -> None:
    """A stop string inside forced text ends the completion before it."""
    done, seen = complete(smollm2, ask(FIXED, stop=('"count',)))
    assert done.text.endswith('",')
    assert done.finish == "stop"
    assert "".join(p.text for p in seen) == done.text


@pytest.mark.parametrize("stop", [(), ("never written",), ('"}',)])
def test_streamed_text_is_the_completion(smollm2: LlamaEngine, stop: tuple[str, ...]) -> None:
    """What is reported as written adds up to the completion, with and without forced text and stop strings."""
    for grammar in (FIXED, ""):
        done, seen = complete(smollm2, ask(grammar, 24, stop))
        assert "".join(p.text for p in seen) == done.text == "".join(token.text for token in done.tokens)
        assert sum(bool(p.text) for p in seen) > 2


def test_forced_chances_are_those_of_sampling(smollm2: LlamaEngine) -> None:
    """A forced token's log-probability is what it has when the model is free to choose it, up to rounding."""
    free, _ = complete(smollm2, ask("", 7))
    forced, _ = complete(smollm2, ask(f"root ::= {json.dumps(free.text + ' x')}"))
    for ours, theirs in zip(forced.tokens[:5], free.tokens[:5], strict=True):
        assert ours.text == theirs.text
        assert ours.logprob == pytest.approx(theirs.logprob, abs=0.5)
