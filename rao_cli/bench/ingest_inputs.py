"""Make inputs to measure reading with: the same bytes for the same sizes, on every machine.

The log's lines follow templates of common programs (system log, secure shell, web and database servers) with
parameters of their kinds and spreads; nothing in it is about a real machine.
"""

import importlib.util
import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

_BLOCK = 20_000
_SECONDS_A_LINE = 0.05
_DIGITS = "0123456789"
# Digits of parameters while a block is a pattern; each use of it puts other digits in their place, because a
# reader that remembers lines must not profit from equal ones.
_OPEN_DIGITS = "".join(chr(0xE000 + digit) for digit in range(10))
_OPENED = str.maketrans(_DIGITS, _OPEN_DIGITS)
_LATER_DIGIT = re.compile(r"(?<=\d)\d")
_PROCESSES = 500
_TEMPLATES = (
    (30, "sshd[{pid}]: Failed password for invalid user {user} from {ip} port {port} ssh2"),
    (20, "sshd[{pid}]: Accepted publickey for {user} from {ip} port {port} ssh2: RSA SHA256:{hex}"),
    (12, "sshd[{pid}]: Connection closed by {ip} port {port} [preauth]"),
    (10, "kernel: [{n}.{m}] TCP: request_sock_TCP: Possible SYN flooding on port {port}. Sending cookies."),
    (25, 'nginx[{pid}]: {ip} "GET /{word}/{word}/{n}.html HTTP/1.1" {status} {n} {m}ms'),
    (15, "postgres[{pid}]: duration: {m}.{n} ms  statement: SELECT {word}, {word} FROM {word} WHERE id = {n}"),
    (8, "postgres[{pid}]: ERROR:  deadlock detected in {word}.{word} (process {pid} waits for {pid})"),
    (10, "systemd[1]: Started Session {n} of user {user}."),
    (10, "systemd[1]: {word}.service: Main process exited, code=exited, status={m}/FAILURE"),
    (6, "CRON[{pid}]: (root) CMD (/usr/lib/{word}/{word} --since {n} --limit {m})"),
    (4, "app[{pid}]: WARN [{word}-pool-{m}] com.example.{word}.Client: retry {m} of 5 for {hex} to {ip}:{port}"),
    (3, "app[{pid}]: ERROR com.example.{word}.Service: java.lang.IllegalStateException: no {word} for key {n}"),
    (2, "kernel: EXT4-fs ({word}): mounted filesystem with ordered data mode. Opts: {word}=remount-ro"),
)
_WORDS = (
    *("orders", "users", "billing", "search", "cache", "index", "stock", "report", "mail", "queue"),
    *("auth", "images", "static", "api", "worker"),
)
_USERS = ("root", "admin", "alice", "bob", "carol", "deploy", "backup", "oracle", "test", "guest", "ubuntu")
_PAGE_LINES = 40


def write_log(path: Path, size: int) -> None:
    """Write a system log of at least ``size`` bytes."""
    chance = random.Random(1)  # noqa: S311 - data, not secrets
    block = list(_records(chance, _BLOCK))
    written = second = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        while written < size:
            digits = str.maketrans(_OPEN_DIGITS, "".join(chance.sample(_DIGITS, 10)))
            lines = [
                f"{_stamp(second + int(number * _SECONDS_A_LINE))} host-{number % 7} {record}\n"
                for number, record in enumerate(block)
            ]
            second += int(_BLOCK * _SECONDS_A_LINE)
            written += file.write("".join(lines).translate(digits))


def _stamp(second: int) -> str:
    day, clock = divmod(second, 86_400)
    return f"Mar {day % 31 + 1:2} {clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"


def _records(chance: random.Random, count: int) -> Iterator[str]:
    weights = [weight for weight, _ in _TEMPLATES]
    for _, template in chance.choices(_TEMPLATES, weights, k=count):
        record = template
        while "{" in record:
            name = record.partition("{")[2].partition("}")[0]
            value = _value(name, chance)
            # Small numbers and the first digit stay: a status is one of few, and no number begins with 0.
            if name not in ("m", "status"):
                value = _LATER_DIGIT.sub(lambda digit: digit[0].translate(_OPENED), value)
            record = record.replace(f"{{{name}}}", value, 1)
        yield record


def _value(name: str, chance: random.Random) -> str:
    match name:
        case "ip":
            return ".".join(str(chance.randrange(10, 200)) for _ in range(4))
        case "pid":
            return str(1000 + 97 * chance.randrange(_PROCESSES))
        case "word":
            return chance.choice(_WORDS)
        case "user":
            return chance.choice(_USERS)
        case "hex":
            return f"{chance.getrandbits(160):040x}"
        case "status":
            return chance.choice(("200", "200", "200", "304", "404", "500"))
        case "m":
            return str(chance.randrange(1, 100))
        case _:
            return str(chance.randrange(1000, 60_000))


def write_pdf(path: Path, pages: int) -> None:
    """Write a text PDF with an outline entry for every ten pages."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    chance = random.Random(2)  # noqa: S311
    writer = PdfWriter()
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    fonts = DictionaryObject(
        {NameObject("/F1"): DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})}
    )
    for number in range(pages):
        page = writer.add_blank_page(612, 792)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(_page_commands(number, chance))
        page[NameObject("/Contents")] = writer._add_object(stream)
        if number % 10 == 0:
            writer.add_outline_item(title=f"Chapter {number // 10 + 1}", page_number=number)
    out = io.BytesIO()
    writer.write(out)
    path.write_bytes(out.getvalue())


def _page_commands(number: int, chance: random.Random) -> bytes:
    """Return a page's text as typesetting programs write it: word by word, with space between the letters."""
    lines = [[f"Chapter {number // 10 + 1}, page {number + 1}"]]
    lines += [chance.choices(_WORDS, k=13) for _ in range(_PAGE_LINES)]
    shown = " T* ".join(f"[{' -333 '.join(_kerned(word, chance) for word in line)}] TJ" for line in lines)
    return f"BT /F1 10 Tf 14 TL 60 740 Td {shown} ET".encode()


def _kerned(word: str, chance: random.Random) -> str:
    cut = chance.randrange(len(word))
    return f"({word[:cut]}) {chance.randrange(-30, 30)} ({word[cut:]})" if cut else f"({word})"


def write_tree(folder: Path, files: int) -> None:
    """Write a tree of small files, twenty in each folder, with ignore rules at its top."""
    for number in range(files):
        if number % 20 == 0:
            place = folder / f"part{number // 2000:03}" / f"group{number // 20 % 100:02}"
            place.mkdir(parents=True)
        (place / f"module{number % 20:02}.py").write_text(f"def f{number}(x):\n    return x + {number}\n")
    (folder / ".gitignore").write_text("build/\n*.log\n!keep.log\n/part999/**\n")


def installed_source() -> Path | None:
    """Return the folder of an installed library's source code, or None."""
    for name in ("pypdf", "rich", "typer"):
        spec = importlib.util.find_spec(name)
        if spec and spec.origin:
            return Path(spec.origin).parent
    return None
