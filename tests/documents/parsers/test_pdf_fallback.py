"""Reading with pypdf where pdfium fails."""

import pytest

from rao_cli.documents.parsers.base import RefusedError
from rao_cli.documents.parsers.pdf_fallback import Fallback
from tests.documents.making import encrypted_pdf, plain_pdf

DATA = plain_pdf(["one", "two", "three"])


def test_pages_of_a_range_are_read():
    """The pages asked for come with their text and labels."""
    pages = Fallback(DATA, None).pages(range(1, 3), {})
    assert [(page["text"], page["label"], page["state"]) for page in pages] == [
        ("two", "2", ""),
        ("three", "3", ""),
    ]


def test_the_answer_names_the_reader():
    """An answer by pypdf says so, and counts all pages."""
    content = Fallback(DATA, None).parse(range(2), {})
    assert content["facts"] == {"reader": "pypdf"}
    assert content["total"] == 3


def test_a_page_that_is_not_there_is_unreadable():
    """A page that pypdf cannot give is marked, not raised."""
    assert Fallback(DATA, None).page(7)["state"] == "unreadable"
    assert Fallback(b"junk", None).page(0)["state"] == "unreadable"


@pytest.mark.parametrize(
    ("data", "password", "code"),
    [
        (b"junk", None, "corrupt"),
        (b"", None, "corrupt"),
        (encrypted_pdf(["x"], "pw"), None, "password"),
        (encrypted_pdf(["x"], "pw"), "no", "wrong password"),
    ],
)
def test_refusals_are_codes(data, password, code):
    """A file that cannot be opened is refused with the word for why."""
    with pytest.raises(RefusedError) as caught:
        Fallback(data, password).parse(range(1), {})
    assert caught.value.code == code


def test_an_encrypted_file_opens_with_its_password():
    """RC4 encryption is undone with the right password."""
    assert Fallback(encrypted_pdf(["secret"], "pw"), "pw").page(0)["text"] == "secret"


def test_too_much_text_is_refused():
    """Text over the limit is refused, not cut."""
    with pytest.raises(RefusedError):
        Fallback(DATA, None).pages(range(3), {"text_characters": 5})
