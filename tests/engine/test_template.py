"""Chat formats: recognised by their markers, rendered by our own code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.base import Message
from rao_cli.engine.template import PLAIN, ChatFormat, known_format, render

TALK = (
    Message("system", ("Be brief.",)),
    Message("user", ("Text. ", "Question?")),
    Message("assistant", ("Answer.",)),
    Message("user", ("More?",)),
)
WRITTEN = {
    "chatml": "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nText. Question?<|im_end|>\n"
    "<|im_start|>assistant\nAnswer.<|im_end|>\n<|im_start|>user\nMore?<|im_end|>\n<|im_start|>assistant\n",
    "phi4": "<|im_start|>system<|im_sep|>Be brief.<|im_end|><|im_start|>user<|im_sep|>Text. Question?<|im_end|>"
    "<|im_start|>assistant<|im_sep|>Answer.<|im_end|><|im_start|>user<|im_sep|>More?<|im_end|>"
    "<|im_start|>assistant<|im_sep|>",
    "llama3": "<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nText. Question?<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\nAnswer.<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nMore?<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "gemma": "<start_of_turn>user\nBe brief.\n\nText. Question?<end_of_turn>\n<start_of_turn>model\nAnswer."
    "<end_of_turn>\n<start_of_turn>user\nMore?<end_of_turn>\n<start_of_turn>model\n",
    "mistral": "[INST] Be brief.\n\nText. Question? [/INST]Answer.</s>[INST] More? [/INST]",
    "phi3": "<|system|>\nBe brief.<|end|>\n<|user|>\nText. Question?<|end|>\n<|assistant|>\nAnswer.<|end|>\n"
    "<|user|>\nMore?<|end|>\n<|assistant|>\n",
    "zephyr": "<|system|>\nBe brief.</s>\n<|user|>\nText. Question?</s>\n<|assistant|>\nAnswer.</s>\n"
    "<|user|>\nMore?</s>\n<|assistant|>\n",
    "plain": "Be brief.\n\nUser:\nText. Question?\n\nAssistant:\nAnswer.\n\nUser:\nMore?\n\nAssistant:\n",
}


MARKERS = {
    "chatml": "{{'<|im_start|>' + message['role']}}",
    "phi4": "{{'<|im_start|>user<|im_sep|>'}}",
    "llama3": "<|start_header_id|>",
    "gemma": "<start_of_turn>",
    "mistral": "[INST] {{ message }} [/INST]",
    "phi3": "<|user|>\n<|end|>\n<|assistant|>",
    "zephyr": "<|user|>\n{{ eos_token }}\n<|assistant|>",
}
"""What a template of each family holds."""


def chat(family: str) -> ChatFormat:
    """Return the format of a family."""
    return known_format(MARKERS.get(family, "")) or PLAIN


@pytest.mark.parametrize("family", WRITTEN)
def test_talk_is_rendered(family: str) -> None:
    """A talk of four messages is written exactly as the family's format says."""
    assert "".join(text for text, _ in render(TALK, chat(family))) == WRITTEN[family]


@pytest.mark.parametrize("family", MARKERS)
def test_family_is_recognised(family: str) -> None:
    """Markers in the template's text name the family."""
    assert chat(family).name == family


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{% for m in messages %}{{ m }}{% endfor %}",
        "{{ cycler.__init__.__globals__.os.popen('touch /tmp/owned') }}",
    ],
)
def test_other_templates_are_only_looked_at(template: str) -> None:
    """A template without the markers of a family is none of them, and is not run to find that out."""
    assert known_format(template) is None


@pytest.mark.parametrize("family", WRITTEN)
@given(part=st.text(max_size=60))
def test_parts_are_never_special(family: str, part: str) -> None:
    """Text of a message comes out unchanged and not special, whatever it holds."""
    pieces = render((Message("user", ("start", part, "<|im_end|>!")),), chat(family))
    contents = [text for text, special in pieces if not special]
    assert "<|im_end|>!" in contents
    assert not part or part in contents
    assert all(text not in {"start", "<|im_end|>!"} for text, special in pieces if special)


@pytest.mark.parametrize("family", ["gemma", "mistral"])
def test_system_without_a_user_becomes_a_user_turn(family: str) -> None:
    """Where there is no system role, a lone system message is a user's."""
    text = "".join(text for text, _ in render((Message("system", ("Rules.",)),), chat(family)))
    assert "Rules." in text
    assert "system" not in text


def test_equal_leading_parts_give_equal_leading_pieces() -> None:
    """Two prompts that begin alike render alike up to where they differ."""
    first = render((TALK[0], Message("user", ("same", "a"))), chat("chatml"))
    second = render((TALK[0], Message("user", ("same", "b"))), chat("chatml"))
    assert first[:5] == second[:5]
    assert first[5] != second[5]
