"""Environments by name make the texts that a recipe asks for, and nothing left out is trained on."""

from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import pytest

from rao_cli.errors import UsageError
from rao_cli.training.demonstrations import read_lines
from rao_cli.training.recipe import DataSettings, Mix, Recipe, read_recipe
from rao_cli.training.sources import Quizzes, environment, episodes_of, load_quizzes, mixed, write_data
from rao_cli.training.tokens import Tokens
from tests.engine.tiny import write_tiny
from tests.training.quizzes import write_quizzes, write_recipe


@pytest.fixture
def quizzes(tmp_path: Path) -> Quizzes:
    """Return the questions of a file, with one article left out."""
    return load_quizzes([write_quizzes(tmp_path / "q.jsonl")], DataSettings(left_out=("Lamp 2",)))


def test_named_articles_are_left_out(quizzes):
    """The articles that the recipe names validate, all others train."""
    assert {quiz.title for quiz in quizzes.valid} == {"Lamp 2"}
    assert {quiz.title for quiz in quizzes.train} == {"Lamp 0", "Lamp 1", "Lamp 3", "Lamp 4"}


def test_articles_are_drawn_where_none_is_named(tmp_path):
    """Without names a share of whole articles is left out, at least one, the same for the same seed."""
    path = write_quizzes(tmp_path / "q.jsonl", articles=20)
    drawn = [load_quizzes([path], DataSettings(left_out_share=0.2)) for _ in range(2)]
    assert drawn[0] == drawn[1]
    valid, train = ({quiz.title for quiz in part} for part in (drawn[0].valid, drawn[0].train))
    assert (len(valid), len(train), valid & train) == (4, 16, set())
    few = load_quizzes([path], DataSettings(left_out_share=0.0))
    assert len({quiz.title for quiz in few.valid}) == 1


def test_an_unknown_article_is_refused(tmp_path):
    """A title that no question has is an error of the recipe."""
    with pytest.raises(UsageError, match="left_out"):
        load_quizzes([write_quizzes(tmp_path / "q.jsonl")], DataSettings(left_out=("Moon",)))


@pytest.mark.parametrize("name", ["reading", "statements"])
def test_questions_are_asked_for(name):
    """An environment that needs questions says how to give them."""
    with pytest.raises(UsageError, match="needs questions") as caught:
        environment(name, Recipe().texts, ())
    assert "--quizzes" in caught.value.hint


@pytest.mark.parametrize("name", Mix.__dataclass_fields__)
def test_every_environment_can_be_made(quizzes, name):
    """Each name of a mix stands for an environment that makes episodes, of a given size if asked."""
    for size in (None, 400):
        (episode,) = islice(environment(name, Recipe().texts, quizzes.train, size).episodes(1), 1)
        assert episode.question
        assert size is None or len(episode.text) < 6 * size


def test_mixtures_keep_proportions():
    """Several environments are drawn from in proportion, the same for the same seed."""
    recipe = replace(Recipe(), episodes=Mix(toy=3, logs=1))
    drawn = [[episode.family[:3] for episode in islice(mixed(recipe, ()).episodes(2), 200)] for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert 0.6 < drawn[0].count("toy") / 200 < 0.9


def test_questions_on_one_text_stay_together():
    """A mixture goes from text to text, so that a text is prepared once for all its questions."""
    recipe = replace(Recipe(), episodes=Mix(toy=1, logs=1))
    texts = [episode.text for episode in islice(mixed(recipe, ()).episodes(2), 120)]
    changes = sum(one != other for one, other in pairwise(texts))
    assert changes == len(set(texts)) - 1 > 10


def test_a_mixture_of_nothing_is_refused():
    """A recipe without episodes says what to write."""
    with pytest.raises(UsageError, match="no episodes"):
        mixed(replace(Recipe(), episodes=Mix()), ())


def test_counts_are_kept(quizzes):
    """So many episodes of each environment are made, one environment after the other."""
    made = list(episodes_of(Mix(reading=3, toy=2), Recipe().texts, quizzes.train, 1))
    assert [episode.family[:3] for episode in made] == ["rea"] * 3 + ["toy"] * 2


def test_data_are_seeded_and_apart(tmp_path, quizzes):
    """The same recipe writes the same files; what validates has no paragraph of what trains."""
    recipe = read_recipe(write_recipe(tmp_path / "r.toml"))
    tokens = Tokens(write_tiny(tmp_path / "m.gguf"))
    told: list[tuple[str, int, int]] = []
    texts = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        found = write_data(recipe, quizzes, tokens, tmp_path / name, lambda *step: told.append(step))
        texts.append([(tmp_path / name / file).read_text() for file in ("train.jsonl", "valid.jsonl")])
    assert texts[0] == texts[1]
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["train.jsonl", "valid.jsonl"]
    lines = list(read_lines(tmp_path / "a" / "train.jsonl"))
    assert sum(found["train.jsonl"].values()) == len(lines)
    assert found["train.jsonl"]["ordinary/text"] == 2
    shown = "".join(tokens.decode(line.sample.prompt) for line in lines)
    valid = "".join(tokens.decode(line.sample.prompt) for line in read_lines(tmp_path / "a" / "valid.jsonl"))
    assert "lamp 2-" in valid
    assert "lamp 2-" not in shown
    assert ("train.jsonl", 6, 6) in told
    tokens.close()
