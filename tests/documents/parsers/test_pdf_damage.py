"""How damaged a text is: glued words, characters without meaning."""

import pytest

from rao_cli.documents.parsers.pdf_damage import DAMAGED, damage


@pytest.mark.parametrize(
    "text",
    [
        "There are two methods of reading this.",
        "Die Donaudampfschifffahrtsgesellschaft fährt " + "jeden Tag bis an das Meer " * 30,
        "漢字と仮名だけの文章には空白がない" * 5,
        "the \x0crst di\x0berence",
        "a condi\x02tion",
    ],
)
def test_sound_text_is_not_damaged(text):
    """Prose, long compounds among it, writing without spaces and TeX's ligatures are sound."""
    assert damage([text]) <= DAMAGED


@pytest.mark.parametrize(
    "text", ["Therearetwomethodsofreadingthis text", "\x13\x14\x15 airport", "\ue001\ue002 ab", "� �"]
)
def test_glued_and_nameless_text_is_damaged(text):
    """Words glued together, control codes, private characters and replacement characters are damage."""
    assert damage([text]) > DAMAGED


def test_the_share_is_taken_over_all_pages():
    """One character in ten without meaning is a tenth; no text has no damage."""
    assert damage(["a" * 4 + "\ue000", "b c d"]) == pytest.approx(0.1)
    assert damage([]) == 0
    assert damage(["", ""]) == 0


def test_a_long_run_of_letters_takes_linear_time():
    """Ten million letters without a space are judged at once."""
    assert damage(["a" * 10_000_000]) == 1
