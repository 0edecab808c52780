"""A trial answers a question both ways, says what it shows, and counts it."""

import pytest

from rao_cli.agent.records import Usage
from rao_cli.cli.strategies_try import Pair, judge
from rao_cli.strategies.standing import evidence_of
from tests.cli.console import ABSENT, rao, reader, scripted
from tests.cli.strategic import MODEL, QUESTION, codes, imported, late, library, own
from tests.runs.making import finished
from tests.strategies.making import stage


@pytest.fixture
def source(tmp_path):
    """Return a text file larger than the window that tells a code in many places."""
    path = tmp_path / "notes.txt"
    path.write_text(codes())
    return path


def tried(source, *argv, name="page-lookup", **given):
    """Try a strategy on the question for the code."""
    return rao("strategies", "try", name, source, QUESTION, *argv, **given)


def other(tmp_path, code):
    """Return another document, with another code."""
    path = tmp_path / f"notes{code}.txt"
    path.write_text(codes(code))
    return path


def counts(name="page-lookup"):
    """Return what was counted of a strategy: successes, failures, fallbacks, pairs."""
    found = evidence_of(library().find(name).strategy, MODEL, "text")
    return found.successes, found.failures, found.fallbacks, found.paired


def test_both_answers_are_told(source):
    """A table shows the answers, tokens and agents both ways, then what that says and how the strategy stands."""
    done = tried(source)
    head, without, by, gap, verdict, standing = done.out.splitlines()
    assert head.split() == ["tokens", "agents", "answer"]
    assert (without.split()[0], without.split()[-1]) == ("without", "7431")
    assert (by.split()[0], by.split()[-1]) == ("page-lookup", "7431")
    assert int(by.split()[1].replace(",", "")) < int(without.split()[1].replace(",", ""))
    assert (gap, standing) == ("", "page-lookup is active")
    assert verdict.startswith("both answers are the same; 0.")
    assert counts() == (1, 0, 0, 1)


def test_a_trial_is_data_too(source):
    """With --json both results are there whole, with the outcome and the ratio of tokens."""
    done = tried(source, "--json").json
    assert done["schema"] == "rao.strategies.try/1"
    assert (done["outcome"], done["agree"], done["ratio"] < 1) == ("success", True, True)
    assert done["without"]["schema"] == done["by"]["schema"] == "rao.answer/1"
    assert done["by"]["strategy"].startswith("page-lookup ")
    assert done["strategy"]["standing"] == "active"


def test_two_documents_end_quarantine(tmp_path, source):
    """An imported strategy is in quarantine until it did well on two documents; one twice is not enough."""
    assert rao("strategies", "import", imported(tmp_path, *stage(2, 0.0))).code == 0
    for document, standing in ((source, "quarantined"), (source, "quarantined"), (other(tmp_path, 5), "active")):
        assert f"shared is {standing}" in tried(document, name="shared").out
    assert rao("ask", source, QUESTION, "--strategy", "shared").code == 0


def test_a_fallback_is_counted_as_one(source):
    """A strategy that is left says why, and its cost is not taken for that of its plan."""
    done = tried(source, find_model=late(40), name=own().name)
    assert "it was left: " in done.out
    assert counts("mine") == (0, 0, 1, 0)


def test_nothing_is_said_without_an_answer(source):
    """Where work without the strategy finds nothing, nothing is counted, and the answer is asked for."""

    def blind(request):
        return ABSENT

    done = tried(source, find_model=scripted(blind))
    assert "it was left" in done.out
    quiet = judge(Pair(finished(status="absent", answer="").result, finished().result, acted=True), "")
    assert quiet.outcome is None
    assert "--answer" in quiet.reason


@pytest.mark.parametrize(("answer", "right"), [("7431", True), ("the 7431", False), ("8", False)])
def test_the_right_answer_decides(source, answer, right):
    """With --answer it does not matter what work without the strategy says."""
    done = tried(source, "--answer", answer)
    assert ("its answer is right" in done.out) == right
    assert counts()[:2] == ((1, 0) if right else (0, 1))


def pair(acted=True, **changes):
    """Return a trial whose answer without the strategy is "me"."""
    return Pair(finished().result, finished(strategy="s 1", **changes).result, acted)


@pytest.mark.parametrize(
    ("trial", "outcome", "reason"),
    [
        (pair(), "success", "both answers are the same"),
        (pair(answer="ME."), "success", "both answers are the same"),
        (pair(answer="you"), "failure", "the answers differ"),
        (pair(acted=False), None, "the strategy had nothing to decide"),
        (pair(fell_back="it found nothing"), "fallback", "it was left: it found nothing"),
        (pair(fell_back="a section that it skips says otherwise"), "failure", "it was left"),
        (pair(limits_hit=("tokens",)), None, "a limit was reached"),
    ],
)
def test_what_a_trial_says(trial, outcome, reason):
    """Each way that a trial may end has one verdict."""
    verdict = judge(trial, "")
    assert verdict.outcome == outcome
    assert verdict.reason.startswith(reason)


def test_the_ratio_is_of_all_tokens():
    """Prompt and written tokens count alike, and nothing is divided by zero."""
    assert pair(usage=Usage(prompt_tokens=5, output_tokens=1)).ratio == 0.5
    assert Pair(finished(usage=Usage()).result, finished().result, acted=True).ratio == 12


def test_a_short_document_is_refused(tmp_path):
    """Where all fits one view a strategy cannot be tried, and nothing is counted."""
    path = tmp_path / "short.txt"
    path.write_text(codes(lines=12))
    done = tried(path)
    assert (done.code, "fits one view" in done.err) == (2, True)
    assert not library().folder.exists()


def test_a_question_of_another_class_is_doubted(source):
    """A strategy for other questions is tried with a warning."""
    assert (
        "warning: where-in-code is tried as you say, but it is for where"
        in tried(source, name="where-in-code").err
    )


def test_a_trial_of_nothing_costs_nothing(tmp_path):
    """A misspelt name or source is told before a model is loaded."""

    def find(options):
        raise AssertionError("no model is needed")

    assert tried(tmp_path / "x.txt", name="nothing", find_model=find).code == 2


def test_answers_are_checked_as_ever(source):
    """An answer that code cannot find in the source is shown as unverified and proves nothing."""

    def invents(request):
        return reader(request).replace("7431", "9999")

    done = tried(source, find_model=scripted(invents))
    assert "without" in done.out
    assert counts()[0] == 0
