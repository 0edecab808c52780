"""From events to completions: text, tokens, what they cost, and how far a request is."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.base import Progress, Token
from rao_cli.engine.remote.reply import UNKNOWN, Reply, Reporter, complete, cut
from tests.engine.remote.scripted import delta


def reply_of(*events: dict) -> Reply:
    """Return a reply of these events."""
    reply = Reply()
    for event in events:
        reply.add(event)
    return reply


def completed(reply: Reply, text: str | None = None, limit: int = 100) -> tuple[Token, ...]:
    """Return the tokens of a completion, which always spell its text."""
    done = complete(reply, reply.text if text is None else text, limit=limit, prompt=10, window=1000)
    assert "".join(token.text for token in done.tokens) == done.text
    return done.tokens


def test_tokens_have_their_log_probabilities() -> None:
    """Each token is one of the server's, with its own log-probability."""
    tokens = completed(reply_of(delta("Hel", -1.0), delta("lo", -0.25, "stop")))
    assert tokens == (Token("Hel", -1.0), Token("lo", -0.25))


def test_unknown_log_probabilities_are_one_half() -> None:
    """A server that gives none leaves every token at one half, so no confidence is above that."""
    tokens = completed(reply_of(delta("Hel"), delta("lo")))
    assert [math.exp(token.logprob) for token in tokens] == pytest.approx([0.5, 0.5])


def test_a_part_of_a_reply_keeps_its_tokens() -> None:
    """Of a reply that is cut on both sides the tokens inside are kept, the outer ones shortened."""
    reply = reply_of(delta("Sure! ", -1.0), delta('x{"a', -2.0), delta('":1}', -3.0), delta(" bye", -4.0))
    assert completed(reply, '{"a":1}') == (Token('{"a', -2.0), Token('":1}', -3.0))


def test_a_rewritten_reply_has_the_mean() -> None:
    """Where the text is not among the tokens, each piece of it has their mean."""
    tokens = completed(reply_of(delta('{"a": ', -1.0), delta("1}", -3.0)), '{"a":1}')
    assert {token.logprob for token in tokens} == {-2.0}


def test_characters_of_several_tokens_are_whole() -> None:
    """A character whose bytes come in two tokens belongs to the second."""
    event = delta("é")
    entries = [{"token": "?", "bytes": [0xC3], "logprob": -1.0}, {"token": "?", "bytes": [0xA9], "logprob": -2.0}]
    event["choices"][0]["logprobs"] = {"content": entries}
    assert completed(reply_of(delta("a", -0.5), event)) == (Token("a", -0.5), Token("", -1.0), Token("é", -2.0))


def test_more_than_was_asked_is_cut() -> None:
    """A server that goes on past the limit is cut there."""
    reply = reply_of(*(delta("la ", -1.0) for _ in range(9)))
    done = complete(reply, reply.text, limit=4, prompt=1, window=10)
    assert (done.text, len(done.tokens), done.finish) == ("la " * 4, 4, "length")


def test_a_reply_in_one_piece_is_as_many_tokens_as_it_says() -> None:
    """A server that does not stream is believed about the number of tokens, within the text's length."""
    reply = reply_of(delta("Hello there"), {"usage": {"completion_tokens": 3}})
    assert len(completed(reply)) == 3
    reply = reply_of(delta("Hello"), {"usage": {"completion_tokens": 3000}})
    assert len(completed(reply)) == 5


@given(
    st.lists(st.tuples(st.text(max_size=5), st.floats(-9, 0)), max_size=8), st.integers(0, 20), st.integers(0, 20)
)
def test_tokens_spell_any_part(pieces: list[tuple[str, float]], start: int, length: int) -> None:
    """Whatever part of whatever reply is kept, its tokens spell it and none is certain to be wrong."""
    reply = reply_of(*(delta(text, score) for text, score in pieces))
    whole = "".join(reply.deltas)
    tokens = completed(reply, whole[start : start + length])
    assert all(token.logprob <= 0 for token in tokens)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("<think>so</think>\n\nyes", "yes"),
        ("\n<think>\nso\n</think>yes", "yes"),
        ("<thinking>a</thinking> b", "b"),
        ("so it is\n</think>\n\nyes", "yes"),
        ("<think>never ends", ""),
        ("no <think>here</think>", "no <think>here</think>"),
        ("yes", "yes"),
    ],
)
def test_thoughts_are_left_out(sent: str, kept: str) -> None:
    """What a model thinks before its answer is no part of the text."""
    assert reply_of(delta(sent)).text == kept


def test_reasoning_fields_are_left_out() -> None:
    """Thoughts in a field of their own are noticed, and no part of the text."""
    reply = reply_of(delta("", reasoning_content="hm"), delta("yes", -1.0))
    assert (reply.text, reply.thought) == ("yes", True)


def test_text_that_may_be_a_thought_is_not_sure() -> None:
    """The first letters of a thought's mark are held back until it is clear what they are."""
    reply = Reply()
    seen = []
    for piece in ("<", "thi", "n ice"):
        reply.add(delta(piece))
        seen.append(reply.sure_text)
    assert seen == ["", "", "<thin ice"]


@pytest.mark.parametrize(
    ("stop", "kept"), [((), "one two"), (("two",), "one "), (("x", "e t", "n"), "o"), (("",), "one two")]
)
def test_stop_strings_are_cut(stop: tuple[str, ...], kept: str) -> None:
    """The text ends before the first stop string; empty ones mean nothing."""
    assert cut("one two", stop) == kept


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"choices": None},
        {"choices": [None, 3]},
        {"choices": [{"delta": {"content": 3}}]},
        {"choices": [{"delta": {"content": "x"}, "logprobs": {"content": [{"bytes": [999], "logprob": "a"}]}}]},
        {"choices": [{"delta": {"content": "x"}, "logprobs": {"content": "no"}}]},
        {"choices": [{"delta": {"content": "x"}, "logprobs": {"content": [{"token": None}]}}]},
        {"usage": [1]},
        {"choices": [{"finish_reason": 7}]},
    ],
)
def test_strange_events_do_no_harm(event: dict) -> None:
    """Values of the wrong kind are passed over."""
    tokens = completed(reply_of(event))
    assert all(token.logprob == UNKNOWN for token in tokens)


def reported(*steps: str) -> list[Progress]:
    """Return what a reporter tells; a step is a text, or a number of prompt tokens read."""
    told: list[Progress] = []
    reporter = Reporter(told.append, prompt=10, limit=3, clock=itertools.count(1).__next__)
    reporter.wait()
    for step in steps:
        if step.isdigit():
            reporter.read({"prompt_progress": {"total": 12, "processed": int(step)}})
        else:
            reporter.write(lambda step=step: step)
    reporter.finish("abc")
    return told


def test_progress_reads_then_writes() -> None:
    """The prompt is read to its end before the first token, as the server counts it."""
    told = reported("4", "8", "a", "ab")
    assert [(p.phase, p.done, p.total) for p in told] == [
        ("waiting", 0, 10),
        ("reading", 4, 12),
        ("reading", 8, 12),
        ("reading", 12, 12),
        ("writing", 1, 3),
        ("writing", 2, 3),
        ("writing", 2, 3),
    ]


@given(st.lists(st.sampled_from(["a", "ab", "abc", "x", "3", "9", "99"])))
def test_progress_never_goes_back(steps: list[str]) -> None:
    """Whatever comes in whatever order, phases and numbers only go on, and stay within their totals."""
    told = reported(*steps)
    order = {"waiting": 0, "reading": 1, "writing": 2}
    places = [(order[p.phase], p.done) for p in told]
    assert places == sorted(places)
    assert all(p.done <= p.total for p in told)


def test_texts_reported_are_the_completion() -> None:
    """The pieces of text that were told make up the whole."""
    assert "".join(p.text for p in reported("a", "ab")) == "abc"
    assert "".join(p.text for p in reported()) == "abc"


def test_tokens_are_not_reported_one_by_one() -> None:
    """Of tokens that come at once the first and the last are told, and all of the text."""
    told: list[Progress] = []
    reporter = Reporter(told.append, prompt=1, limit=100, clock=lambda: 5.0)
    for number in range(1, 51):
        reporter.write(lambda number=number: "x" * number)
    reporter.finish("x" * 50)
    assert [(p.done, p.text) for p in told if p.phase == "writing"] == [(1, "x"), (50, "x" * 49)]
