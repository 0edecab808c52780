"""Decode bytes of unknown encoding into text with plain newlines, at once or piece by piece.

Order: byte order mark; UTF-16 or UTF-32 told by where its NUL bytes stand; UTF-8, also with a few damaged bytes;
a guess from 64 KB around the first bytes that are not ASCII; Windows-1252. Whatever is not plain UTF-8 comes
with a warning. A file of which most is noise is refused, wherever the noise is. Limits: the guess can be wrong for
short texts, and takes other Latin alphabets for Western where nothing speaks against it.
"""

import codecs
import re
from collections.abc import Callable

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.failures import binary, no_text
from rao_cli.documents.model import Text
from rao_cli.text import one_line

SAMPLE_BYTES = 64 * 1024
"""Bytes of a file's start that tell binary files and UTF-16 from other text."""
MARK = "\ufffd"
"""What stands for a character that could not be read, and for a run of NUL bytes."""
_PIECE_BYTES = 1 << 20
_TOLD_BYTES = 64 << 20
# UTF-32 first: its little-endian mark starts with that of UTF-16.
_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNICODE = frozenset(
    {"utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"}
)
# Which share of the bytes at each of four places is NUL, in texts of mostly Latin letters.
_PATTERNS: tuple[tuple[str, Callable[[list[float]], bool]], ...] = (
    ("utf-32-le", lambda nul: min(nul[2], nul[3]) > 0.95 and nul[0] < 0.1),
    ("utf-32-be", lambda nul: min(nul[0], nul[1]) > 0.95 and nul[3] < 0.1),
    ("utf-16-le", lambda nul: nul[1] + nul[3] > 0.8 and nul[0] + nul[2] < 0.1),
    ("utf-16-be", lambda nul: nul[0] + nul[2] > 0.8 and nul[1] + nul[3] < 0.1),
)
# Supersets stand for their families: cp932 for Shift-JIS, cp949 for EUC-KR, gb18030 for GBK and GB2312. Rarer
# encodings are left out: on ordinary texts they win more often wrongly (French as cp1257) than rightly.
_LIKELY = ["cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1251", "koi8_r", "cp866"]
_LIKELY += ["cp1250", "cp1252", "cp1253", "cp1255", "cp1256"]
_LATIN = frozenset({"cp1250", "cp1252"})
_NUL_RUN = re.compile(rb"\0+")
_NULS = re.compile("\0+")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# Never in text: no tab, newline, form feed, backspace (overstruck manuals), escape (colours), shifts of ISO 2022.
_CONTROLS = bytes({*range(1, 32)} - {8, 9, 10, 11, 12, 13, 14, 15, 26, 27})
_NUL_EVERY = 256
"""Other bytes for each run of NUL bytes that is still taken for damage rather than for a binary file."""
_SIGNS_EVERY = 512
"""Bytes of text for each NUL byte or control character that, beside damaged UTF-8, is not yet a binary file."""
_SIGN_IN_WORD = re.compile(r"[^\W\d_][¡¢£¥¦¬¯±³¶¹º¼¾¿]")


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Return the text with newlines normalised, and a warning or an empty string.

    Raises InputError for a binary file.
    """
    if is_binary(data[:SAMPLE_BYTES]):
        raise binary(name)
    decoder = TextDecoder(data[:SAMPLE_BYTES])
    text = decoder.decode(data, final=True)
    decoder.check(name)
    return text, decoder.warning(name)


def read_text(blob: Blob, context: Context) -> tuple[Text, tuple[str, ...]]:
    """Return a file's text, on disk if it is large, and the warnings about its encoding.

    Raises InputError for a binary file, NoTextError for one that holds only white space.
    """
    shown = one_line(blob.path)
    head = blob.head(SAMPLE_BYTES)
    if is_binary(head):
        raise binary(shown)
    decoder, writer, blank, done = TextDecoder(head), context.writer(), True, 0
    with blob.open() as file:
        while data := file.read(_PIECE_BYTES):
            piece = decoder.decode(data)
            blank = blank and _is_blank(piece)
            writer.write(piece)
            done += len(data)
            if done % _TOLD_BYTES == 0:
                context.progress(f"reading {shown}, {min(99, 100 * done // max(1, blob.size))}%")
    last = decoder.decode(b"", final=True)
    decoder.check(shown)
    if blank and _is_blank(last):
        raise binary(shown) if decoder.marks or decoder.nuls else no_text(shown)
    writer.write(last)
    warning = decoder.warning(shown)
    return writer.finish(), (warning,) if warning else ()


def is_binary(head: bytes) -> bool:
    """Tell whether a file that starts so is no text: many NUL bytes that are not UTF-16's, or noise."""
    return not (_marked(head) or _patterned(head)) and _is_noise(head)


def _is_noise(data: bytes) -> bool:
    """Tell whether bytes of no UTF-16 or UTF-32 are none of text either; NUL bytes alone may be a hole in one."""
    nuls, size = (len(_NUL_RUN.findall(data)) if b"\0" in data else 0), _size(data)
    if size and nuls > size // _NUL_EVERY:
        return True
    controls = len(data) - len(data.translate(None, _CONTROLS))
    most = size // (_SIGNS_EVERY if nuls else 50)
    return nuls + controls > most and _damage(data)[1] > 0


def _size(data: bytes) -> int:
    return len(data) - data.count(0)


class TextDecoder:
    """Decodes a stream piece by piece; ``head`` is how it starts.

    The encoding is settled by the head if that tells, or else with the first piece that is not ASCII.
    """

    def __init__(self, head: bytes) -> None:
        self.encoding = _marked(head) or _patterned(head)
        """The encoding as Python names it; empty as long as all was ASCII."""
        self.marks = 0
        """Characters that could not be read, so far."""
        self.nuls = 0
        """Runs of NUL bytes, so far."""
        self._wide = self.encoding.startswith(("utf-16", "utf-32"))
        self._decoder = _incremental(self.encoding) if self.encoding else None
        self._bytes = self._noise = 0
        self._held = b""
        self._end = ""

    def decode(self, data: bytes, *, final: bool = False) -> str:
        """Return the next piece of text, with plain newlines."""
        self._bytes += _size(data)
        if not self._wide and _is_noise(data):
            self._noise += _size(data)
        if self._decoder is None:
            data = self._held + data
            self._held = b""
            if data.isascii():
                return self._plain(data.decode("ascii"), final=final)
            if not final and _unfinished(data):
                data, self._held = _split_ascii(data)
                return self._plain(data.decode("ascii"), final=False)
            self.encoding = _chosen(data)
            self._decoder = _incremental(self.encoding)
        text = self._decoder.decode(data, final)
        if MARK in text:
            meant = data.count(MARK.encode()) if self.encoding == "utf-8" else 0
            self.marks += max(0, text.count(MARK) - meant)
        return self._plain(text, final=final)

    def check(self, shown: str) -> None:
        """Raise BinaryError if all was NUL bytes or most of it noise, however harmless the start."""
        if self._noise * 2 > self._bytes or (self.nuls and not self._bytes):
            raise binary(shown)

    def warning(self, shown: str) -> str:
        """Return what a person should know of how the text was read, or an empty string."""
        told = []
        if self.encoding and self.encoding not in _UNICODE:
            told.append(f"not UTF-8, read as {self.encoding} (a guess)")
        if self.marks:
            several = "s" if self.marks > 1 else ""
            told.append(f"{self.marks} damaged character{several} marked {MARK}")
        if self.nuls:
            told.append(f"NUL bytes in {self.nuls} place{'s' if self.nuls > 1 else ''} marked {MARK}")
        return f"{shown}: {'; '.join(told)}" if told else ""

    def _plain(self, text: str, *, final: bool) -> str:
        """Return the text with plain newlines and marked NULs; what may go on in the next piece waits for it."""
        text = self._end + text
        self._end = ""
        if not final and text.endswith(("\r", "\0")):
            kept = len(text.rstrip(text[-1])) if text[-1] == "\0" else len(text) - 1
            self._end = text[max(kept, len(text) - 1) :] if text[-1] == "\r" else "\0"
            text = text[:kept]
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "\0" in text:
            text, count = _NULS.subn(MARK, text)
            self.nuls += count
        return text


def _is_blank(text: str) -> bool:
    """Tell whether a text is white space and marks only."""
    return not text.replace(MARK, "").strip()


def _incremental(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)("replace")


def _marked(head: bytes) -> str:
    return next((encoding for mark, encoding in _ORDER_MARKS if head.startswith(mark)), "")


def _patterned(head: bytes) -> str:
    """Return which UTF-16 or UTF-32 has its NUL bytes where they stand here, or an empty string."""
    size = len(head) // 4
    # Fewer characters could be anything.
    if size < 4 or b"\0" not in head:
        return ""
    shares = [head[place : size * 4 : 4].count(0) / size for place in range(4)]
    encoding = next((name for name, fits in _PATTERNS if fits(shares)), "")
    if not encoding:
        return ""
    text = head[: size * 4].decode(encoding, "replace")
    strange = sum(character < " " and character not in "\t\n\r\f" for character in text) + text.count(MARK)
    return encoding if strange <= len(text) // 50 else ""


def _damage(data: bytes) -> tuple[int, int]:
    """Return how many characters beyond ASCII are sound UTF-8 and how many not; an unfinished end is neither."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(data)
    damaged = text.count(MARK) - data.count(MARK.encode())
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return beyond - damaged, damaged


def _unfinished(data: bytes) -> bool:
    """Tell whether a character that is not complete is all that the data hold beyond ASCII."""
    return _damage(data) == (0, 0)


def _split_ascii(data: bytes) -> tuple[bytes, bytes]:
    first = _HIGH_RUN.search(data)
    at = first.start() if first else len(data)
    return data[:at], data[at:]


def _chosen(data: bytes) -> str:
    sound, damaged = _damage(data)
    # Other encodings make few sound characters by chance: about one in five of Chinese, hardly any of others.
    if sound >= 2 * damaged and (sound or not _HIGH_RUN.search(data[-4:])):
        return "utf-8"
    return _guessed(_sample(data))


def _sample(data: bytes) -> bytes:
    """Return whole lines around the first bytes beyond ASCII."""
    first = _HIGH_RUN.search(data)
    at = first.start() if first else 0
    start = max(data.rfind(b"\n", 0, at) + 1, at - SAMPLE_BYTES // 2)
    sample = data[start : start + SAMPLE_BYTES]
    end = sample.rfind(b"\n", at - start + 1) + 1
    return sample[:end] if end and len(sample) == SAMPLE_BYTES else sample


def _guessed(sample: bytes) -> str:
    runs = _HIGH_RUN.findall(sample)
    single = [run for run in runs if len(run) == 1]
    letters = sum(run[0] >= 0xC0 for run in single)
    # Accented letters stand alone; other scripts come in runs, the second byte of their characters apart.
    if letters * 2 > len(runs):
        return _latin(sample)
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_LIKELY).best()
    encoding = best.encoding if best else "cp1252"
    return _latin(sample) if encoding in _LATIN else encoding


def _latin(sample: bytes) -> str:
    """Return cp1250 if cp1252 would put signs into words (Polish), or mixes š and ž with ø, ì and ù (Czech)."""
    text = sample.decode("cp1252", "replace")
    signs = len(_SIGN_IN_WORD.findall(text))
    if signs * 20 > len(sample.translate(None, bytes(range(128)))):
        return "cp1250"
    return "cp1250" if set(text) & set("šžŠŽ") and set(text) & set("øìù") else "cp1252"
