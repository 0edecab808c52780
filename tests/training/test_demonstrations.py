"""Demonstrations are kept as tokens, come back as they were, and hold what the teacher showed."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.agent.actions import parse_action
from rao_cli.engine.base import Message, Request
from rao_cli.errors import ModelError
from rao_cli.training.demonstrations import Counting, Demonstrator, Line, Shown, read_lines, write_lines
from rao_cli.training.samples import Sample
from rao_cli.training.teacher import Demonstration
from tests.training.helpers import Pieces
from tests.training.test_teacher import DECOYS, KEEPER, TEXTS, episode

ALL = Shown(views=(100,), outlines=1.0, absent=1.0)
TOKENS = st.lists(st.integers(0, 50_000), max_size=6).map(tuple)
LINES = st.builds(
    lambda family, kind, prompt, options, chosen: Line(
        family, kind, Sample(prompt, tuple(options), chosen % len(options), ())
    ),
    st.text(max_size=5),
    st.text(max_size=5),
    TOKENS,
    st.lists(TOKENS, min_size=1, max_size=4),
    st.integers(0, 3),
)


def shown(texts, kept=ALL, seed=1, pieces=None):
    """Return the lines of episodes on some texts."""
    return list(Demonstrator(pieces or Pieces(), kept, seed).lines(map(episode, texts)))


@given(st.lists(LINES, max_size=5))
@settings(max_examples=30)
def test_lines_come_back_as_they_were(tmp_path_factory, lines):
    """What is written to a file is read from it, in order; the writer tells how far it is."""
    path, told = tmp_path_factory.mktemp("lines") / "a.jsonl", []
    assert write_lines(iter(lines), path, told.append) == len(lines)
    assert list(read_lines(path)) == lines
    assert told == list(range(1, len(lines) + 1))


@pytest.mark.parametrize(
    "text", ["", "{", "null", "3", "[]", '["a","b",1,2,3]', '["a","b",[1],[[2]],1]', '["a","b",[1],[[2]],"x"]']
)
def test_what_is_no_line_is_refused(text):
    """A line of something else, or without its ideal option, raises ValueError."""
    with pytest.raises(ValueError, match=r"."):
        Line.from_json(text)


def test_every_option_is_an_action_in_tokens():
    """Options are the tokens of whole actions, the ideal one of the line's kind; a written one ends."""
    pieces = Pieces()
    lines = shown(TEXTS, pieces=pieces)
    assert {line.kind for line in lines} == {"answer", "absent", "delegate"}
    for line in lines:
        sample = line.sample
        texts = [pieces.decode(option) for option in sample.options]
        assert [text.endswith("<end>") for text in texts] == [sample.written] * len(texts)
        assert parse_action(texts[sample.chosen].removesuffix("<end>")).action == line.kind
        assert sample.logprobs == ()
        assert pieces.decode(sample.prompt).startswith("<system>")


def test_where_absent_is_right_it_comes_last():
    """Beside absent a few wrong answers are on offer, and no more."""
    pieces = Pieces()
    lines = [line for line in shown([DECOYS], pieces=pieces) if line.kind == "absent" and not line.sample.written]
    assert lines
    for line in lines:
        assert line.sample.chosen == len(line.sample.options) - 1 <= ALL.most_wrong
        assert '"absent"' in pieces.decode(line.sample.options[-1])


def test_a_single_agent_hands_nothing_down():
    """Shown alone, one agent answers each question from what search ranks best, and nobody else is asked."""
    lines = shown(TEXTS, replace(ALL, alone=True, window=1200))
    assert [line.kind for line in lines] == ["answer"] * len(TEXTS)
    assert max(len(line.sample.prompt) for line in lines) < 1200


def test_only_a_share_is_kept():
    """Of choices at outlines and of absence a share is kept, of answers everything."""
    few = shown(TEXTS * 3, replace(ALL, outlines=0.0, absent=0.0))
    assert {line.kind for line in few} == {"answer"}
    assert len(few) == 3 * len(TEXTS)


def test_the_seed_makes_the_lines():
    """The same seed shows the same lines, and another does not."""
    some = [*TEXTS, DECOYS]
    kept = Shown(views=(100, 130, 160))
    assert shown(some, kept, 1) == shown(some, kept, 1) != shown(some, kept, 2)


def test_views_differ_from_text_to_text():
    """Texts are packed into views of several sizes, so that none is learned by heart."""
    pieces = Pieces()
    lines = shown([f"{DECOYS}{KEEPER}{number}\n" for number in range(8)], Shown(views=(60, 200)), pieces=pieces)
    lengths = {len(line.sample.prompt) // 50 for line in lines if line.kind == "answer"}
    assert len(lengths) > 1


def test_no_model_is_asked():
    """The engine behind a demonstration only counts."""
    engine = Counting(Pieces(), 2048)
    assert engine.count_tokens("a key") == 3
    assert engine.count_prompt((Message("user", ("a", " key")),)) == 5
    with pytest.raises(ModelError):
        asyncio.run(engine.generate(Request((), 1)))
    engine.close()


def test_one_option_is_written():
    """A demonstration of one text is learned as written, with the end of the turn."""
    pieces = Pieces()
    one = Demonstration(Request((Message("user", ("x",)),), 9), ('{"action":"absent"}',), 0, "absent")
    sample = Demonstrator(pieces, ALL, 1).sample(one)
    assert sample.written
    assert sample.options[0][-1] == pieces.end()
