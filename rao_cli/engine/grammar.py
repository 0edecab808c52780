"""A GBNF grammar and how far it has been followed: what may come next, and what must.

Which bytes may come next is asked with the tokens of single bytes, all in one call. Where it is only one, several
times in a row, that text is forced: it is split into tokens as the tokenizer would and needs no sampling. The last
forced token is left to the model unless the text ends there, because what follows may belong to it (``"a`` is
forced before answer and absent, but either is one token). Limits: llama.cpp itself prints to stderr why it refuses
a grammar, so grammars come from rao's own code.
"""

import ctypes
import math
from typing import TYPE_CHECKING, Any

from rao_cli.engine.native import LOG, Model
from rao_cli.errors import ModelError

if TYPE_CHECKING:
    from rao_cli.engine.context import Logits

_LONGEST_FORCED = 256
"""Bytes of forced text looked for at a time, so that an endless one ends."""


class Grammar:
    """A grammar in use; ``close`` frees it. Raises ModelError when it is not valid."""

    def __init__(self, model: Model, text: str) -> None:
        import numpy as np

        self._lib = model.lib
        self._model = model
        LOG.errors.clear()
        if "\0" in text:
            raise ModelError("the grammar holds a zero byte")
        try:
            data = text.encode()
        except UnicodeEncodeError as e:
            raise ModelError("the grammar holds half a surrogate pair") from e
        self._handle = self._lib.llama_sampler_init_grammar(model.vocab, data, b"root")
        if not self._handle:
            raise ModelError(f"the grammar is not valid: {LOG.first_error() or 'it cannot be parsed'}")
        self._kind = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        self._probes = np.zeros(len(model.single_bytes) + 1, self._kind)
        self._bytes = np.array([*model.single_bytes], np.uint8)
        self._probes["id"] = [model.end_token(), *model.single_bytes.values()]

    def allows(self, token: int) -> bool:
        """Tell whether a token may come next."""
        item = self._lib.llama_token_data(token, 0.0, 0.0)
        self._apply(self._handle, ctypes.pointer(item), 1)
        return bool(item.logit > -math.inf)

    def masked(self, logits: "Logits") -> "Logits":
        """Return a copy of the logits with every token that may not come next at minus infinity.

        Raises ModelError when nothing may.
        """
        import numpy as np

        items = np.empty(len(logits), self._kind)
        items["id"] = np.arange(len(logits), dtype=np.int32)
        items["logit"] = logits
        self._apply(self._handle, items.ctypes.data_as(self._lib.llama_token_data_p), len(items))
        kept: Logits = items["logit"].copy()
        if not np.isfinite(kept.max()):
            raise ModelError("the grammar allows no token here", hint="simplify the grammar")
        return kept

    def _apply(self, handle: Any, items: Any, count: int) -> None:
        array = self._lib.llama_token_data_array(items, count, -1, False)
        self._lib.llama_sampler_apply(handle, ctypes.byref(array))

    def accept(self, token: int) -> None:
        """Step over a token that is allowed."""
        self._lib.llama_sampler_accept(self._handle, token)

    def force(self) -> tuple[list[int], bool]:
        """Step over the tokens that must come next; return them and whether the text can only end after them."""
        text, ends = self._forced()
        tokens = self._model.tokenize(text.decode("utf-8", "ignore")) if text else []
        if (
            b"".join(map(self._model.piece, tokens)) != text
        ):  # half a character, or a tokenizer that adds to a text
            return [], False
        if text and not ends:
            tokens.pop()
        for token in tokens:
            self.accept(token)
        return tokens, ends

    def _forced(self) -> tuple[bytes, bool]:
        """Return the text that must come next and whether nothing may follow it."""
        following, may_end = self._next(self._handle)
        if len(following) != 1 or may_end:
            return b"", may_end and not following and self._certain()
        if not self._model.bytes_begin_all:
            return b"", False
        walker = self._lib.llama_sampler_clone(self._handle)
        text = b""
        while len(following) == 1 and not may_end and len(text) < _LONGEST_FORCED:
            text += following
            self._lib.llama_sampler_accept(walker, self._model.single_bytes[following[0]])
            following, may_end = self._next(walker)
        self._lib.llama_sampler_free(walker)
        return text, may_end and not following

    def _next(self, handle: Any) -> tuple[bytes, bool]:
        """Return all bytes that may come next, and whether the text may end here."""
        import numpy as np

        self._probes["logit"] = 0.0
        self._apply(handle, self._probes.ctypes.data_as(self._lib.llama_token_data_p), len(self._probes))
        allowed = np.isfinite(self._probes["logit"])
        return self._bytes[allowed[1:]].tobytes(), bool(allowed[0])

    def _certain(self) -> bool:
        """Confirm that the model can only end here, where some text cannot be begun with a single byte."""
        import numpy as np

        if self._model.bytes_begin_all:
            return True
        masked = self.masked(np.zeros(self._model.vocab_size, np.float32))
        return all(self._model.ends(int(token)) for token in np.flatnonzero(np.isfinite(masked)))

    def close(self) -> None:
        """Free the grammar; safe to call twice."""
        if self._handle:
            self._lib.llama_sampler_free(self._handle)
            self._handle = None
