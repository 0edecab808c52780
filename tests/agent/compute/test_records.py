"""The solver of records: questions on logs, tables and plays, answered from the text by code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.base import Computed
from tests.agent.compute.asking import JOINED, PLAY, SALES, SYSTEM, WEB, answer, found
from tests.agent.helpers import document


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many requests got status 404?", "2"),
        ("How many requests in this access log returned status code 200?", "3"),
        ("How many requests have a status other than 200?", "5"),
        ("How many requests were made with status 404 or 500?", "3"),
        ("How many POST requests are there?", "1"),
        ("How many 404 responses are there?", "2"),
        ("How many requests did 192.0.2.1 make?", "4"),
        ("How many requests came from client 192.0.2.3?", "2"),
        ("How many requests were larger than 1,000 bytes?", "2"),
        ("How many requests were made on 4 March 2022?", "4"),
        ("How many requests were made after 10:00 on 03/Mar/2022?", "0"),
        ("How many distinct client IP addresses appear?", "4"),
        ("How many different paths were requested?", "7"),
        ("Which client IP address made the most requests?", "192.0.2.1"),
        ("Which path was requested most often?", "/shop"),
        ("What is the most common status code?", "200"),
        ("On which day were the most requests made?", "03/Mar/2022"),
        ("In which hour were the most requests made?", "03/Mar/2022:08"),
        ("What is the time stamp of the first request with status 404?", "03/Mar/2022:09:00:00 +0000"),
        ("Which client made the last request with status 404?", "192.0.2.3"),
        ("When was the last request from 192.0.2.1?", "04/Mar/2022:10:32:00 +0000"),
        ("How many bytes was the largest response with status 200?", "1500"),
        ("Which path had the smallest response?", "/cart"),
        ("How many bytes were sent in total?", "4458"),
        ("What is the average size of responses with status 404?", "212.5"),
        ("What percentage of requests got status 200?", "37.5%"),
        ("What share of GET requests got status 200?", "50%"),
        ("How many more requests got status 200 than status 404?", "1"),
        ("Which is more common, status 404 or status 500?", "404"),
        ("Are there more requests with status 500 than with status 404?", "no"),
        ("Is there a request with status 418?", "no"),
        ("How many requests with status 418 are there?", "0"),
    ],
)
def test_web_log(question, expected):
    """Questions on a web server's log are answered by its fields."""
    assert answer(question, WEB, "site.log") == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many lines contain 'Failed password'?", "3"),
        ("How many lines do not contain 'password'?", "5"),
        ("How many times was a session opened for user bob?", "1"),
        ("Which IP address has the most 'Failed password' lines?", "198.51.100.7"),
        ("Which user is named in the first 'Accepted password' line?", "bob"),
        ("From how many different IP addresses do 'Failed password' lines come?", "2"),
        ("Which program logged the most lines?", "sshd"),
        ("How many lines did cron log?", "2"),
        ("What is the time stamp of the last 'session closed' line?", "May 2 08:05:00"),
        ("How many milliseconds did the longest job take?", None),
        ("How many lines are there in this file?", "9"),
        (
            "Which of these kinds of line is the most frequent: 'session opened', 'Failed password'?",
            "Failed password",
        ),
        ("How many more 'Failed password' lines than 'Accepted password' lines are there?", "2"),
        ("Are there more lines with 'Failed password' or with 'session closed'?", "Failed password"),
        ("How many lines were logged before May 2?", "4"),
        ("A login is a line that contains 'Accepted password'. How many logins are there?", "1"),
        ("What is the time stamp of the first 'segfault' line?", ""),
    ],
)
def test_system_log(question, expected):
    """Questions on a system log are answered by its fields, and by the texts in its lines."""
    assert answer(question, SYSTEM, "messages") == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the highest price?", "120.50"),
        ("Which product has the highest price?", "Anvil"),
        ("What is the cheapest product?", "Chisel"),
        ("What is the sum of amount for region North?", "28"),
        ("What is the total amount?", "49"),
        ("How many rows have region South?", "2"),
        ("How many different regions are there?", "3"),
        ("Which region has the highest total amount?", "North"),
        ("What is the average price?", "61.17"),
        ("What is the price of the last row?", "42.10"),
        ("How many rows have an amount of at least 7?", "3"),
    ],
)
def test_table(question, expected):
    """Questions on a table are answered by its columns."""
    assert answer(question, SALES, "sales.csv") == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which character has the most speeches in this text?", "MILLER"),
        ("Who has more speeches, MILLER or FIRST BOY?", "MILLER"),
        ("How many speeches does SECOND BOY have?", "1"),
        ("How many speeches are there in all?", "12"),
        ("Which scene has the most speeches?", "ACT II, SCENE I"),
        ("In Act II, which character has the most speeches?", "MILLER"),
        ("How many speeches does ACT I, SCENE II have?", "4"),
        ("How many different characters speak?", "4"),
        ("In the second act, how many speeches are there?", "5"),
    ],
)
def test_play(question, expected):
    """Questions on speeches are answered by speakers and headings."""
    assert answer(question, PLAY, "mill.txt") == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many logs are joined in this file?", "2"),
        ("How many lines does the whole file have?", "19"),
        ("In the web access log, how many requests got status 404?", "2"),
        ("In the auth.log part, how many lines contain 'password'?", "4"),
        ("How many lines in the auth.log part contain '404'?", "0"),
        ("How many lines in the whole file contain '404'?", "2"),
        ("In the database log, how many lines contain 'password'?", None),
    ],
)
def test_parts(question, expected):
    """A question on a part of a file that joins several is answered from that part alone."""
    assert answer(question, JOINED, "all.log") == expected


@pytest.mark.parametrize(
    "question",
    [
        "How many requests were made by angry customers?",
        "Which client is the most suspicious?",
        "How many requests does each client make?",
        "What does the log say about backups?",
        "Why did the request fail?",
        "Which client made the second most requests?",
        "How many requests failed because of the proxy?",
        "What is the longest outage?",
        "How many people live in Oslo?",
        "Ignore robots. How many requests got status 404?",
        "How many requests got status 404? And which client made them?",
        "",
        "?",
    ],
)
def test_what_is_not_understood_is_left_alone(question):
    """A question with a word that stands for nothing in the records is no question for code."""
    assert found(question, WEB, "site.log") is None


def test_the_answer_is_explained_and_shown():
    """A count says of how many rows it is, and shows the first lines that were counted."""
    result = found("How many requests got status 404?", WEB, "site.log")
    assert isinstance(result, Computed)
    assert result.how == "2 of 8 requests have status 404, counted by code"
    shown = [document(WEB, "site.log").read(span) for span in result.evidence]
    assert [" 404 " in line and "\n" not in line for line in shown] == [True, True]


def test_a_tie_is_told():
    """Where two values have as many rows, the answer says so, and is less sure."""
    result = found(
        "Which user has the fewest 'Failed password' lines?", SYSTEM.replace("ann", "eve", 1), "messages"
    )
    assert isinstance(result, Computed)
    assert result.answer == "eve"
    assert "as many" in result.how
    assert result.confidence < 1


WORDS = (
    "how many most least first last which who when requests status 404 'bot' or and than more not between before "
    "March 2022 , : ? distinct client bytes largest total average in the log of 192.0.2.1 percentage 4xx (the x)"
)


@given(st.lists(st.sampled_from(WORDS.split(" ")), max_size=14))
def test_no_order_of_words_fails(words):
    """However the words of such questions are mixed, there is an answer of one line or none."""
    result = found(" ".join(words), WEB, "site.log")
    assert result is None or (isinstance(result, Computed) and "\n" not in result.answer)


@pytest.mark.parametrize(
    "question",
    [
        "How many lines contain '(a+)+$'?",
        "How many lines contain '" + "a" * 299 + "'?",
        "How many " * 400 + "lines?",
        "How many lines contain 'a' or " * 100 + "'b'?",
        "which most first last " * 150 + "?",
        "How many requests from " + "10.0.0.1, " * 300 + "?",
        "\u202eHow many lines?\x1b[2J",
    ],
)
def test_hostile_questions(question):
    """Questions that are made to be slow or odd are answered or left alone, without a control character."""
    result = found(question, WEB, "site.log")
    assert result is None or (isinstance(result, Computed) and result.answer.isprintable())


def test_hostile_values_are_shown_safely():
    """A value with control characters is told without them."""
    rows = "".join(
        f"{name},{size}\n" for name, size in (("b\x1b[31mad", 9), ("good", 3), ("fair", 4), ("fine", 5))
    )
    result = found("Which name has the highest size?", f"name,size\n{rows}", "sizes.csv")
    assert result is None or (isinstance(result, Computed) and result.answer.isprintable())
