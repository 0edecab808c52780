"""Read the header of a GGUF model file without trusting it.

Every count and length is held against a cap and against the file's size before anything is read, and every
tensor must lie inside the file, so a damaged, truncated or hostile file is refused in one line before llama.cpp
sees it. Limits: versions 2 and 3, little-endian; the weights themselves are not checked.
"""

import mmap
import struct
from dataclasses import dataclass, field, replace
from math import prod
from pathlib import Path
from typing import Final

from rao_cli.errors import ModelError
from rao_cli.text import one_line

_MAX_PAIRS = 65_536
_MAX_TENSORS = 65_536
_MAX_KEY = 65_535
_MAX_STRING = 64 * 1024 * 1024
_MAX_ARRAY = 16_000_000
_MAX_DIMENSIONS = 4
_MAX_DEPTH = 4
_MAX_TENSOR_TYPE = 63

_STRING, _ARRAY = 8, 9
_SCALARS: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
# Bytes per block and weights per block of each tensor type that llama.cpp stores.
_TENSOR_TYPES: Final = {
    0: (4, 1), 1: (2, 1), 2: (18, 32), 3: (20, 32), 6: (22, 32), 7: (24, 32), 8: (34, 32), 9: (36, 32),
    10: (84, 256), 11: (110, 256), 12: (144, 256), 13: (176, 256), 14: (210, 256), 15: (292, 256),
    16: (66, 256), 17: (74, 256), 18: (98, 256), 19: (50, 256), 20: (18, 32), 21: (110, 256), 22: (82, 256),
    23: (136, 256), 24: (1, 1), 25: (2, 1), 26: (4, 1), 27: (8, 1), 28: (8, 1), 29: (56, 256), 30: (2, 1),
    34: (54, 256), 35: (66, 256), 39: (17, 32), 40: (36, 64),
}  # fmt: skip
# Largest sane value of each dimension that llama.cpp allocates by.
_DIMENSIONS: Final = {
    "block_count": 2048,
    "context_length": 1 << 27,
    "embedding_length": 1 << 20,
    "attention.head_count": 1 << 16,
    "attention.head_count_kv": 1 << 16,
    "expert_count": 1 << 16,
}


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where one tensor lies in its file; ``shape`` starts with the dimension that runs fastest."""

    name: str
    shape: tuple[int, ...]
    kind: int
    """llama.cpp's number of the type of its weights."""
    offset: int
    """Bytes from the beginning of the file."""
    size: int
    """Bytes; 0 for a type that is too new to be known here."""


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a model file says about itself; texts are cleaned except ``chat_template``, which is data only."""

    version: int
    architecture: str
    name: str
    context_length: int
    block_count: int
    tensor_count: int
    parameters: int
    file_size: int
    chat_template: str = ""
    licence: str = ""
    metadata: dict[str, str | int | float | bool] = field(default_factory=dict, repr=False)
    """Values by key, lists left out."""
    kinds: dict[str, int] = field(default_factory=dict, repr=False)
    """llama.cpp's number of each value's type, lists included; its getters abort the process on another one."""
    tensors: tuple[Tensor, ...] = field(default=(), repr=False)


class _DamageError(Exception):
    """The bytes at hand are not a sound GGUF header."""


def read_header(path: Path) -> GgufHeader:
    """Read and check the header of a model file; raises ModelError with what is wrong and the remedy."""
    try:
        if path.exists() and not path.is_file():
            raise ModelError(f"{_shown(path)} is not a file", hint="give the path of a .gguf file")
        with path.open("rb") as file:
            size = path.stat().st_size
            if file.read(4) != b"GGUF":
                raise ModelError(
                    f"{_shown(path)} is not a GGUF model file",
                    hint="give a file ending in .gguf, or a model's name",
                )
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _Reader(data, size).header()
    except OSError as e:
        raise ModelError(f"cannot read the model {_shown(path)}: {e.strerror or e}", hint="check the path") from e
    except (_DamageError, struct.error) as e:
        reason = str(e) if isinstance(e, _DamageError) else "truncated header"
        raise ModelError(
            f"the model file {_shown(path)} is damaged: {reason}", hint="download or copy the file again"
        ) from e


def _shown(path: Path) -> str:
    return one_line(str(path), 200)


class _Reader:
    """Walk the header once; ``at`` never passes the end of the file."""

    def __init__(self, data: mmap.mmap, size: int) -> None:
        self.data = data
        self.size = size
        self.at = 4
        self.kinds: dict[str, int] = {}

    def header(self) -> GgufHeader:
        version = self._number("I")
        if version not in {2, 3}:
            raise _DamageError(f"version {version} is not one rao can read (2 or 3)")
        tensors, pairs = self._number("Q"), self._number("Q")
        if tensors > _MAX_TENSORS or pairs > _MAX_PAIRS:
            raise _DamageError(f"it claims {tensors} tensors and {pairs} metadata entries")
        values = self._pairs(pairs)
        return self._summary(version, values, self._tensors(tensors, values))

    def _pairs(self, count: int) -> dict[str, str | int | float | bool]:
        """Read the metadata; lists are stepped over."""
        values: dict[str, str | int | float | bool] = {}
        for _ in range(count):
            key, kind = self._string(_MAX_KEY), self._number("I")
            if key in self.kinds:
                raise _DamageError(f"{one_line(key, 60)} is there twice")
            self.kinds[key] = kind
            value = self._value(kind, 0)
            if value is not None:
                values[key] = value
        return values

    def _summary(
        self, version: int, values: dict[str, str | int | float | bool], tensors: tuple[Tensor, ...]
    ) -> GgufHeader:
        architecture = values.get("general.architecture")
        if (
            not isinstance(architecture, str)
            or not architecture.isascii()
            or not architecture.replace("-", "").isalnum()
        ):
            raise _DamageError("it does not name its architecture")
        sizes = {name: _dimension(values, architecture, name) for name in _DIMENSIONS}
        return GgufHeader(
            version=version,
            architecture=one_line(architecture, 40),
            name=one_line(str(values.get("general.name", "")), 100),
            context_length=sizes["context_length"],
            block_count=sizes["block_count"],
            tensor_count=len(tensors),
            parameters=sum(prod(tensor.shape) for tensor in tensors),
            file_size=self.size,
            chat_template=str(values.get("tokenizer.chat_template", "")),
            licence=one_line(str(values.get("general.license", "")), 60),
            metadata=values,
            kinds=self.kinds,
            tensors=tensors,
        )

    def _tensors(self, count: int, values: dict[str, str | int | float | bool]) -> tuple[Tensor, ...]:
        """Read the tensor table and check that all of it lies inside the file."""
        alignment = values.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 0 < alignment <= 65_536 or alignment & (alignment - 1):
            raise _DamageError("its alignment is not a power of two")
        tensors = [self._tensor(alignment) for _ in range(count)]
        if len({tensor.name for tensor in tensors}) < count:
            raise _DamageError("two tensors have one name")
        start = -(-self.at // alignment) * alignment
        end = start + max((tensor.offset + tensor.size for tensor in tensors), default=0)
        if end > self.size:
            raise _DamageError(f"truncated: {end:,} bytes expected, {self.size:,} present")
        return tuple(replace(tensor, offset=start + tensor.offset) for tensor in tensors)

    def _tensor(self, alignment: int) -> Tensor:
        """Read one entry, whose offset counts from the end of the table."""
        name, dimensions = self._string(_MAX_KEY), self._number("I")
        if not 1 <= dimensions <= _MAX_DIMENSIONS:
            raise _DamageError(f"a tensor has {dimensions} dimensions")
        shape = tuple(self._number("Q") for _ in range(dimensions))
        kind, offset = self._number("I"), self._number("Q")
        if offset % alignment:
            raise _DamageError("a tensor is not aligned")
        if kind > _MAX_TENSOR_TYPE:
            raise _DamageError(f"unknown tensor type {kind}")
        block_bytes, block = _TENSOR_TYPES.get(kind, (0, 1))  # newer types: only their place is checked
        weights = prod(shape)
        if not 0 < weights < 1 << 48 or shape[0] % block:
            raise _DamageError("a tensor's shape is impossible")
        return Tensor(name, shape, kind, offset, weights // block * block_bytes)

    def _number(self, code: str) -> int:
        value: int = struct.unpack_from("<" + code, self.data, self.at)[0]
        self.at += struct.calcsize("<" + code)
        return value

    def _span(self, length: int) -> None:
        """Step over ``length`` bytes that must exist."""
        if length > self.size - self.at:
            raise _DamageError("truncated header")
        self.at += length

    def _string(self, limit: int) -> str:
        length = self._number("Q")
        if length > limit:
            raise _DamageError(f"a text of {length:,} bytes in its header")
        start = self.at
        self._span(length)
        return self.data[start : self.at].decode("utf-8", "replace")

    def _value(self, kind: int, depth: int) -> str | int | float | bool | None:
        """Read one value; arrays are stepped over and give None."""
        if kind == _STRING:
            return self._string(_MAX_STRING)
        if kind == _ARRAY:
            self._array(depth + 1)
            return None
        if kind not in _SCALARS:
            raise _DamageError(f"unknown metadata type {kind}")
        return self._number(_SCALARS[kind])

    def _array(self, depth: int) -> None:
        kind, count = self._number("I"), self._number("Q")
        if count > _MAX_ARRAY or count > self.size or depth > _MAX_DEPTH:
            raise _DamageError(f"a list of {count:,} entries in its header")
        if kind in _SCALARS:
            self._span(count * struct.calcsize("<" + _SCALARS[kind]))
        elif kind == _STRING:
            self._skip_strings(count)
        else:
            for _ in range(count):
                self._value(kind, depth)

    def _skip_strings(self, count: int) -> None:
        """Step over a vocabulary; a tight loop, because models list up to 260,000 words."""
        unpack, data, at, last = struct.Struct("<Q").unpack_from, self.data, self.at, self.size
        for _ in range(count):
            at += 8 + unpack(data, at)[0]
            if at > last:
                raise _DamageError("truncated header")
        self.at = at


def _dimension(values: dict[str, str | int | float | bool], architecture: str, name: str) -> int:
    value = values.get(f"{architecture}.{name}", 0)
    if not isinstance(value, int) or not 0 <= value <= _DIMENSIONS[name]:
        raise _DamageError(f"{name} is {one_line(str(value), 40)}")
    return value
