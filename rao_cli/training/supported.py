"""Tell from a GGUF file's header whether a model can be trained, before anything of it is loaded.

transformers leaves out tensors that it does not know without a word, and believes the sizes that a file gives, so
both are checked here. Limits: models built like Llama, whose heads are all of one size and rotated as a whole.
"""

from pathlib import Path
from typing import Final

from rao_cli.errors import ModelError
from rao_cli.models.gguf import GgufHeader
from rao_cli.text import one_line

ARCHITECTURES: Final = {"llama": "llama", "mistral": "llama", "qwen2": "qwen2", "qwen3": "qwen3"}
"""What transformers calls the architectures that can be trained, and what GGUF files call them."""
OTHER_BASE: Final = (
    "use a GGUF file or a Hugging Face folder of a Llama, Mistral or Qwen model, such as the embedded one"
)
_TENSORS: Final = {
    *("token_embd", "output_norm", "output", "attn_norm", "attn_q", "attn_k", "attn_v", "attn_output"),
    *("attn_q_norm", "attn_k_norm", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down"),
}


def architecture(name: str) -> str:
    """Return what GGUF files call an architecture; raises ModelError when it cannot be trained."""
    if name not in ARCHITECTURES:
        raise unsupported(f"a model of architecture {one_line(name, 60)} cannot be trained")
    return ARCHITECTURES[name]


def unsupported(what: str) -> ModelError:
    """Return the error for a model that is no fault of the file's."""
    return ModelError(what, hint=OTHER_BASE)


def check_header(path: Path, header: GgufHeader) -> None:
    """Raise ModelError with what would be loaded wrongly."""
    architecture(header.architecture)
    shown = one_line(str(path), 200)
    for tensor in header.tensors:
        parts = tensor.name.split(".")
        if parts[-2 if len(parts) > 1 else 0] not in _TENSORS:
            raise unsupported(f"the model {shown} has a tensor {one_line(tensor.name, 80)}")
    scaling = header.metadata.get(f"{header.architecture}.rope.scaling.type", "none")
    if scaling != "none":
        raise unsupported(f"the model {shown} scales positions ({one_line(str(scaling), 40)})")
    if wrong := _wrong_size(header):
        raise ModelError(
            f"the model {shown} says of its {wrong} what its tensors do not",
            hint="download the model again, or use another base model",
        )


def _wrong_size(header: GgufHeader) -> str:
    """Return the first size that the header gives unlike the tensors, empty when all fit."""
    shapes = {tensor.name: tensor.shape for tensor in header.tensors}
    try:
        width, vocabulary = shapes["token_embd.weight"]
        queries, keys = shapes["blk.0.attn_q.weight"][1], shapes["blk.0.attn_k.weight"][1]
        inner = shapes["blk.0.ffn_up.weight"][1]
    except (KeyError, ValueError, IndexError):
        return "layers"
    heads, kv_heads = _number(header, "attention.head_count", 0), _number(header, "attention.head_count_kv", 0)
    if heads < 1 or kv_heads < 1 or queries % heads or heads % kv_heads or keys * heads != queries * kv_heads:
        return "heads"
    layers = sum(name.endswith(".attn_q.weight") for name in shapes)
    size = queries // heads
    told = {
        "block_count": layers,
        "embedding_length": width,
        "feed_forward_length": inner,
        "vocab_size": vocabulary,
        "rope.dimension_count": size,
        "attention.key_length": size,
        "attention.value_length": size,
    }
    return next((key for key, value in told.items() if _number(header, key, value) != value), "")


def _number(header: GgufHeader, key: str, otherwise: int) -> int:
    """Return a whole number of the header's; what is none counts as -1."""
    value = header.metadata.get(f"{header.architecture}.{key}", otherwise)
    return value if isinstance(value, int) else -1
