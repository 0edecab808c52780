"""Every word that rao says to a model. docs/prompts.md explains each line.

The order is fixed: protocol, then view, then handoff. All agents share the first part's KV state, and two
questions about the same sections share the first two. Nothing here depends on the clock, a run id or what is left
of a budget, so equal work has an equal prompt.
"""

import json
from collections.abc import Mapping, Sequence

from rao_cli.agent.cite import content_words
from rao_cli.agent.records import Handoff, Report, TaskKind
from rao_cli.engine.base import Message
from rao_cli.text import one_line

REPORTS_SHOWN = 24
REPORT_CHARACTERS = 160
ANSWER_CHARACTERS = 600
PASSAGE_CHARACTERS = 800

READER: dict[TaskKind, str] = {
    "ask": (
        "You answer questions about a text in one short sentence, with the words of the text. "
        'Reply with one JSON object. If the text says nothing about the question: {"action":"absent"}'
    ),
    "summarize": "You write short summaries.",
}
"""For models that are trusted with reading only; code decides what is read."""

EXAMPLES: dict[TaskKind, tuple[tuple[str, str, str], ...]] = {
    "summarize": (),
    "ask": (
        (
            "[1] The mill was built in 1846 by Jonas Weber, a brewer from Ulm.\n"
            "[2] It burned down in 1901 and was never rebuilt.\n",
            "\nQuestion: Who built the mill?",
            '{"action":"answer","answer":"The mill was built by Jonas Weber, a brewer from Ulm.","cite":[1]}',
        ),
        (
            "[1] The river Arno rises on Monte Falterona.\n[2] It is 241 kilometres long.\n",
            "\nQuestion: How long is the river Arno?",
            '{"action":"answer","answer":"The river Arno is 241 kilometres long.","cite":[2]}',
        ),
    ),
}
"""Finished turns that show a reader the form of an answer. A 135M model that is only told the form answers one
question in twenty from the right paragraph; shown two whole sentences, eight in twenty (docs/experiments.md)."""

WEIGHER = "You write a question about a text and answer it with a few words of the text."
ANSWER_MARK = " Answer: "
WEIGHED: tuple[tuple[str, str, str], ...] = (
    (
        "The mill was built in 1846 by Jonas Weber, a brewer from Ulm. It burned down in 1901 and was never "
        "rebuilt.",
        "Who built the mill?",
        "Jonas Weber",
    ),
    (
        "The river Arno rises on Monte Falterona. It is 241 kilometres long and flows into the Tyrrhenian Sea.",
        "How long is the river Arno?",
        "241 kilometres",
    ),
    (
        "In May 1987 the museum moved from Basel Street to the old harbour, where it still attracts many "
        "visitors.",
        "Where did the museum move?",
        "the old harbour",
    ),
    (
        "Sales of the atlas fell sharply after the war. A cheaper edition of 1952, printed in Leipzig, saved the "
        "company.",
        "When was the cheaper edition printed?",
        "1952",
    ),
)
"""Finished turns for a reader that weighs questions and answers after a text instead of writing them."""

TRAINED = "You answer from a text, say that it is absent, or hand sections on."
"""For models that RAO trained; the rest they learned."""

DELEGATOR = (
    "You work on a task over a text that may be too long to read at once. You are shown either numbered lines of "
    "text or a numbered outline of sections. Reply with one JSON object, one of:\n"
    '{"action":"answer","answer":"in a few words","cite":[line or report numbers]}\n'
    '{"action":"absent"} when what you were given does not contain the answer\n'
    '{"action":"delegate","to":[{"sections":[numbers],"goal":"what to find","facts":[]}],"returns":"text",'
    '"combine":"best"} to let helpers read sections; they see only what you hand them\n'
    '{"action":"search","pattern":"exact words","scope":[]} to count words and see where they stand; a pattern '
    "between slashes is a regular expression"
)
"""For models that are trusted to decide what is read as well."""

FORM_FILLER = "You fill in the fields of a form from an answer and the text behind it. Reply with one JSON object."
"""For the fields of ``--answer-schema`` that code cannot take from the answer."""

WHICH_KIND = (
    "What does a question ask for? Reply with one word:\n"
    "fact: one thing that is written somewhere\n"
    "several: two or more things, each written somewhere\n"
    "chain: a thing that can only be found once another is known\n"
    "list: all of something\n"
    "count: how many or how much there is in the text\n"
    "extreme: the most, least, first, last or largest of many\n"
    "compare: which of two has more\n"
    "yes-no: whether something is so\n"
    "choice: one of the options that the question lists\n"
    "explain: how or why\n"
    "summary: what a text is about\n"
    "where: the file, page or section of something"
)
"""For a question that the rules are not sure of, where the model is trusted to decide."""

WHOLE_GOAL = "What is this text about? Answer in one or two sentences."
PART_GOAL = "What is this part about? Answer in one sentence."
MERGE_GOAL = "These are the parts of one text. What is it about? Answer in one sentence."

WRITE_ABOUT = "Write {noun} about {label}."
WRITE_THAT = "Write {noun} that {meaning}."
WRITE_MEANING = "Write {label}: {meaning}."
"""What a model is asked for to learn how well a record suits a label: how probable is the record as its answer?"""
WHICH_LABEL = "{instruction}\nWhich of these is it: {labels}?\n{record}"
"""The same asked directly, where the text of an answer cannot be given."""


def opening(task: TaskKind, *, delegates: bool) -> tuple[Message, ...]:
    """Return the messages that every prompt of a task begins with: the protocol and, for readers, the examples."""
    if delegates:
        return (Message("system", (DELEGATOR,)),)
    messages = [Message("system", (READER[task],))]
    for view, handoff, action in EXAMPLES[task]:
        messages += [Message("user", (view, handoff)), Message("assistant", (action,))]
    return tuple(messages)


def trained(view: str, handoff: Handoff) -> tuple[Message, ...]:
    """Return the prompt of a model that RAO trained: what it is shown, then the handoff."""
    return (Message("system", (TRAINED,)), Message("user", (view, handoff_text("ask", handoff))))


def weighing(text: str) -> tuple[Message, ...]:
    """Return the prompt after which questions and answers about a text are weighed."""
    messages = [Message("system", (WEIGHER,))]
    for passage, question, answer in WEIGHED:
        told = question_and_answer(question, answer)
        messages += [Message("user", (passage,)), Message("assistant", (told,))]
    return (*messages, Message("user", (text,)))


def question_and_answer(question: str, answer: str) -> str:
    """Write a question and its answer as one line."""
    return f"{question_line(question)}{ANSWER_MARK}{one_line(answer)}"


def is_echo(answer: str, question: str, view: str) -> bool:
    """Tell whether an answer only repeats the question, or an example of which nothing stands in the view.

    A small model that finds nothing falls back on what it was shown, so this is its way of saying absent. A
    question that offers a choice ("tea or coffee?") may well be answered in its own words.
    """
    told = content_words(answer)
    if told <= content_words(question) and " or " not in question:
        return True
    strange = told - content_words(view)
    return any(len(strange & words) >= 3 for words in _example_words())


def _example_words() -> list[set[str]]:
    actions = (action for turns in EXAMPLES.values() for _, _, action in turns)
    return [content_words(json.loads(action)["answer"]) for action in actions]


def handoff_text(task: TaskKind, handoff: Handoff, hints: Sequence[str] = ()) -> str:
    """Write a handoff as the agent is told it: facts, what search found, then the goal."""
    lines = [""]
    lines += [f"Known: {one_line(fact, 200)}" for fact in handoff.facts]
    lines += list(hints)
    lines.append(question_line(handoff.goal) if task == "ask" else one_line(handoff.goal))
    if handoff.choices:
        lines.append(f"Answer with one of: {one_line(', '.join(handoff.choices), 400)}")
    if handoff.returns != "text":
        lines.append(f"Answer with: {handoff.returns}")
    return "\n".join(lines)


def question_line(question: str) -> str:
    """Write a question on one line."""
    return f"Question: {one_line(question)}"


def reports_text(reports: Sequence[Report], first: int) -> str:
    """Write reports as numbered lines, from number ``first`` on; where there are too many, finds go first."""
    numbered = list(enumerate(reports, start=first))
    if len(numbered) > REPORTS_SHOWN:
        numbered.sort(key=lambda pair: pair[1].status in ("absent", "failed"))
    lines = [f"[{number}] {_report_line(report)}" for number, report in numbered[:REPORTS_SHOWN]]
    left = len(reports) - REPORTS_SHOWN
    if left > 0:
        lines.append(f"and {left} more")
    return "Reports:\n" + "\n".join(lines)


def _report_line(report: Report) -> str:
    if report.status == "absent":
        return "absent"
    if report.status == "failed":
        return f"failed: {one_line(report.reason, REPORT_CHARACTERS)}"
    places = ", ".join(citation.label for citation in report.citations[:2])
    return f"{one_line(report.answer, REPORT_CHARACTERS)} ({one_line(places, REPORT_CHARACTERS) or 'no place'})"


def form_messages(question: str, report: Report, fields: Mapping[str, str]) -> tuple[Message, ...]:
    """Ask for the fields of a form, with what each one means, from an answer and the passages that it cites."""
    passages = [one_line(citation.passage or citation.quote, PASSAGE_CHARACTERS) for citation in report.citations]
    answer = one_line(report.answer, ANSWER_CHARACTERS)
    lines = ["", question_line(question), f"Answer: {answer}", "Fields:"]
    lines += [one_line(f"{name}: {meaning}" if meaning else name, 200) for name, meaning in fields.items()]
    return (Message("system", (FORM_FILLER,)), Message("user", ("\n".join(passages) + "\n", "\n".join(lines))))


def search_text(pattern: str, total: int, samples: Sequence[str]) -> str:
    """Write what a search found: the exact count and a few lines."""
    return "\n".join([f"Search {one_line(pattern, 80)}: {total} found", *samples])
