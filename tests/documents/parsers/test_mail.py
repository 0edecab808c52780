"""The mail parser: headers, the text that is meant for reading, attachments, damage of every kind."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.parsers.base import RefusedError
from rao_cli.documents.parsers.mail import parse


def read(data: bytes) -> dict:
    """Return what the parser makes of one message."""
    (message,) = parse(data, {})["messages"]
    return message


def message(text: str = "plain", html: str = "") -> EmailMessage:
    """Return a message with a text and perhaps an alternative in HTML."""
    made = EmailMessage()
    made["From"] = "Ann <ann@example.org>"
    made["To"] = "bo@example.org"
    made["Subject"] = "Grüße aus 東京"
    made["Date"] = "Mon, 01 Jan 2024 10:00:00 +0000"
    made["X-Mailer"] = "none"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def test_headers_that_matter_are_kept():
    """Sender, receivers, date and subject are told, decoded; other headers are not."""
    found = read(bytes(message()))
    assert found["subject"] == "Grüße aus 東京"
    assert found["headers"] == [
        "From: Ann <ann@example.org>",
        "To: bo@example.org",
        "Date: Mon, 01 Jan 2024 10:00:00 +0000",
        "Subject: Grüße aus 東京",
    ]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Grüße".encode(), "Grüße"),
        (b"=?iso-8859-1?q?Gr=FC=DFe?= and\n =?utf-8?b?bW9yZQ==?=", "Grüße and more"),
        (b"=?utf-8?q?cut", "=?utf-8?q?cut"),
        (b"=?nonsense?q?x?=", "=?nonsense?q?x?="),
        (b"folded\n over\n\tlines", "folded over lines"),
        (b"=?utf-8?q?a?= " * 50_000, ("=?utf-8?q?a?= " * 50_000).strip()),
    ],
)
def test_headers_are_decoded_where_they_can_be(raw, shown):
    """Bytes of UTF-8 and encoded words are decoded; what is damaged or endless stays as it is."""
    assert read(b"Subject: " + raw + b"\n\nx")["subject"] == shown


def test_plain_text_is_preferred():
    """Of two alternatives the plain text is read, unless it is empty."""
    assert read(bytes(message("plain words", "<p>rich words")))["text"] == "plain words"
    assert read(bytes(message(" ", "<p>rich <b>words</b>")))["text"] == "rich words"


def test_html_becomes_text():
    """A message in HTML alone is read as text; what is hidden in it is left out and counted."""
    data = b"From: a\nContent-Type: text/html; charset=utf-8\n\n<p>seen<p style='display:none'>secret"
    found = read(data)
    assert (found["text"], found["hidden"]) == ("seen", 6)


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_transfer_encodings_are_undone(encoding, charset):
    """Texts come out decoded, however they were sent."""
    made = EmailMessage()
    made.set_content("naïve café", charset=charset, cte=encoding)
    assert read(bytes(made))["text"] == "naïve café"


def test_attachments_are_listed_not_read():
    """An attachment is named with its kind and size, its text is not part of the message."""
    made = message("see attached")
    made.add_attachment(b"x" * 1234, maintype="application", subtype="pdf", filename="Bericht\u00a0ü.pdf")
    made.add_attachment("notes inside", filename="notes.txt")
    found = read(bytes(made))
    assert found["text"] == "see attached"
    assert found["attachments"][0] == "Bericht ü.pdf (application/pdf, 1,234 bytes)"
    assert found["attachments"][1].startswith("notes.txt (text/plain")


def test_attached_messages_are_read():
    """A message inside a message is read as part of it, with its headers."""
    outer = message("outer words")
    outer.add_attachment(message("inner words"))
    text = read(bytes(outer))["text"]
    assert text.startswith("outer words\n\n--- attached message ---\nFrom: Ann")
    assert text.endswith("inner words")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"no headers at all", "no headers at all"),
        (b"Subject: =?utf-8?b?!!!?=\n\nx", "x"),
        (b"From: \xff\xfe <>\nDate: yesterday\n\nx", "x"),
        (b"Content-Type: text/plain; charset=nonsense\n\nx\xe9", "xé"),
        (b"Content-Type: text/plain; charset=rot13\n\nx", "x"),
        (b"Content-Type: text/plain; charset=undefined\n\nx", "x"),
        (b"Content-Type: text/plain; charset=idna\n\n..x", "..x"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx", "x"),
        (b"Content-Type: multipart/mixed\n\nx", "x"),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!", ""),
        (b"Content-Type: ;;;\nContent-Disposition: ;\n\nx", "x"),
    ],
)
def test_damaged_messages_are_read_as_far_as_they_go(data, text):
    """Broken headers, unknown charsets and missing borders cost what is broken, not the message."""
    assert read(data)["text"].strip() == text


def test_nesting_without_end_stops():
    """Parts in parts without end are read to a depth, and the rest left out."""
    data = b"Content-Type: message/rfc822\n\n" * 500 + b"Subject: deep\n\nx"
    assert read(data)["text"].count("attached message") <= 11


def test_several_messages_are_told_apart_by_their_sizes():
    """Messages that come together are divided by the sizes that are given."""
    first, second = b"Subject: a\n\none", b"Subject: b\n\ntwo"
    found = parse(first + second, {"sizes": [len(first), len(second)]})["messages"]
    assert [(each["subject"], each["text"]) for each in found] == [("a", "one"), ("b", "two")]


def test_too_much_text_is_refused():
    """Text beyond the limit is refused, not cut."""
    with pytest.raises(RefusedError):
        parse(b"Subject: a\n\nfour", {"text_characters": 3})


lines = st.sampled_from(
    [
        "Content-Type: multipart/mixed; boundary=b",
        "Content-Type: multipart/alternative; boundary=c",
        "Content-Type: text/html",
        "Content-Type: message/rfc822",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: x-uuencode",
        "Content-Disposition: attachment; filename*=utf-8''%e9",
        "Subject: =?x?q?a?=",
        "Date: Mon, 99 Foo 2024",
        "From: <<>>,;:",
        *["--b", "--c", "--b--", "", "", "<p>x", "begin 644 x"],
    ]
)


@given(st.lists(lines, max_size=20))
def test_any_message_is_read(found):
    """Whatever the order of headers, borders and text, something is told of the message."""
    assert set(read("\n".join(found).encode())) >= {"subject", "headers", "text", "attachments", "hidden"}


@pytest.mark.parametrize(
    ("name", "raw", "shown"),
    [
        ("from", b"a@b.org", ["From: a@b.org"]),
        ("TO", b"a@b.org", ["To: a@b.org"]),
        ("cC", b"a@b.org", ["Cc: a@b.org"]),
        ("Bcc", b"a@b.org", []),
        ("X-From", b"a@b.org", []),
        ("Subject", b"", []),
        ("Subject", b"   ", []),
        ("Date", b"yesterday", ["Date: yesterday"]),
        ("From", b"a\r\n\tb", ["From: a b"]),
        ("From", b"\xff", ["From: \ufffd"]),
    ],
)
def test_which_headers_are_told(name, raw, shown):
    """Names of headers are known in any case; empty ones and others are not told."""
    assert read(name.encode() + b": " + raw + b"\n\nx")["headers"] == shown


def test_the_first_of_two_headers_counts():
    """A header that is written twice is told once, as it stands first."""
    assert read(b"Subject: one\nSubject: two\n\nx")["subject"] == "one"


@pytest.mark.parametrize(
    ("sizes", "texts"),
    [
        ([], ["one\n\nSubject: b\n\ntwo"]),
        ([17], ["one\n\n"]),
        ([17, 0], ["one\n\n", ""]),
        ([17, 9999], ["one\n\n", "two"]),
        ([0, 17], ["", "one\n\n"]),
    ],
)
def test_sizes_divide_the_bytes(sizes, texts):
    """Each message has the bytes that its size gives it, as far as there are any."""
    data = b"Subject: a\n\none\n\nSubject: b\n\ntwo"
    found = parse(data, {"sizes": sizes})["messages"]
    assert [message["text"] for message in found] == [text.strip("\n") for text in texts]


def test_the_limit_is_of_all_messages_together():
    """Messages that fit one by one are refused when they are too much together."""
    data = b"Subject: a\n\nfour" * 3
    assert len(parse(data, {"sizes": [16] * 3, "text_characters": 12})["messages"]) == 3
    with pytest.raises(RefusedError):
        parse(data, {"sizes": [16] * 3, "text_characters": 11})


@pytest.mark.parametrize(
    ("headers", "described"),
    [
        (b"Content-Type: image/png", "unnamed (image/png, 4 bytes)"),
        (b'Content-Type: image/png; name="a b.png"', "a b.png (image/png, 4 bytes)"),
        (b"Content-Type: text/plain\nContent-Disposition: attachment", "unnamed (text/plain, 4 bytes)"),
        (b'Content-Disposition: attachment; filename="x\n y.txt"', "x y.txt (text/plain, 4 bytes)"),
        (b"Content-Type: application/pdf\nContent-Disposition: inline", "unnamed (application/pdf, 4 bytes)"),
    ],
)
def test_attachments_are_described(headers, described):
    """An attachment has its name, or none, its kind and its size, on one line."""
    found = read(headers + b"\n\nfour")
    assert (found["attachments"], found["text"]) == ([described], "")


@pytest.mark.parametrize("count", [999, 5000])
def test_parts_are_limited(count):
    """Of a message of very many parts the first are read, and the rest costs nothing."""
    data = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * count
    assert 900 < read(data)["text"].count("x") <= 1000
