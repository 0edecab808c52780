"""The simpler ways to answer: what they show to the model, and that nothing is dropped on the way."""

import asyncio
import re

import pytest

from rao_cli.bench.quality.baselines import Model, best_sentence, direct, mapreduce, mapreduce_tokens, rag
from rao_cli.bench.quality.prompts import SYSTEM, question_on, question_on_answers
from rao_cli.errors import UsageError
from tests.bench.quality.making import LONG, opened

QUESTION = "When was the treaty of Utrecht signed?"
NEEDLE = "The treaty of Utrecht was signed in 1713. "
TEXT = LONG * 60 + NEEDLE + LONG * 60


def shown(request):
    """Return the text of a prompt's last turn."""
    return "".join(request.messages[-1].parts)


def reads(request):
    """Answer with the year where the text of the last turn has it."""
    found = re.search(r"\b1713\b", shown(request))
    return found.group() if found else "absent"


def asked(way, source, *arguments):
    """Return what a way to answer says, and what it asked of the model."""
    model = Model(source.engine, source.settings)
    said = asyncio.run(way(QUESTION, *arguments, model))
    return said, source.engine.requests, model


def test_search_gives_the_sentence():
    """Without a model the sentence that shares most words with the question is the answer."""
    source = opened(TEXT)
    assert best_sentence(QUESTION, source.chosen.reading) == NEEDLE.strip()
    assert source.engine.requests == []
    assert best_sentence("Which giraffe?", source.chosen.reading) == ""


def test_direct_reads_the_beginning():
    """One prompt holds as much of the beginning as fits, and not a character more."""
    source = opened(TEXT, reads)
    said, (request,), model = asked(direct, source, source.document)
    text = shown(request).split("\n\nQuestion:")[0]
    assert said == "absent"
    assert len(text) > 1000
    assert TEXT.startswith(text)
    assert model.fits(request.messages)
    assert not model.fits(question_on(TEXT[: len(text) + 20], QUESTION))


def test_direct_reads_a_short_text_whole():
    """A text that fits is shown to its end."""
    source = opened(LONG + NEEDLE, reads)
    said, (request,), _ = asked(direct, source, source.document)
    assert said == "1713"
    assert NEEDLE.strip() in shown(request)


def test_rag_reads_what_search_finds():
    """One prompt holds the best passages, the best first."""
    source = opened(TEXT, reads)
    said, (request,), model = asked(rag, source, source.chosen.reading)
    assert said == "1713"
    assert NEEDLE.strip() in shown(request).split("\n\n")[0]
    assert model.fits(request.messages)


def test_rag_without_hits_asks_all_the_same():
    """Where search finds nothing the model is shown nothing, and may say so."""
    source = opened("Nothing.\n", reads)
    said, requests, _ = asked(rag, source, source.chosen.reading)
    assert (said, len(requests)) == ("absent", 1)


def test_mapreduce_reads_everything():
    """Each leaf is asked once; together the prompts hold the whole text."""
    source = opened(TEXT, reads)
    said, requests, _ = asked(mapreduce, source, source.whole.reading)
    assert said == "1713"
    assert len(requests) == source.whole.reading.leaf_count > 3
    together = "".join(shown(request).split("\n\nQuestion:")[0] for request in requests)
    assert "".join(together.split()) == "".join(TEXT.split())


def test_mapreduce_joins_answers():
    """Different answers of the leaves are put into one more prompt, each once and absent ones never."""

    def answers(request):
        text = shown(request)
        if "found in parts" in text:
            return "both"
        return "1713" if "1713" in text else "1815" if "1815" in text else "absent"

    source = opened(TEXT + "The congress of Vienna ended in 1815.\n" + LONG * 20, answers)
    said, requests, _ = asked(mapreduce, source, source.whole.reading)
    assert said == "both"
    assert "- 1713\n- 1815\n\nQuestion:" in shown(requests[-1])


def test_mapreduce_joins_again_while_it_must():
    """Answers that do not fit one prompt are joined in groups, then their answers."""
    numbers = iter(range(1000))

    def answers(request):
        if "found in parts" in shown(request):
            return "joined " + str(shown(request).count("- ") % 7)
        return f"a long answer of many different words, number {next(numbers)}"

    source = opened(LONG * 300, answers, window=512)
    said, requests, model = asked(mapreduce, source, source.whole.reading)
    joins = [request for request in requests if "found in parts" in shown(request)]
    assert said.startswith("joined")
    assert len(joins) > 2
    assert all(model.fits(request.messages) for request in requests)


def test_mapreduce_of_nothing_is_absent():
    """Where no leaf has an answer nothing is joined."""
    source = opened(TEXT)
    source.engine._respond = lambda request: "absent"
    said, requests, _ = asked(mapreduce, source, source.whole.reading)
    assert said == "absent"
    assert len(requests) == source.whole.reading.leaf_count


def test_the_cost_of_mapreduce_is_close():
    """What map-reduce would read is computed without asking, within a twentieth of what it reads."""
    source = opened(TEXT, reads)
    leaves, tokens = mapreduce_tokens(QUESTION, source.whole.reading, source.engine)
    assert source.engine.requests == []
    _, requests, model = asked(mapreduce, source, source.whole.reading)
    assert leaves == len(requests)
    assert tokens == pytest.approx(sum(call.prompt_tokens for call in model.calls), rel=0.05)


def test_an_answer_is_the_first_line():
    """What comes after the first line is not the answer; nothing is written beyond the limit."""
    source = opened(LONG, lambda request: "Ulm\nand so on")
    said, (request,), _ = asked(direct, source, source.document)
    assert said == "Ulm"
    assert request.max_tokens == source.settings.output_tokens
    assert request.grammar == ""


def test_a_question_too_long_for_the_window_is_refused():
    """No prompt is cut so that the question is lost."""
    source = opened(LONG, window=256)
    model = Model(source.engine, source.settings)
    with pytest.raises(UsageError, match="does not fit"):
        asyncio.run(direct("word " * 500, source.document, model))


def test_costs_are_summed():
    """All calls count; the confidence is the probability of a token of the last one."""
    source = opened(TEXT, lambda request: ("Ulm", -0.5))
    _, requests, model = asked(mapreduce, source, source.whole.reading)
    told = model.told("Ulm", absent=False)
    assert told.agents == len(requests)
    assert told.prompt_tokens == sum(source.engine.count_prompt(request.messages) for request in requests)
    assert told.output_tokens == len(requests)
    assert told.confidence == pytest.approx(0.6065)
    assert model.told("absent", absent=True).answer == ""


def test_prompts_show_the_same_examples():
    """Every plain prompt begins alike, so that the model's state is used again, and ends with the question."""
    one, other = question_on("some text\n", "Who?"), question_on_answers(["a", "b"], "Who?")
    assert one[:-1] == other[:-1]
    assert one[0].parts == (SYSTEM,)
    assert one[-1].parts == ("some text\n", "\nQuestion: Who?")
    assert other[-1].parts[0].endswith(":\n- a\n- b\n")
