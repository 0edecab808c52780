"""The kind of a question is told from its words: many phrasings of each kind, none of them from a task."""

import pytest

from rao_cli.agent.question.recognise import recognise

SURE = {
    "count": """
        How many lines mention 'disk full'?
        How many of the rows have the colour 'red'?
        How many times does the word 'whale' appear in the book?
        Count the lines that contain WARN.
        Please count all requests that took longer than two seconds in this log.
        What is the number of distinct users in the log?
        What's the total number of records in the file?
        In the mail log, how many messages are there from bob@example.org?
        How many entries are dated before June 2021?
        How many distinct hosts appear?
        How many more 'open' lines than 'close' lines are there?
        How often does the error 'timeout' occur?
        How many 'GET' requests did 10.0.0.7 make?
        From how many different rows in this table does the sum come?
        Give the total number of commits by Ada.
        What percentage of the lines contain 'error'?
        What was the average number of rows in this table?
        How many paragraphs does the text have in all?
        Over all the logs, how many rows have an empty name?
        How many lines are there between the two markers?
        Tell me the number of warnings in this log.
        How many commits did Ada make in May?
    """,
    "extreme": """
        Which user has the most records?
        Which host logged the fewest lines?
        What is the time stamp of the last line that contains 'panic'?
        What was the first request that got status 503?
        Which colour is the most common among the rows?
        Which kind of entry is the least frequent?
        On which day were the fewest requests made?
        In the second log, which address has the most lines?
        How many bytes was the smallest response in the log?
        Which scene has the longest speech?
        Who made the latest commit?
        Which file has the most lines?
        What is the maximum of the price over all rows?
        Among the rows of 2020 only, which colour is the most common?
        Which record has the highest price?
    """,
    "compare": """
        Are there more records of type 'x' or of type 'y'?
        Are there more lines with ERROR than lines with WARN?
        Who has more speeches, ANNA or BERTA?
        Which occurs more often in these logs, 'open' or 'close'?
        Which has fewer entries, the north or the south?
        Are there fewer rows of 2019 or of 2020?
    """,
    "yes-no": """
        Is the pump covered by the warranty?
        Does the program run on Windows?
        Can I use it without a licence?
        Were the samples frozen before use?
        According to the manual, is bleach allowed?
        Has the bridge been repaired since 1990?
        Did the committee approve the budget? Answer yes or no.
        Must the lid be closed while it runs?
        Would a longer cable help?
        Is there an index at the end?
        Isn't the valve open by default?
        In the project foo: Does the parser accept tabs?
        The tank is full. Is it safe to start?
        Answer with 'yes' or 'no': does the lamp blink?
    """,
    "list": """
        List all chemicals that are named.
        List the functions that raise ValueError.
        What are all the passwords for the north gate?
        Name every river that is mentioned.
        Give me a list of the error codes.
        Find all e-mail addresses.
        Enumerate the steps of the assembly.
        Show me all places where the cache is cleared.
        Which all files import json?
        Identify every author that is cited.
        What are all of the passwords?
        Name all the members of the board.
    """,
    "where": """
        In which file is the class Parser defined?
        In which file is main implemented?
        Which file defines the constant MAX?
        Which module implements the retry logic?
        On which page is the warranty described?
        Where is the function load_config defined?
        Where in the code are tokens counted?
        In what section is the calibration explained?
        Where is the default option set?
        At which line does the loop start?
        Which page describes the reset?
        In what chapter is the storm described?
        Which function parses the header?
        In the project foo: In which directory are the tests?
    """,
    "explain": """
        Why did the bridge collapse?
        Why is the cache cleared on exit?
        How does the scheduler choose the next job?
        How do I reset the device?
        Explain the difference between the two modes.
        Describe the calibration procedure.
        How to install the driver?
        Explain why the second pump is needed.
        In the manual, why is a fuse needed?
    """,
    "summary": """
        Summarize the report.
        Summarise chapter three in two sentences.
        What is this document about?
        What is this book mainly about?
        Give me a short overview of the project.
        What are the main points?
        What were the key findings?
        TL;DR
        Write a brief summary of the minutes.
        What's this about?
    """,
}
PROBABLE = {
    "fact": """
        What is the boiling point of the solvent?
        Who wrote the preface?
        When was the mill built?
        Where did the captain hide the letters?
        What colour is the emergency exit sign?
        Which tool compiles the grammar?
        What does the red light mean?
        Who other than Weber signed the deed?
        How old was the queen at her coronation?
        How much did the new roof cost?
        How long is the tunnel?
        How many kilometres is the river?
        How many days are returns accepted?
        With which key is the menu opened?
        What is the name of the ship?
        To whom was the letter sent?
        What is the default port?
        default port of the server
        Which version of the library is required?
        By which treaty was the island ceded?
        How is the protein called?
        In 1892 what bridge did the flood destroy?
        What battle ended the siege?
        Where do the two rivers meet?
        Until which date is the offer valid?
        What is the capital of the province?
        What does the constant LIMIT hold?
        At what temperature does it melt?
        On what date was it signed?
        The tower stands between the mill and what other building?
    """,
    "count": """
        How many households had a telephone in 1950?
        How many people did the ferry carry?
        How many wheels does the cart have?
    """,
    "extreme": """
        Who was the first mayor of Ulm?
        What is the longest river of Peru?
        Which park hosts the largest market on the island?
    """,
    "compare": """
        Which of the two engines is older?
        Which is heavier, lead or gold?
    """,
    "explain": """
        How did the monks cross the river?
        What is the purpose of the second valve?
        What happens when the lid is opened?
    """,
    "list": """
        Which countries have signed the treaty?
        What are the ingredients of the sauce?
        Which modules import json?
        Which functions does the module define?
    """,
    "several": """
        What are the codes for the north gate and the south gate?
        Who built the mill and when did it burn down?
        In which two ways is a picture stored?
        Name three rivers of the province.
        When were the first and the second edition printed, respectively?
        Who is the mayor? When was the town hall built?
    """,
    "chain": """
        What is the birthplace of the author who wrote the preface?
        What is the phone number of the clinic in the town where Ada Krol was born?
        Who is the mayor of the city in which the treaty was signed?
        What is the password of the server that the intern repaired?
    """,
}
OTHER_LANGUAGES = """
    Wann wurde die Mühle gebaut?
    Wie viele Zeilen enthalten 'Fehler'?
    Quelle est la capitale de la province ?
    ¿Cuántas personas viven allí?
    Кто построил мост?
    桥是什么时候建成的？
    この橋はいつ建てられましたか。
    كم عدد الصفحات؟
    Qual è il numero di telefono dell'ufficio?
    Köprü ne zaman yapıldı?
    다리는 언제 지어졌습니까?
    Ile osób mieszka w mieście?
"""


def phrased(table):
    """Return the kinds and questions of a table of lines."""
    return [(kind, line.strip()) for kind, lines in table.items() for line in lines.splitlines() if line.strip()]


@pytest.mark.parametrize(("kind", "question"), phrased(SURE))
def test_words_that_leave_no_doubt(kind, question):
    """A question whose words leave no doubt is of its kind, surely."""
    asked = recognise(question)
    assert (asked.kind, asked.sure) == (kind, True)


@pytest.mark.parametrize(("kind", "question"), phrased(PROBABLE))
def test_words_that_make_a_kind_probable(kind, question):
    """A question that may also be a plain fact is of its probable kind, and not surely."""
    asked = recognise(question)
    assert (asked.kind, asked.sure) == (kind, False)


@pytest.mark.parametrize(("kind", "question"), phrased({"fact": OTHER_LANGUAGES}))
def test_other_languages_are_facts(kind, question):
    """A question in another language is a fact, not surely, with all of its words."""
    asked = recognise(question)
    assert (asked.kind, asked.sure, asked.stem) == (kind, False, question)


def test_there_are_many_phrasings():
    """At least a hundred and fifty phrasings are tried."""
    assert len(phrased(SURE) + phrased(PROBABLE)) >= 150
