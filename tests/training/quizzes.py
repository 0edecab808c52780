"""Small files of questions for tests: articles on lamps and their keepers, and recipes that need few of them."""

import json
from pathlib import Path

ARTICLES, PARAGRAPHS = 5, 3

RECIPE = """
[texts.reading]
smallest = 100
largest = 300

[data]
ordinary = 2

[data.train]
reading = 6

[data.valid]
reading = 2

[shown]
views = [128]

[lora]
rank = 2
alpha = 4.0

[sft]
epochs = 1
packs = 2
save_seconds = 0.000001

[acting]
view_tokens = 300

[rl]
steps = 2
prompts = 1
attempts = 2
"""


def write_quizzes(path: Path, articles: int = ARTICLES) -> Path:
    """Write questions whose answers are all different, and return the path."""
    lines = [_quiz(article, place) for article in range(articles) for place in range(PARAGRAPHS)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def _quiz(article: int, place: int) -> dict[str, object]:
    name = f"Mara{article}{place}"
    text = (
        f"The keeper of lamp {article}-{place} is called {name}. It rained, and nobody went out to see the lamp."
    )
    return {
        "title": f"Lamp {article}",
        "context": text,
        "question": f"What is the keeper of lamp {article}-{place} called?",
        "answers": [name],
        "answer_start": text.index(name),
    }


def write_recipe(path: Path, more: str = "") -> Path:
    """Write a recipe of a run that takes a second, and return the path."""
    path.write_text(RECIPE + more)
    return path
