"""A real GGUF model of some 100 KB with random weights, written in a millisecond: for tests that need any model.

    path = write_tiny(tmp_path / "tiny.gguf")

A llama of ``layers`` layers whose vocabulary is the 256 bytes and a few control tokens, so every text can be
split. What it writes is noise, the same on each run with the same ``seed``.
"""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH, HEADS, KV_HEADS, INNER, CONTEXT = 64, 4, 2, 128, 4096
CONTROLS = ("<|im_start|>", "<|im_end|>", "<|user|>", "<|bot|>", "<|stop|>")
SPACE = "\u2581"  # how this kind of vocabulary writes a space
TOKENS = ("<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), SPACE, *CONTROLS)
BOS, EOS = 1, 2
_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6
_ALIGNMENT = 32
_KINDS = {"float32": 0, "float16": 1, "int8": 24, "uint16": 30}

Value = str | int | float | bool | list[str] | list[int] | list[float]


def write_tiny(
    path: Path,
    *,
    template: str = "",
    layers: int = 1,
    seed: int = 0,
    pairs: Mapping[str, Value] | None = None,
    tensors: Mapping[str, NDArray[Any]] | None = None,
) -> Path:
    """Write the model and return its path; ``pairs`` add metadata or replace it, ``tensors`` add weights."""
    path.write_bytes(tiny_bytes(template=template, layers=layers, seed=seed, pairs=pairs, tensors=tensors))
    return path


def tiny_bytes(
    *,
    template: str = "",
    layers: int = 1,
    seed: int = 0,
    pairs: Mapping[str, Value] | None = None,
    tensors: Mapping[str, NDArray[Any]] | None = None,
) -> bytes:
    """Return the model as bytes."""
    values = {**_metadata(layers), **({"tokenizer.chat_template": template} if template else {}), **(pairs or {})}
    return gguf_bytes(values, {**_tensors(layers, seed), **(tensors or {})})


def gguf_bytes(values: Mapping[str, Value], tensors: Mapping[str, NDArray[Any]]) -> bytes:
    """Return a GGUF file of metadata and tensors; an array of 16-bit integers stands for bfloat16."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values))
    head += b"".join(_string(key) + _value(value) for key, value in values.items())
    data = b""
    for name, weights in tensors.items():
        shape, kind = weights.shape[::-1], _KINDS[weights.dtype.name]
        head += _string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, len(data))
        data += _padded(weights.tobytes())
    return _padded(head) + data


def _metadata(layers: int) -> dict[str, Value]:
    types = [_UNKNOWN, _CONTROL, _CONTROL, *([_BYTE] * 256), _NORMAL, *([_CONTROL] * len(CONTROLS))]
    return {
        "general.architecture": "llama",
        "general.name": "tiny",
        "general.file_type": 0,
        "llama.block_count": layers,
        "llama.context_length": CONTEXT,
        "llama.embedding_length": WIDTH,
        "llama.feed_forward_length": INNER,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": KV_HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": list(TOKENS),
        "tokenizer.ggml.scores": [0.0] * len(TOKENS),
        "tokenizer.ggml.token_type": types,
        "tokenizer.ggml.bos_token_id": BOS,
        "tokenizer.ggml.eos_token_id": EOS,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_space_prefix": False,
    }


def _tensors(layers: int, seed: int) -> dict[str, "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"]:
    """Return the weights by name, each as rows of what comes out by what goes in."""
    random = np.random.default_rng(seed)
    kv = WIDTH * KV_HEADS // HEADS
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (len(TOKENS), WIDTH),
        "output_norm.weight": (WIDTH,),
    }
    shapes["output.weight"] = (len(TOKENS), WIDTH)
    for layer in range(layers):
        inner = {
            "attn_norm": (WIDTH,),
            "attn_q": (WIDTH, WIDTH),
            "attn_k": (kv, WIDTH),
            "attn_v": (kv, WIDTH),
            "attn_output": (WIDTH, WIDTH),
            "ffn_norm": (WIDTH,),
            "ffn_gate": (INNER, WIDTH),
            "ffn_up": (INNER, WIDTH),
            "ffn_down": (WIDTH, INNER),
        }
        shapes |= {f"blk.{layer}.{name}.weight": shape for name, shape in inner.items()}
    return {
        name: (np.ones(shape) if len(shape) == 1 else random.normal(0, 0.1, shape)).astype(np.float32)
        for name, shape in shapes.items()
    }


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % _ALIGNMENT)


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Value) -> bytes:
    """Return a value with its type before it; llama.cpp wants lists of integers signed, single ones unsigned."""
    if isinstance(value, list):
        items = [_scalar(item, signed=True) for item in value]
        return struct.pack("<IIQ", 9, items[0][0], len(items)) + b"".join(data for _, data in items)
    kind, data = _scalar(value, signed=False)
    return struct.pack("<I", kind) + data


def _scalar(value: str | float, *, signed: bool) -> tuple[int, bytes]:
    """Return the number of a value's type and its bytes."""
    if isinstance(value, bool):
        return 7, struct.pack("<?", value)
    if isinstance(value, str):
        return 8, _string(value)
    if isinstance(value, float):
        return 6, struct.pack("<f", value)
    return (5, struct.pack("<i", value)) if signed else (4, struct.pack("<I", value))
