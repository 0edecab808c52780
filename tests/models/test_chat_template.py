"""Chat templates of strangers: formats of sound ones, refusal of hostile ones, nothing done."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.base import Message
from rao_cli.engine.template import ChatFormat, known_format, render
from rao_cli.models.chat_template import UnusableError, derive_format, refine
from tests.models import templates

BOS, EOS = "<s>", "</s>"
NO_THOUGHT = "<think>\n\n</think>\n\n"
TALK = (
    Message("system", ("Be brief.",)),
    Message("user", ("Text. Question?",)),
    Message("assistant", ("Answer.",)),
    Message("user", ("More?",)),
)
WRITTEN = {
    "QWEN3": "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nText. Question?<|im_end|>\n"
    "<|im_start|>assistant\nAnswer.<|im_end|>\n<|im_start|>user\nMore?<|im_end|>\n<|im_start|>assistant\n"
    + NO_THOUGHT,
    "GEMMA2": "<start_of_turn>user\nBe brief.\n\nText. Question?<end_of_turn>\n<start_of_turn>model\nAnswer."
    "<end_of_turn>\n<start_of_turn>user\nMore?<end_of_turn>\n<start_of_turn>model\n",
    "GEMMA3": "<start_of_turn>user\nBe brief.\n\nText. Question?<end_of_turn>\n<start_of_turn>model\nAnswer."
    "<end_of_turn>\n<start_of_turn>user\nMore?<end_of_turn>\n<start_of_turn>model\n",
    "MISTRAL3": "[INST] Be brief.\n\nText. Question?[/INST] Answer.</s>[INST] More?[/INST]",
    "PHI4": "<|im_start|>system<|im_sep|>Be brief.<|im_end|><|im_start|>user<|im_sep|>Text. Question?<|im_end|>"
    "<|im_start|>assistant<|im_sep|>Answer.<|im_end|><|im_start|>user<|im_sep|>More?<|im_end|>"
    "<|im_start|>assistant<|im_sep|>",
    "DEEPSEEK": "Be brief.<｜User｜>Text. Question?<｜Assistant｜>Answer.<｜end▁of▁sentence｜><｜User｜>More?"
    "<｜Assistant｜>" + NO_THOUGHT,
    "COMMAND_R": "<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>Be brief.<|END_OF_TURN_TOKEN|>"
    "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>Text. Question?<|END_OF_TURN_TOKEN|>"
    "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>Answer.<|END_OF_TURN_TOKEN|>"
    "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>More?<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
    "ALPACA": "Be brief.\n\n### Instruction:\nText. Question?\n\n### Response:\nAnswer.\n\n"
    "### Instruction:\nMore?\n\n### Response:\n",
}


def derived(template: str) -> ChatFormat:
    """Return the format of a template."""
    return derive_format(template, BOS, EOS)[0]


def written(chat: ChatFormat) -> str:
    """Return a talk as a format writes it."""
    return "".join(text for text, _ in render(TALK, chat))


@pytest.mark.parametrize("name", WRITTEN)
def test_talk_is_written_as_the_template_does(name: str) -> None:
    """The derived format of each family writes a talk of four turns as its template would."""
    assert written(derived(getattr(templates, name))) == WRITTEN[name]


@pytest.mark.parametrize(("name", "family"), [("GEMMA2", "gemma"), ("GEMMA3", "gemma"), ("PHI4", "phi4")])
def test_known_families_are_what_their_templates_write(name: str, family: str) -> None:
    """Our own code for a family and its template agree."""
    known = known_format(getattr(templates, name))
    assert known == dataclasses.replace(derived(getattr(templates, name)), name=family)


def test_spaces_are_those_of_the_template() -> None:
    """Members of a family that differ in spaces only are written as their own template does."""
    known = known_format(templates.MISTRAL3)
    assert known
    assert written(known) != WRITTEN["MISTRAL3"]
    assert written(refine(known, derived(templates.MISTRAL3))) == WRITTEN["MISTRAL3"]


def test_known_system_turn_stays() -> None:
    """A template whose system turn cannot be derived, for its date, keeps the known family's."""
    known = known_format(templates.LLAMA3)
    assert known
    assert refine(known, derived(templates.LLAMA3)) == known


def test_hybrid_model_is_told_not_to_think() -> None:
    """The switch of a Qwen3-like template is used, and only the start of the answer changes."""
    known = known_format(templates.QWEN3)
    assert known
    chat = refine(known, derived(templates.QWEN3))
    assert chat == dataclasses.replace(known, ask="<|im_start|>assistant\n" + NO_THOUGHT)


@pytest.mark.parametrize("name", ["QWEN3_THINKING", "DEEPSEEK"])
def test_thought_that_cannot_be_turned_off_is_closed(name: str) -> None:
    """Where a template always opens a thought, it is closed at once, and a remark says so."""
    chat, remarks = derive_format(getattr(templates, name), BOS, EOS)
    assert chat.ask.endswith(NO_THOUGHT)
    assert any("thinks" in remark for remark in remarks)


def test_known_format_stays_where_the_template_asks_otherwise() -> None:
    """A template of a known family cannot put words before the answer."""
    known = known_format("<|im_start|>")
    assert known
    assert refine(known, dataclasses.replace(known, ask=known.ask + "Buy now! ")) == known
    assert refine(known, dataclasses.replace(known, ask="<think>")) == known


def test_hidden_system_turn_is_left_out() -> None:
    """Orders that a template puts before the first turn do not reach the model, and are told."""
    chat, remarks = derive_format(templates.HIDDEN_SYSTEM, BOS, EOS)
    assert "sponsor" not in written(chat)
    assert any("Always recommend" in remark for remark in remarks)


@pytest.mark.parametrize("start", ["", "{{ bos_token }}", "<s>"])
def test_beginning_is_left_to_the_engine(start: str) -> None:
    """The token for the beginning is not written, whether the template names it, spells it out or has none."""
    assert written(derived(start + templates.ALPACA)) == WRITTEN["ALPACA"]


def test_beginning_that_starts_every_turn_stays() -> None:
    """Where the token for the beginning is also that of a turn, as in SmolLM2, the turns keep it."""
    assert derive_format(templates.QWEN3, "<|im_start|>", "<|im_end|>")[0] == derived(templates.QWEN3)


def test_date_does_not_reach_the_model() -> None:
    """A Llama-3-like template's date and knowledge lines are left out."""
    assert "202" not in written(derived(templates.LLAMA3))


@pytest.mark.parametrize("case", set(templates.HOSTILE) - {"a billion characters"})
def test_hostile_template_is_refused(case: str, tmp_path: Path) -> None:
    """Each attack that the sandbox or the comparison sees ends in one line, and nothing was done."""
    mark = tmp_path / "owned"
    with pytest.raises(UnusableError) as caught:
        derive_format(templates.HOSTILE[case].replace("MARK", str(mark)), BOS, EOS)
    assert "\n" not in str(caught.value)
    assert not mark.exists()


def test_long_template_is_refused() -> None:
    """A template of a megabyte is not even compiled."""
    with pytest.raises(UnusableError, match="characters long"):
        derive_format(" " * (1 << 20))


@given(st.text(alphabet="{}%#'\"|()[]. \nabmesgcontflr<>/+-=1", max_size=80))
def test_any_text_is_a_format_or_refused(template: str) -> None:
    """Whatever the template, there is a format or UnusableError."""
    try:
        assert derive_format(template, BOS, EOS)[0].name == "template"
    except UnusableError as e:
        assert str(e)  # noqa: PT017
