"""The tasks: of one class each, in three parts that share no text, the same for the same seed."""

import pytest

from rao_cli.bench.transfer.cells import CELLS, PARTS, PATIENCE, Counts, Stock, cells_of, stocks_of, tasks_of
from rao_cli.errors import UsageError
from rao_cli.strategies.shape import question_class
from rao_cli.training.environments.reading import Quiz

COUNTS = Counts(train=4, valid=2, test=4)
EMPTY = dict.fromkeys(PARTS, Stock())


def quizzes(articles: int = 8, paragraphs: int = 12) -> list[Quiz]:
    """Return questions on paragraphs of articles."""
    made = []
    for article in range(articles):
        for n in range(paragraphs):
            text = f"The bridge {article}-{n} was built by Olga Marr{n}. " + "It stands over a wide river. " * 6
            name = f"Olga Marr{n}"
            made.append(
                Quiz(f"A{article}", text, f"Who built the bridge {article}-{n}?", (name,), text.index(name))
            )
    return made


def test_questions_of_a_cell_are_of_its_class():
    """Whatever a generator asks, a cell keeps the questions of its class, as many as are wanted."""
    made = tasks_of(CELLS["lookup-log"], 500, COUNTS, EMPTY, 1)
    assert {part: len(made.parts[part]) for part in PARTS} == {"train": 4, "valid": 2, "test": 4}
    assert {question_class(one.question) for part in PARTS for one in made.parts[part]} == {"fact"}


def test_parts_share_no_text():
    """No text that is learned from is validated or tested with."""
    made = tasks_of(CELLS["extreme-records"], 500, COUNTS, EMPTY, 1)
    texts = [{one.text for one in made.parts[part]} for part in PARTS]
    assert not texts[0] & texts[1]
    assert not texts[0] & texts[2]
    assert not texts[1] & texts[2]


def test_few_questions_are_on_one_text():
    """Questions on one text are no independent ones, so there are at most two."""
    made = tasks_of(CELLS["lookup-log"], 500, Counts(1, 1, 12), EMPTY, 1)
    texts = [one.text for one in made.parts["test"]]
    assert max(map(texts.count, texts)) <= 2


def test_the_same_seed_asks_the_same():
    """Tasks depend on the seed, and on nothing else."""
    first, again, other = (
        tasks_of(CELLS["count-records"], 500, COUNTS, EMPTY, seed).parts["test"] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_paragraphs_are_needed_where_texts_are_made_of_them():
    """Without questions to take paragraphs from the option is named."""
    with pytest.raises(UsageError, match="made of paragraphs") as refused:
        tasks_of(CELLS["lookup-text"], 500, COUNTS, EMPTY, 1)
    assert "--quizzes" in refused.value.hint


def test_articles_are_dealt_out_whole():
    """No article serves two parts, and each serves one; tests get half of them."""
    stocks = stocks_of(quizzes())
    titles = {part: {quiz.title for quiz in stocks[part].quizzes} for part in PARTS}
    assert sum(map(len, titles.values())) == 8
    assert set.union(*titles.values()) == {f"A{n}" for n in range(8)}
    assert len(titles["test"]) == 4
    assert stocks == stocks_of(quizzes())


def test_packages_are_dealt_out_whole():
    """No installed package serves two parts, and ours none."""
    stocks = stocks_of(())
    names = [{one.name for one in stocks[part].packages} for part in PARTS]
    assert not names[0] & names[1]
    assert not names[0] & names[2]
    assert "rao-cli" not in set.union(*names)


@pytest.mark.parametrize("name", ["chain-text", "list-text", "lookup-text", "lookup-passages"])
def test_texts_of_paragraphs_are_made(name):
    """Every cell that needs paragraphs makes questions of its class of those of its part."""
    stocks = stocks_of(quizzes())
    made = tasks_of(CELLS[name], 600, Counts(1, 1, 2), stocks, 1)
    assert all(question_class(one.question) == CELLS[name].asked for one in made.parts["test"])
    assert len(made.parts["test"]) == 2
    assert PATIENCE > 100


def test_chains_have_steps():
    """The program that teaches needs the inner answers of a chain."""
    made = tasks_of(CELLS["chain-text"], 600, Counts(1, 1, 4), stocks_of(quizzes()), 1)
    answered = [one for one in made.parts["test"] if one.answers]
    assert answered
    assert all(len(one.steps) > 1 for one in answered)


def test_cells_are_named():
    """A list names cells, each once; what is none is told with those that are."""
    assert [cell.name for cell in cells_of("lookup-log, lookup-code,lookup-log")] == ["lookup-log", "lookup-code"]
    for named in ("lookup", "", " , "):
        with pytest.raises(UsageError, match="--tasks") as refused:
            cells_of(named)
        assert "lookup-log" in refused.value.hint
