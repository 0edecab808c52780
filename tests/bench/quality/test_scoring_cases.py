"""Hand-made answers to made-up tasks with the verdicts that the tasks' published scorer gives."""

import pytest

from rao_cli.bench.quality.scoring import judge
from rao_cli.bench.tasks import read_tasks
from tests.bench.making import fields, written

NAME = {"question": "Who built the bridge?", "answers": ["Ada Lund", "A. Lund"]}
PLACE = {"question": "Where is the seal kept?", "answers": ["in the parish hymnal", "parish hymnal"]}
FILE = {"question": "In which file is it defined?", "answers": ["src/read-all.go"]}
DATE = {"question": "When was it signed?", "answers": ["23 June 2005", "June 23, 2005"]}
LIST = {"question": "List all codes.", "answers": ["1137", "2248", "St. Paul|Saint Paul"], "match": "all"}
COUNT = {"question": "How many of the 40 lines have status 404?", "answers": ["12"], "metric": "number"}
NEAR = {"question": "How many?", "answers": ["1,200"], "metric": "number", "tolerance": 25}
ECHO = {"question": "Is it 7 or 9?", "answers": ["7"], "metric": "number"}
LETTER = {
    "question": "Why did he leave?\n(A) rain\n(B) a letter\n(C) an old letter\n(D) no reason",
    "answers": ["B"],
    "metric": "choice",
    "letters": True,
    "choices": ["rain", "a letter", "an old letter", "no reason"],
}
OPTION = {
    "question": "Is the plan rejected, accepted or conditionally accepted?",
    "answers": ["accepted"],
    "metric": "choice",
    "choices": ["rejected", "accepted", "conditionally accepted"],
}
EXACT = {"question": "Which word?", "answers": ["the Bell-Tower"], "metric": "exact"}
OVERLAP = {"question": "What is it?", "answers": ["a small red brick mill"], "metric": "f1"}

CASES = (
    (NAME, "Ada Lund", True),
    (NAME, "It was built by Ada Lund.", True),
    (NAME, "ada lund's brother", False),
    (NAME, "Ada and Eva Lund", True),
    (NAME, "a. lund", True),
    (NAME, "The bridge was built by the engineer and painter Ada Lund in May", False),
    (NAME, "The bridge was built by the painter Ada Lund in May", True),
    (NAME, "", False),
    (NAME, "\n", False),
    (PLACE, "parish hymnal", True),
    (PLACE, "in a parish's hymnal", False),
    (PLACE, "In the Parish Hymnal!", True),
    (FILE, "src/read-all.go", True),
    (FILE, "src / read all.go", True),
    (FILE, "read-all.go", False),
    (FILE, "lib/src/read-all.go", True),
    (FILE, "`src/read-all.go:17`", False),
    (DATE, "on June 23, 2005", True),
    (DATE, "June 2005", False),
    (DATE, "2005-06-23", False),
    (LIST, "2248, 1137, Saint Paul", True),
    (LIST, "2248, 1137, St Paul", True),
    (LIST, "2248, 1137", False),
    (LIST, "2248, 11370, St Paul", False),
    (LIST, "St. Paul|Saint Paul", False),
    (COUNT, "12", True),
    (COUNT, "12 of 40", True),
    (COUNT, "Of the 40 lines 12 have status 404.", True),
    (COUNT, "404: 12 times", True),
    (COUNT, "13, not 12", False),
    (COUNT, "40", False),
    (COUNT, "twelve", True),
    (COUNT, "a dozen", False),
    (COUNT, "12.0", True),
    (COUNT, "012", True),
    (COUNT, "x12", False),
    (NEAR, "1,225", True),
    (NEAR, "1175.0", True),
    (NEAR, "1_226", False),
    (NEAR, "-1200", False),
    (ECHO, "7", True),
    (ECHO, "It is 7.", True),
    (ECHO, "9", False),
    (ECHO, "not 9 but 7", False),
    (ECHO, "8, or 7", False),
    (LETTER, "B", True),
    (LETTER, "b)", True),
    (LETTER, "(B) a letter", True),
    (LETTER, "The answer is: B", True),
    (LETTER, "Option C", False),
    (LETTER, "a letter", False),
    (LETTER, "because of a letter", False),
    (LETTER, "because of an old letter", False),
    (LETTER, "rain", False),
    (LETTER, "I would say (C), no, (B)", True),
    (OPTION, "accepted", True),
    (OPTION, "It was accepted.", True),
    (OPTION, "conditionally accepted", False),
    (OPTION, "accepted, not rejected", False),
    (OPTION, "unclear", False),
    (EXACT, "bell-tower", True),
    (EXACT, "Bell tower", False),
    (EXACT, "A belltower.", True),
    (OVERLAP, "a red brick mill", True),
    (OVERLAP, "a mill", False),
    (OVERLAP, "the small mill", True),
    (OVERLAP, "it is an old mill of red brick that stands by the river", False),
)


@pytest.mark.parametrize(("task", "answer", "right"), CASES)
def test_a_verdict_is_the_published_one(tmp_path, task, answer, right):
    """An answer to a task as it stands in a file is judged as by the scorer, with 12 words."""
    (read,) = read_tasks(written(tmp_path, fields(**task)))
    assert judge(read, answer).right is right
