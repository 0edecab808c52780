"""Templates: messages of one shape are one, their counts exact, their values known."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.parsers.log_counts import Room
from rao_cli.documents.parsers.log_templates import ANY, MOST_TEMPLATES, MOST_WORDS, Miner

words = st.sampled_from(["open", "closed", "file", "user", "17", "4242", "a1b2", "x"])
messages = st.lists(st.lists(words, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=60)


def mined(lines, size=1000):
    """Mine messages in chunks of a size."""
    miner = Miner(Room())
    for start in range(0, len(lines), size):
        miner.add(lines[start : start + size], range(start, min(len(lines), start + size)))
    return miner


def test_one_shape_is_one_template():
    """Messages that differ in numbers, addresses and names alone are one template with the values of each."""
    names = ["root", "bob", "eve", "root"]
    lines = [f"Failed password for {name} from 10.0.0.{i} port {i}" for i, name in enumerate(names)]
    (template,) = mined(lines).templates
    assert template.words[:3] == ["Failed", "password", "for"]
    assert template.words[3] == ANY
    assert template.places[3].counts == {"root": 2, "bob": 1, "eve": 1}
    assert (template.count, template.first, template.last) == (4, 0, 3)


def test_different_starts_are_different_templates():
    """Messages that begin differently are not put together, however alike their ends are."""
    found = mined(["open file a in mode r", "close file a in mode r"]).templates
    assert len(found) == 2


def test_an_empty_value_is_a_word():
    """Two blanks in a row stand for a value that is missing."""
    (template,) = mined(["Invalid user bob from 1.1.1.1", "Invalid user  from 1.1.1.2"]).templates
    assert template.count == 2
    assert len(template.places[4].counts) == 2


def test_what_was_constant_before_is_counted():
    """When a word turns out to vary, the messages before it count for the word that they had."""
    miner = Miner(Room())
    miner.add(["task a of b done"] * 5, range(5))
    miner.add(["task a of c done"], [5])
    (template,) = miner.templates
    assert list(template.places[3].entries()) == [("b", 5, 0, 4), ("c", 1, 5, 5)]


@given(messages, st.integers(1, 20))
def test_every_message_is_counted_once(lines, size):
    """The counts of the templates add up, and so do those of the values in each place."""
    templates = mined(lines, size).templates
    assert sum(template.count for template in templates) == len(lines)
    for template in templates:
        for place, values in template.places.items():
            assert values.total == template.count or template.words[place] == ANY
            assert values.counts.total() == values.total <= template.count


@given(messages)
def test_values_are_those_of_the_messages(lines):
    """The first word's values over all templates are the first words of the messages."""
    counted = Counter()
    for template in mined(lines).templates:
        if 0 in template.places:
            counted.update(template.places[0].counts)
        else:
            counted[template.words[0]] += template.count
    assert counted == Counter(line.split(" ")[0] for line in lines)


@given(messages, messages)
def test_merged_parts_count_as_one(first, second):
    """Two parts merged have the messages of both, and the first and last line of the whole."""
    miner, other = mined(first), mined(second)
    miner.merge(other.templates, len(first))
    assert sum(template.count for template in miner.templates) == len(first) + len(second)
    assert min(template.first for template in miner.templates) == 0
    assert max(template.last for template in miner.templates) == len(first) + len(second) - 1
    for template in miner.templates:
        for values in template.places.values():
            assert values.counts.total() == values.total <= template.count


def test_templates_are_bounded():
    """Messages of ever new shapes stop making templates, and are still counted."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    lines = [f"{a}{b} {c}{a}{c}{b}" for a in letters for b in letters for c in letters]
    templates = mined(lines, 4000).templates
    assert len(templates) <= MOST_TEMPLATES + MOST_WORDS
    assert sum(template.count for template in templates) == len(lines)


def test_long_messages_are_one_template():
    """Words beyond the limit are one word, so that a huge message does not make a huge template."""
    (template,) = mined(["word " * 5000]).templates
    assert len(template.words) == MOST_WORDS


def test_errors_are_noticed():
    """A template that speaks of a failure is told from one that does not."""
    templates = mined(["connection refused by peer", "connection accepted by peer"]).templates
    assert sorted(template.alarming for template in templates) == [False, True]


def test_hexadecimal_words_do_not_make_templates():
    """Identifiers in hexadecimal are one place, whatever letters are in them."""
    ids = ["deadbeef01", "0f0f0f0f0f", "9a8b7c6d5e", "3fa85f64-5717-4562-b3fc-2c963f66afa6"]
    assert len(mined([f"got {name}" for name in ids]).templates) == 1
