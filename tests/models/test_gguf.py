"""The header reader: sound files are read, every damage is one clear line, quickly."""

import random
import struct
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.errors import ModelError
from rao_cli.models.gguf import read_header
from rao_cli.models.resolve import resolve
from tests.engine.tiny import tiny_bytes

HUGE = 1 << 63


def text(value: str | bytes) -> bytes:
    """Return a GGUF string."""
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(data)) + data


def pair(key: str, kind: int, value: bytes) -> bytes:
    """Return a metadata entry."""
    return text(key) + struct.pack("<I", kind) + value


def number(key: str, value: int) -> bytes:
    """Return a metadata entry of an unsigned integer."""
    return pair(key, 4, struct.pack("<I", value))


def tensor(name: str = "w", shape: tuple[int, ...] = (32,), kind: int = 0, offset: int = 0) -> bytes:
    """Return an entry of the tensor table."""
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


NAME = pair("general.architecture", 8, text("llama"))
PAIRS = (NAME, number("llama.block_count", 2), number("llama.context_length", 128))


def gguf(
    pairs: tuple[bytes, ...] = PAIRS,
    tensors: tuple[bytes, ...] = (tensor(),),
    *,
    magic: bytes = b"GGUF",
    version: int = 3,
    pair_count: int | None = None,
    tensor_count: int | None = None,
    data: int = 128,
) -> bytes:
    """Return a whole file."""
    counts = (
        len(tensors) if tensor_count is None else tensor_count,
        len(pairs) if pair_count is None else pair_count,
    )
    head = magic + struct.pack("<IQQ", version, *counts) + b"".join(pairs) + b"".join(tensors)
    return head + b"\0" * (-len(head) % 32) + b"\0" * data


def strings(count: int, length: int) -> bytes:
    """Return a metadata list of one text that claims a count and a length."""
    return pair("a", 9, struct.pack("<IQ", 8, count) + struct.pack("<Q", length) + b"x")


def nested(depth: int) -> bytes:
    """Return lists within lists."""
    return pair("a", 9, struct.pack("<IQ", 9, 1) * depth + struct.pack("<IQ", 0, 0))


DAMAGED = {
    "empty": b"",
    "magic only": b"GGUF",
    "other magic": gguf(magic=b"GGML"),
    "a zip": b"PK\x03\x04" + b"\0" * 100,
    "version 0": gguf(version=0),
    "version 1": gguf(version=1),
    "version 4": gguf(version=4),
    "big-endian version": gguf(version=3 << 24),
    "cut in the counts": gguf()[:20],
    "cut in a key": gguf()[:40],
    "cut in the tensor table": gguf()[:140],
    "cut in the weights": gguf()[:-1],
    "2^63 tensors": gguf(tensor_count=HUGE),
    "2^64-1 pairs": gguf(pair_count=2 * HUGE - 1),
    "more pairs than there are": gguf(pair_count=50),
    "2^63 byte key": gguf((struct.pack("<Q", HUGE),)),
    "2^63 byte text": gguf((text("a") + struct.pack("<IQ", 8, HUGE),)),
    "unknown value type": gguf((NAME, pair("a", 99, b""))),
    "2^63 entry list of numbers": gguf((NAME, pair("a", 9, struct.pack("<IQ", 4, HUGE)))),
    "2^63 entry list of texts": gguf((NAME, strings(HUGE, 1))),
    "list of one 2^63 byte text": gguf((NAME, strings(1, HUGE))),
    "list of one 2^64-1 byte text": gguf((NAME, strings(1, 2 * HUGE - 1))),
    "list of an unknown type": gguf((NAME, pair("a", 9, struct.pack("<IQ", 77, 1)))),
    "lists in lists for ever": gguf((NAME, nested(5000))),
    "no architecture": gguf(()),
    "architecture is a number": gguf((number("general.architecture", 7), PAIRS[1])),
    "architecture is a list": gguf((pair("general.architecture", 9, struct.pack("<IQ", 8, 1) + text("llama")),)),
    "architecture is empty": gguf((pair("general.architecture", 8, text("")),)),
    "a key twice": gguf((*PAIRS, number("llama.block_count", 3))),
    "a key twice, once a list": gguf((*PAIRS, pair("llama.block_count", 9, struct.pack("<IQ", 4, 0)))),
    "architecture with an escape": gguf((pair("general.architecture", 8, text("\x1b[31m")),)),
    "2e9 blocks": gguf((NAME, number("llama.block_count", 2_000_000_000))),
    "blocks are a text": gguf((NAME, pair("llama.block_count", 8, text("many")))),
    "negative context": gguf((NAME, pair("llama.context_length", 5, struct.pack("<i", -1)))),
    "2^31 embedding": gguf((NAME, number("llama.embedding_length", 1 << 31))),
    "alignment 0": gguf((NAME, number("general.alignment", 0))),
    "alignment 33": gguf((NAME, number("general.alignment", 33))),
    "alignment is a text": gguf((NAME, pair("general.alignment", 8, text("x")))),
    "tensor without dimensions": gguf(tensors=(tensor(shape=()),)),
    "tensor of 5 dimensions": gguf(tensors=(tensor(shape=(1, 1, 1, 1, 1)),)),
    "tensor of 2^32-1 dimensions": gguf(tensors=(text("w") + struct.pack("<I", 2**32 - 1),)),
    "tensor whose size wraps": gguf(tensors=(tensor(shape=(1 << 32, 1 << 32)),)),
    "tensor of 2^63 weights": gguf(tensors=(tensor(shape=(HUGE,)),)),
    "tensor of no weights": gguf(tensors=(tensor(shape=(0,)),)),
    "tensor of an unknown type": gguf(tensors=(tensor(kind=200),)),
    "tensor of half a block": gguf(tensors=(tensor(shape=(31,), kind=2),)),
    "tensor beyond the end": gguf(tensors=(tensor(offset=1 << 40),)),
    "tensor at 2^64-32": gguf(tensors=(tensor(offset=2 * HUGE - 32),)),
    "tensor not aligned": gguf(tensors=(tensor(offset=1),)),
    "tensor aligned for another alignment": gguf((*PAIRS, number("general.alignment", 64)), (tensor(offset=32),)),
    "alignment 2^31": gguf((*PAIRS, number("general.alignment", 1 << 31))),
    "alignment is negative": gguf((*PAIRS, pair("general.alignment", 5, struct.pack("<i", -32)))),
    "two tensors of one name": gguf(tensors=(tensor(), tensor())),
    "tensor's name of 2^63 bytes": gguf(tensors=(struct.pack("<Q", HUGE),)),
    "tensor whose rows are half a block": gguf(tensors=(tensor(shape=(16, 2), kind=2),), data=18),
    "tensors whose sizes wrap together": gguf(tensors=tuple(tensor(f"w{i}", (1 << 47,)) for i in range(64))),
    "last tensor beyond the end": gguf(tensors=(tensor("a"), tensor("b", offset=128)), data=128),
    "more tensors than there are": gguf(tensor_count=3, data=0),
    "65,537 tensors": gguf(tensor_count=65_537),
    "context is a fraction": gguf((NAME, pair("llama.context_length", 6, struct.pack("<f", 128.0)))),
    "2^40 heads": gguf((NAME, pair("llama.attention.head_count", 10, struct.pack("<Q", 1 << 40)))),
    "list cut short": gguf((NAME, pair("a", 9, struct.pack("<IQ", 10, 1 << 20)))),
}


def written(folder: Path, data: bytes) -> Path:
    """Write a file and return its path."""
    path = folder / "model.gguf"
    path.write_bytes(data)
    return path


def test_sound_file_is_read(tmp_path: Path) -> None:
    """Architecture, sizes and weights of a small sound file are returned."""
    header = read_header(written(tmp_path, gguf()))
    assert (header.architecture, header.block_count, header.context_length) == ("llama", 2, 128)
    assert (header.version, header.tensor_count, header.parameters) == (3, 1, 32)


def test_tensors_are_found_in_the_file(tmp_path: Path) -> None:
    """Name, shape, type, place and size of each tensor are returned; places count from the file's beginning."""
    path = written(tmp_path, gguf(tensors=(tensor("a"), tensor("b", (32, 2), 1, 128)), data=256))
    first, second = read_header(path).tensors
    assert (first.name, first.shape, first.kind, first.size) == ("a", (32,), 0, 128)
    assert (second.name, second.shape, second.kind, second.size) == ("b", (32, 2), 1, 128)
    assert (first.offset, second.offset) == (path.stat().st_size - 256, path.stat().st_size - 128)


def test_types_of_values_are_returned(tmp_path: Path) -> None:
    """Each value's type is known by its number, that of a list too."""
    kinds = read_header(written(tmp_path, gguf((*PAIRS, strings(1, 1))))).kinds
    assert kinds == {"general.architecture": 8, "llama.block_count": 4, "llama.context_length": 4, "a": 9}


def test_version_2_is_read(tmp_path: Path) -> None:
    """Version 2 has the same form."""
    assert read_header(written(tmp_path, gguf(version=2))).version == 2


@pytest.mark.parametrize("case", DAMAGED)
def test_damage_is_one_clear_line(tmp_path: Path, case: str) -> None:
    """Each handcrafted damage raises ModelError with one line and a hint within a second."""
    path = written(tmp_path, DAMAGED[case])
    start = time.perf_counter()
    with pytest.raises(ModelError) as caught:
        read_header(path)
    assert time.perf_counter() - start < 1
    assert caught.value.hint
    assert "\n" not in caught.value.message
    assert "\x1b" not in caught.value.message


@given(st.integers(0, 400), st.binary(min_size=1, max_size=9))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_is_read_or_refused(tmp_path: Path, place: int, change: bytes) -> None:
    """Whatever bytes are overwritten, the reader returns a header or raises ModelError, nothing else."""
    data = bytearray(gguf((*PAIRS, strings(1, 1), pair("b", 9, struct.pack("<IQ", 4, 2) + b"12345678"))))
    data[place : place + len(change)] = change
    try:
        assert read_header(written(tmp_path, bytes(data))).architecture
    except ModelError as e:
        assert e.hint  # noqa: PT017


@given(st.integers(0, 400))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cut_is_noticed(tmp_path: Path, length: int) -> None:
    """A file cut anywhere is refused."""
    whole = gguf()
    with pytest.raises(ModelError):
        read_header(written(tmp_path, whole[: min(length, len(whole) - 1)]))


def test_names_are_cleaned(tmp_path: Path) -> None:
    """Control characters in a model's name do not pass."""
    name = pair("general.name", 8, text("\x1b]0;owned\x07Good\u202e name\n2"))
    assert read_header(written(tmp_path, gguf((*PAIRS, name)))).name == "]0;ownedGood name 2"


def test_template_is_returned_as_data(tmp_path: Path) -> None:
    """The chat template comes back as it is, for recognition."""
    entry = pair("tokenizer.chat_template", 8, text("{{ x }}"))
    assert read_header(written(tmp_path, gguf((*PAIRS, entry)))).chat_template == "{{ x }}"


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    """A path with nothing there raises ModelError."""
    with pytest.raises(ModelError, match="No such file"):
        read_header(tmp_path / "none.gguf")


def test_folder_is_an_error(tmp_path: Path) -> None:
    """A folder raises ModelError."""
    with pytest.raises(ModelError, match="is not a file"):
        read_header(tmp_path)


def test_pipe_is_an_error(tmp_path: Path) -> None:
    """A named pipe is refused instead of waiting for a writer."""
    import os

    os.mkfifo(tmp_path / "pipe.gguf")
    with pytest.raises(ModelError, match="is not a file"):
        read_header(tmp_path / "pipe.gguf")


@pytest.mark.model
def test_embedded_model_is_read_quickly() -> None:
    """The 98 MB file's header is read in under 0.15 s of processor time, with the right numbers."""
    path = resolve(None).path
    start = time.process_time()
    header = read_header(path)
    assert time.process_time() - start < 0.15
    assert (header.architecture, header.block_count, header.context_length) == ("llama", 30, 8192)
    assert header.parameters == 134_515_008
    assert "<|im_start|>" in header.chat_template


@pytest.mark.model
@pytest.mark.parametrize("kept", [100, 1_000_000, 50_000_000, 98_362_431])
def test_truncated_model_is_noticed(tmp_path: Path, kept: int) -> None:
    """The embedded model cut anywhere is refused as damaged."""
    data = resolve(None).path.read_bytes()[:kept]
    with pytest.raises(ModelError, match="truncated"):
        read_header(written(tmp_path, data))


def test_mutated_models_are_read_or_refused(tmp_path: Path) -> None:
    """Of 800 random damages to a whole model's header, each is read or refused, nothing else."""
    sound, chance = tiny_bytes(), random.Random(5)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(800):
        data = bytearray(sound)
        for place in (chance.randrange(4, 12_000) for _ in range(chance.randint(1, 3))):
            width = chance.choice((1, 4, 8))
            data[place : place + width] = chance.choice((b"\xff" * width, b"\0" * width, chance.randbytes(width)))
        try:
            read_header(written(tmp_path, bytes(data)))
            outcomes["read"] += 1
        except ModelError:
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 100
