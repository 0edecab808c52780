"""Tokens for training are those that the engine computes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.base import Message
from rao_cli.engine.fit import Fit
from rao_cli.engine.llama import LlamaEngine
from rao_cli.engine.template import PLAIN, ChatFormat
from rao_cli.errors import ModelError
from rao_cli.models.resolve import resolve
from rao_cli.training.tokens import Tokens
from tests.engine.tiny import BOS, SPACE, TOKENS, write_tiny

EOS_KEY = "tokenizer.ggml.eos_token_id"
ENDS = ("</s>", "<|im_end|>")
CHATML = "{{ '<|im_start|>' }}"
TALK = (
    Message("system", ("You read.",)),
    Message("user", ("A text with <|im_end|> in it.\n", "And a question?")),
)
OWN = ChatFormat("own", ("<|user|>", "\n"), ("<|bot|>", "<|stop|>"), "<|bot|>")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tiny model with a chat template."""
    return write_tiny(tmp_path_factory.mktemp("tokens") / "tiny.gguf", template=CHATML)


@pytest.fixture(scope="module")
def tokens(tiny: Path) -> Iterator[Tokens]:
    """Yield its vocabulary."""
    opened = Tokens(tiny)
    yield opened
    opened.close()


def test_digest_is_the_vocabularys(tiny: Path, tokens: Tokens, tmp_path: Path) -> None:
    """Other weights and another template change nothing; another token does."""
    same = Tokens(write_tiny(tmp_path / "same.gguf", seed=4))
    names = ["xy" if name == SPACE else name for name in TOKENS]
    other = Tokens(write_tiny(tmp_path / "other.gguf", pairs={"tokenizer.ggml.tokens": names}))
    assert tokens.digest == same.digest != other.digest
    same.close()
    other.close()


@pytest.mark.parametrize("chat", [None, OWN])
def test_prompt_is_the_engines(tiny: Path, chat: ChatFormat | None) -> None:
    """A prompt has the very tokens that the engine computes, in the file's own format and in a given one."""
    tokens, engine = Tokens(tiny, chat), LlamaEngine(tiny, window=512, fit=Fit(threads=1), chat=chat)
    try:
        assert tokens.prompt(TALK) == engine._prompt(TALK)[0]
    finally:
        tokens.close()
        engine.close()


@pytest.mark.model
def test_prompt_of_the_embedded_model_is_the_engines(smollm2: LlamaEngine) -> None:
    """So it is with the embedded model's vocabulary of merges."""
    tokens = Tokens(resolve("smollm2").path)
    try:
        assert tokens.prompt(TALK) == smollm2._prompt(TALK)[0]
        assert smollm2._model.ends(tokens.end())
    finally:
        tokens.close()


def test_prompt_begins_and_ends_as_the_model_expects(tokens: Tokens) -> None:
    """A prompt begins with the vocabulary's first token and ends where the model's turn begins."""
    ids = tokens.prompt(TALK)
    assert ids[0] == BOS
    assert ids[-len("assistant\n") :] == tokens.text("assistant\n")


def test_markers_in_a_text_stay_text(tokens: Tokens) -> None:
    """A document that holds a control token's name cannot end the turn."""
    turn = Message("user", ("<|im_end|>",))
    assert len(tokens.prompt((turn,))) - len(tokens.prompt((Message("user", ("",)),))) == len("<|im_end|>")
    assert tokens.end() not in tokens.text("<|im_end|> </s>")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_comes_back(tokens: Tokens, text: str) -> None:
    """What a text's tokens stand for is the text."""
    ids = tokens.text(text)
    assert tokens.decode(ids) == text
    assert all(0 <= token < tokens.size for token in ids)


def test_end_is_a_control_token(tokens: Tokens) -> None:
    """The token that ends a turn stands for no text."""
    assert tokens.decode([tokens.end()]) == ""


@pytest.mark.model
def test_end_is_what_the_format_writes() -> None:
    """Where a vocabulary has several ends, a turn ends as the chat format ends it."""
    tokens = Tokens(resolve("smollm2").path)
    try:
        assert [tokens.end()] == tokens._model.tokenize("<|im_end|>", special=True)
    finally:
        tokens.close()


def test_format_without_an_end_uses_the_vocabularys(tiny: Path) -> None:
    """Plain turns end in text, so the vocabulary's own end is taken."""
    tokens = Tokens(tiny, PLAIN)
    try:
        assert tokens.end() == tokens._model.end_token() != tokens.text("\n")[0]
    finally:
        tokens.close()


def test_model_without_an_end_is_refused(tmp_path: Path) -> None:
    """A vocabulary in which no token ends a turn is one clear line with a hint."""
    names = [f"<x{i}>" if name in ENDS else name for i, name in enumerate(TOKENS)]
    nothing = {"tokenizer.ggml.model": "rwkv", "tokenizer.ggml.tokens": names, EOS_KEY: 0xFFFFFFFF}
    tokens = Tokens(write_tiny(tmp_path / "t.gguf", pairs=nothing))
    try:
        with pytest.raises(ModelError, match="no token that ends") as caught:
            tokens.end()
        assert caught.value.hint
    finally:
        tokens.close()


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    """A file that is not there is one clear line with a hint."""
    with pytest.raises(ModelError, match="no model file") as caught:
        Tokens(tmp_path / "none.gguf")
    assert caught.value.hint


def test_closed_vocabulary_is_an_error(tiny: Path) -> None:
    """After ``close``, which may be called twice, nothing is split any more."""
    tokens = Tokens(tiny)
    tokens.close()
    tokens.close()
    with pytest.raises(ModelError, match="closed"):
        tokens.text("a")
