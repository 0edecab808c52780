"""``rao train eval`` on a tiny model: arms and adapters, results that are kept, tables and JSON."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from rao_cli.cli.train_eval import evaluation_json, evaluation_text, sizes_of
from rao_cli.errors import UsageError
from rao_cli.training.evaluate import Outcome
from tests.agent.helpers import filler
from tests.cli.console import Done, Screen, rao
from tests.cli.test_train import Killed
from tests.engine.tiny import write_tiny
from tests.loras import write_lora
from tests.training.quizzes import write_quizzes, write_recipe
from tests.training.test_figures import outcome


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    """Put the signal handlers back that an interruption leaves."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return a folder with a tiny model, an adapter, a recipe and questions."""
    write_lora(tmp_path / "a.gguf", write_tiny(tmp_path / "tiny.gguf", layers=1))
    write_quizzes(tmp_path / "q.jsonl")
    write_recipe(tmp_path / "r.toml")
    return tmp_path


def evaluated(work: Path, *more: object, err: Screen | None = None) -> Done:
    """Evaluate the tiny model."""
    return rao(
        *("train", "eval", "-m", work / "tiny.gguf", "--quizzes", work / "q.jsonl", "--recipe", work / "r.toml"),
        *("--out", work / "e", "--sizes", "100,200", "--count", 2, "--threads", 1, *more),
        err=err,
    )


def kept(work: Path) -> list[Outcome]:
    """Return what is kept."""
    lines = (work / "e" / "outcomes.jsonl").read_text().splitlines()
    return [Outcome.model_validate_json(line) for line in lines if line]


def test_arms_with_adapters_are_asked(work):
    """Without --arm every arm that can be is asked; outcomes, recipe and the table are there."""
    done = evaluated(work, "--adapter", work / "a.gguf")
    assert done.code == 0, done.err
    assert {one.key.arm for one in kept(work)} == {"single", "recursion", "recursion-trained"}
    assert len(kept(work)) == 3 * 2 * 2
    models = {one.key.arm: one.key.model for one in kept(work)}
    assert models["single"] == models["recursion"] != models["recursion-trained"]
    assert (work / "e" / "recipe.toml").exists()
    assert "recursion-trained than recursion" in done.out


def test_questions_are_of_articles_that_were_left_out(work):
    """A question is never on an article that was trained on, so texts are no longer than the one left out."""
    text = (work / "r.toml").read_text()
    (work / "r.toml").write_text(text.replace("ordinary = 2", 'left_out = ["Lamp 3"]'))
    assert evaluated(work, "--arm", "recursion", "--count", 9).code == 0
    assert len({one.key.asked for one in kept(work)}) == 9
    assert max(one.characters for one in kept(work)) < 500


def test_a_stopped_evaluation_goes_on(work):
    """After Ctrl-C what was answered is kept, and the same command asks only the rest."""
    stopped = evaluated(work, "--arm", "recursion", err=Killed("question 2/", signal.SIGINT))
    assert (stopped.code, "run the same command again" in stopped.err) == (130, True)
    before = kept(work)
    assert 1 <= len(before) < 4
    assert evaluated(work, "--arm", "recursion").code == 0
    assert kept(work)[: len(before)] == before
    assert len(kept(work)) == 4


@pytest.mark.parametrize(
    ("arm", "option"), [("recursion-trained", "--adapter"), ("single-trained", "--single-adapter")]
)
def test_a_trained_arm_needs_its_adapter(work, arm, option):
    """An arm that is trained by name only is refused with the option that is missing."""
    done = evaluated(work, "--arm", arm)
    assert (done.code, f"with {option}\n" in done.err) == (2, True)
    assert not (work / "e").exists()


def test_short_texts_are_told(work):
    """Where the articles left out do not fill a size, that is a warning."""
    done = evaluated(work, "--arm", "single", "--sizes", "50k")
    assert "texts of 50,000 tokens have about" in done.err


def test_the_same_is_asked_at_each_size_with_text_around(work):
    """The questions are those of the smallest size, and the texts grow."""
    (work / "around.txt").write_text("".join(f"# Part {n}\n\n{filler(10, 10 * n)}" for n in range(9)))
    assert evaluated(work, "--arm", "recursion", "--around", work / "around.txt", "--sizes", "100,1k").code == 0
    short, long = ([one for one in kept(work) if one.key.size == size] for size in (100, 1_000))
    assert [one.key.asked.split(":")[0] for one in short] == [one.key.asked.split(":")[0] for one in long]
    assert all(one.characters >= 4_000 for one in long)


def test_text_that_is_asked_about_is_none_to_put_around(work):
    """It could hold what a question is taken not to find."""
    text = (work / "r.toml").read_text()
    (work / "r.toml").write_text(text.replace("ordinary = 2", 'left_out = ["Lamp 3"]'))
    (work / "around.txt").write_text("# Lamp 3\n\nText.\n")
    done = evaluated(work, "--arm", "recursion", "--around", work / "around.txt")
    assert (done.code, "only articles that are asked about" in done.err) == (3, True)


def test_sizes_are_numbers_of_tokens():
    """A k is a thousand; each size counts once; other words are refused."""
    assert sizes_of("2k, 500,2K,2000") == (2000, 500)
    for named in ("", "big", "0", "-1", "1.5k", "²k", "9" * 30):
        with pytest.raises(UsageError) as caught:
            sizes_of(named)
        assert caught.value.hint


def test_the_table_has_a_line_for_each_group():
    """Shares stand with their intervals, bars with their share, gains with theirs."""
    some = [
        outcome(arm, right=arm == "recursion", name=name) for arm in ("single", "recursion") for name in "abcd"
    ]
    lines = evaluation_text(some).splitlines()
    assert lines[1].split()[:8] == ["single", "100", "all", "4", "0", "%", "0-49", "0"]
    assert lines[2].split()[:7] == ["recursion", "100", "all", "4", "100", "%", "51-100"]
    bars = [line.split()[-1] for line in lines[4:6]]
    assert [(bar.count("#"), bar.count("-")) for bar in bars] == [(0, 24), (26, 24)]
    assert lines[-1].split() == ["recursion", "than", "single", "+100.0", "+100.0", "to", "+100.0"]


def test_json_has_the_same_figures(work):
    """With --json one object holds groups and gains."""
    done = evaluated(work, "--arm", "single,recursion", "--json")
    assert done.code == 0, done.err
    assert [group["arm"] for group in done.json["groups"]] == ["single", "single", "recursion", "recursion"]
    assert done.json["groups"][0]["right"]["total"] == 2
    assert done.json["gains"][0]["difference"]["count"] == 4
    assert evaluation_json([outcome()]).count("\n") == 1
