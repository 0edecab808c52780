"""Mail: one message, or the messages of a mailbox, each a section with its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.context import Context
from rao_cli.documents.failures import NoTextError
from rao_cli.documents.formats.mail import read_mail, read_mbox
from rao_cli.documents.model import Span
from rao_cli.documents.workers import Workers
from tests.documents.formats.reading import chapters, read, read_or_refused, values

MESSAGE = b"From: ann@example.org\nSubject: %s\n\n%s\n"
MAILBOX = b"".join(
    b"From ann Mon Jan  1 00:00:00 2024\n"
    + MESSAGE % (b"No %d" % number, b"text of %d\n\n>From here on" % number)
    + b"\n"
    for number in range(3)
)


@pytest.fixture(scope="module")
def context():
    """Yield a context whose worker is used by all tests."""
    with Workers(1) as workers:
        yield Context(workers=workers)


def test_a_message_is_headers_and_text(context):
    """A message is its headers, an empty line and its text."""
    document = read(read_mail, MESSAGE % (b"hi", b"words"), "a.eml", context)
    assert document.text == "From: ann@example.org\nSubject: hi\n\nwords\n"
    assert values(document) == {"messages": 1}


def test_a_mailbox_is_its_messages(context):
    """Each message of a mailbox is a section with its subject, and is named in places by its number."""
    document = read(read_mbox, MAILBOX, "a.mbox", context)
    assert chapters(document) == [(1, "No 0"), (1, "No 1"), (1, "No 2")]
    at = document.text.index("text of 1")
    assert str(document.locate(Span(at, at + 4))) == "dir/a.mbox message 2"
    assert values(document) == {"messages": 3}


def test_lines_that_were_marked_are_plain_again(context):
    """Lines that a mailbox had to mark because they start with From come out as they were written."""
    document = read(read_mbox, MAILBOX, "a.mbox", context)
    assert document.text.count("\nFrom here on\n") == 3
    assert ">From" not in document.text


def test_a_line_in_a_text_divides_nothing(context):
    """A line that starts with From right after another line is text."""
    data = b"From a Mon Jan  1 00:00:00 2024\nSubject: s\n\nline\nFrom b Mon Jan  1 00:00:00 2024\n"
    assert values(read(read_mbox, data, "a.mbox", context))["messages"] == 1


def test_large_mailboxes_are_read_in_batches(context):
    """A mailbox of more than one batch is read whole, in order."""
    body = b"words of a long message\n" * 20_000
    data = b"".join(b"From a 2024\n" + MESSAGE % (b"%d" % number, body) + b"\n" for number in range(40))
    document = read(read_mbox, data, "a.mbox", context)
    assert [title for _, title in chapters(document)] == [str(number) for number in range(40)]


def test_a_message_without_subject_has_a_title(context):
    """A message without a subject, or with an empty one, is called so."""
    data = b"From a 2024\nFrom: a\n\nx\n\n" * 2
    assert chapters(read(read_mbox, data, "a.mbox", context)) == [(1, "(no subject)")] * 2


def test_an_empty_message_holds_no_text(context):
    """A message of nothing but unknown headers holds no text."""
    with pytest.raises(NoTextError):
        read(read_mail, b"X-Nothing: here\n\n", "a.eml", context)


@settings(max_examples=40)
@given(data=st.lists(st.sampled_from([b"From ", b"a\n", b"\n", b"Subject: s\n", b"\xff\0", b"\r\n"]), max_size=20))
def test_any_bytes_are_mail_or_refused(context, data):
    """Whatever the bytes, there is a whole document or one clear error."""
    for loader in (read_mail, read_mbox):
        read_or_refused(loader, b"".join(data), "a.eml", context)
