"""Whole questions on an application's log, a web server's and one of key=value, with exact counts."""

from collections import Counter

import pytest

from rao_cli.agent.compute.base import Computed
from tests.agent.compute.asking import PLAY, answer, found
from tests.agent.helpers import document

LEVELS = ("INFO", "WARN", "INFO", "ERROR", "INFO", "DEBUG", "INFO", "WARN", "ERROR", "INFO")
PARTS = ("store", "mailer", "store", "mailer", "clock", "store", "clock", "mailer", "store", "store")
SAID = (
    "order 11 was saved in 120 ms",
    "queue is nearly full",
    "order 12 was saved in 80 ms",
    "could not reach relay mx1.example.net",
    "tick",
    "cache has 40 entries",
    "tick",
    "queue is nearly full",
    "order 13 was refused: no stock",
    "order 14 was saved in 300 ms",
)
APP = "".join(
    f"2021-07-0{1 + at // 4} 1{at}:05:00,250 {level} [{part}] {said}\n"
    for at, (level, part, said) in enumerate(zip(LEVELS, PARTS, SAID, strict=True))
)
HITS = (
    ("203.0.113.5", "GET", "/", 200, 512),
    ("203.0.113.5", "GET", "/tea.png", 200, 4096),
    ("203.0.113.9", "POST", "/login", 401, 90),
    ("203.0.113.9", "POST", "/login", 401, 90),
    ("203.0.113.9", "POST", "/login", 200, 64),
    ("198.51.100.2", "HEAD", "/", 200, 0),
    ("198.51.100.2", "GET", "/missing", 404, 128),
    ("203.0.113.5", "GET", "/tea.png", 304, 0),
    ("192.0.2.77", "GET", "/admin", 403, 150),
    ("203.0.113.9", "GET", "/cups", 500, 75),
    ("203.0.113.5", "PUT", "/cups/3", 201, 33),
)
WEB = "".join(
    f'{ip} - - [{1 + at // 5:02}/Oct/2023:0{at % 5}:15:30 +0200] "{method} {path} HTTP/1.1" {status} {size}\n'
    for at, (ip, method, path, status, size) in enumerate(HITS)
)
PAIRS = "".join(
    f"time=2022-02-0{day}T0{hour}:00:00Z level={level} user={user} action={action} took={took}\n"
    for day, hour, level, user, action, took in (
        (1, 1, "info", "kim", "open", 12),
        (1, 2, "info", "lee", "open", 30),
        (1, 3, "warn", "kim", "retry", 400),
        (2, 1, "info", "kim", "close", 7),
        (2, 4, "error", "max", "open", 900),
        (3, 1, "info", "lee", "close", 9),
        (3, 2, "info", "kim", "open", 15),
    )
)
TEXTS = {"app": (APP, "app.log"), "web": (WEB, "access.log"), "pairs": (PAIRS, "actions.log")}

ANSWERED = [
    ("app", "How many lines are there in this log?", "10"),
    ("app", "How many ERROR lines are there?", "2"),
    ("app", "How many lines have level WARN?", "2"),
    ("app", "How many lines have the level INFO?", "5"),
    ("app", "What is the most common level?", "INFO"),
    ("app", "What is the least common level?", "DEBUG"),
    ("app", "How many different levels are there?", "4"),
    ("app", "How many lines contain 'order'?", "4"),
    ("app", "How many lines contain 'saved'?", "3"),
    ("app", "How many lines do not contain 'order'?", "6"),
    ("app", "How many lines contain 'queue is nearly full'?", "2"),
    ("app", "How many lines were logged on 2021-07-01?", "4"),
    ("app", "How many lines were logged after 2021-07-02?", "2"),
    ("app", "How many lines were logged before July 2, 2021?", "4"),
    ("app", "How many more INFO lines than ERROR lines are there?", "3"),
    ("app", "Which is more frequent, ERROR or DEBUG?", "ERROR"),
    ("app", "What percentage of lines have level ERROR?", "20%"),
    ("app", "Is there a line that contains 'fire'?", "no"),
    ("app", "Is there a line that contains 'no stock'?", "yes"),
    ("app", "On which day were the fewest lines logged?", "2021-07-03"),
    ("web", "How many requests are there?", "11"),
    ("web", "How many requests got status 401?", "2"),
    ("web", "How many requests did not get status 200?", "7"),
    ("web", "How many GET requests are there?", "6"),
    ("web", "How many POST requests got status 401?", "2"),
    ("web", "How many requests were made by 203.0.113.9?", "4"),
    ("web", "How many distinct clients are there?", "4"),
    ("web", "How many different status codes occur?", "7"),
    ("web", "How many different methods were used?", "4"),
    ("web", "Which client made the fewest requests?", "192.0.2.77"),
    ("web", "Which path was requested most often?", "/login"),
    ("web", "Which method is the most common?", "GET"),
    ("web", "How many bytes were sent in all?", "5238"),
    ("web", "How many bytes were sent to 203.0.113.5?", "4641"),
    ("web", "What is the size of the largest response?", "4096"),
    ("web", "Which path had the largest response?", "/tea.png"),
    ("web", "Which client made the first request with status 404?", "198.51.100.2"),
    ("web", "Which client made the last request?", "203.0.113.5"),
    ("web", "What was the path of the last POST request?", "/login"),
    ("web", "What status did the last request for /login get?", "200"),
    ("web", "How many requests were made on 1 October 2023?", "5"),
    ("web", "How many requests were made on 02/Oct/2023?", "5"),
    ("web", "How many requests were made after October 2, 2023?", "1"),
    ("web", "On which day were the fewest requests made?", "03/Oct/2023"),
    ("web", "How many requests got status 401 or 403?", "3"),
    ("web", "How many more GET requests than POST requests are there?", "3"),
    ("web", "What percentage of requests got status 200?", "36.36%"),
    ("web", "Which client made the most requests with status 200?", "203.0.113.5"),
    ("web", "Is there a request with status 418?", "no"),
    ("web", "Which client caused the most 401 responses?", "203.0.113.9"),
    ("web", "How many requests were for /tea.png?", "2"),
    ("web", "How many requests sent more than 100 bytes?", "4"),
    ("pairs", "How many records have level info?", "5"),
    ("pairs", "Which user has the most records?", "kim"),
    ("pairs", "Which user has the fewest records?", "max"),
    ("pairs", "How many records have user lee?", "2"),
    ("pairs", "How many different users are there?", "3"),
    ("pairs", "How many records have action 'open'?", "4"),
    ("pairs", "Which action is the most common?", "open"),
    ("pairs", "What is the highest took?", "900"),
    ("pairs", "What is the total took of user kim?", "434"),
    ("pairs", "How many records were made on 2022-02-01?", "3"),
    ("pairs", "What is the time of the first record with level error?", "2022-02-02T04:00:00Z"),
    ("pairs", "Which user has the highest took?", "max"),
    ("pairs", "How many records have took above 100?", "2"),
]
LEFT = [
    ("app", "How many orders were profitable?"),
    ("app", "Which customer placed order 13?"),
    ("app", "Why was order 13 refused?"),
    ("app", "Which component is the most important?"),
    ("app", "How long was the mailer down?"),
    ("app", "How many users complained?"),
    ("app", "What should be done about the queue?"),
    ("app", "Did the relay come back?"),
    ("web", "Which client is a robot?"),
    ("web", "What is the second most common method?"),
    ("web", "Which client received the most bytes in total?"),
    ("web", "How many visitors bought tea?"),
    ("web", "Which page is the slowest to load?"),
    ("web", "Which country do most requests come from?"),
    ("web", "How many requests were made by people from Oslo?"),
    ("web", "How many requests per hour were made?"),
    ("web", "List the clients that got status 401."),
    ("web", "List all the different status codes."),
    ("web", "What are the different methods?"),
    ("web", "How many requests got status 401 and how many got 200?"),
    ("app", "How many lines contain 'order' and how many contain 'tick'?"),
    ("web", "Which client tried to break in?"),
    ("web", "Which two clients made the most requests?"),
    ("web", "How many clients made more than three requests?"),
    ("web", "How many clients made only one request?"),
    ("web", "How many requests followed a failed login?"),
    ("web", "What is the ratio of GET requests to POST requests?"),
    ("web", "How many requests got the same status as the first one?"),
    ("web", "How many requests were cached by the browser?"),
    ("pairs", "Which user is the slowest on average in the morning?"),
    ("pairs", "How many users opened and closed?"),
    ("pairs", "What did max do wrong?"),
    ("pairs", "How many records were made at night?"),
    ("pairs", "Which users never closed?"),
    ("pairs", "Who is the manager of kim?"),
]


@pytest.mark.parametrize(("log", "question", "expected"), ANSWERED)
def test_questions_on_logs(log, question, expected):
    """What the fields of a log tell is computed exactly."""
    text, path = TEXTS[log]
    assert answer(question, text, path) == expected


@pytest.mark.parametrize(("log", "question"), LEFT)
def test_questions_that_a_log_does_not_answer(log, question):
    """What needs meaning, other knowledge or two steps is left to the readers."""
    text, path = TEXTS[log]
    assert found(question, text, path) is None


def test_a_tie_of_two_levels_is_told():
    """Where two that are compared are as frequent, the answer is less sure and says so."""
    result = found("Are there more ERROR lines or WARN lines?", APP, "app.log")
    assert isinstance(result, Computed)
    assert result.confidence < 1
    assert "as many: WARN" in result.how


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many requests got a 4xx status?", "4 of 11 requests have status starting with '4'"),
        ("How many requests did not get status 200?", "7 of 11 requests do not have status 200"),
        ("How many requests were not made on 1 October 2023?", "6 of 11 requests are not of 1 October 2023"),
    ],
)
def test_conditions_are_told_as_sentences(question, told):
    """How a number was found says what the rows have, or do not have."""
    result = found(question, WEB, "access.log")
    assert isinstance(result, Computed)
    assert result.how.startswith(told)


@pytest.mark.parametrize("status", sorted({hit[3] for hit in HITS}))
def test_statuses_are_counted_as_by_hand(status):
    """For each status the count, its opposite and whether there is one agree with the lines."""
    count = sum(hit[3] == status for hit in HITS)
    assert answer(f"How many requests got status {status}?", WEB, "access.log") == str(count)
    rest = answer(f"How many requests have a status other than {status}?", WEB, "access.log")
    assert rest == str(len(HITS) - count)
    assert answer(f"Is there a request with status {status}?", WEB, "access.log") == "yes"


@pytest.mark.parametrize("client", sorted({hit[0] for hit in HITS}))
def test_clients_are_counted_as_by_hand(client):
    """The requests and the bytes of a client are those of its lines."""
    own = [hit for hit in HITS if hit[0] == client]
    assert answer(f"How many requests did {client} make?", WEB, "access.log") == str(len(own))
    total = answer(f"How many bytes were sent to {client}?", WEB, "access.log")
    assert total == str(sum(hit[4] for hit in own))


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH"])
def test_methods_are_counted_as_by_hand(method):
    """A method that no line has counts nothing."""
    expected = sum(hit[1] == method for hit in HITS)
    assert answer(f"How many {method} requests are there?", WEB, "access.log") == str(expected)


@pytest.mark.parametrize(("column", "place"), [("client", 0), ("method", 1), ("path", 2), ("status", 3)])
def test_the_most_and_the_least_frequent(column, place):
    """The most frequent value has at least as many rows as the least frequent, and both are real extremes."""
    counts = Counter(str(hit[place]) for hit in HITS)
    most = answer(f"What is the most common {column}?", WEB, "access.log")
    least = answer(f"What is the least common {column}?", WEB, "access.log")
    assert counts[most] == max(counts.values())
    assert counts[least] == min(counts.values())


@pytest.mark.parametrize(("column", "place"), [("clients", 0), ("methods", 1), ("paths", 2), ("status codes", 3)])
def test_different_values_as_by_hand(column, place):
    """How many different values a column has is at most how many rows there are."""
    told = int(answer(f"How many different {column} are there?", WEB, "access.log"))
    assert told == len({hit[place] for hit in HITS}) <= len(HITS)


@pytest.mark.parametrize(
    ("question", "within"),
    [
        ("How many requests got status 401?", '" 401 '),
        ("How many POST requests are there?", '"POST '),
        ("How many requests were made by 203.0.113.9?", "203.0.113.9 "),
        ("How many requests were for /tea.png?", "/tea.png"),
        ("Which client made the first request with status 404?", '" 404 '),
        ("Which path had the largest response?", " 4096"),
        ("Which client made the fewest requests?", "192.0.2.77"),
        ("Is there a request with status 500?", '" 500 '),
    ],
)
def test_evidence_shows_what_was_asked(question, within):
    """Each cited line is one that the answer rests on, whole and alone."""
    result = found(question, WEB, "access.log")
    assert isinstance(result, Computed)
    lines = [document(WEB, "access.log").read(span) for span in result.evidence]
    assert 1 <= len(lines) <= 3
    assert all(within in line and "\n" not in line for line in lines)


@pytest.mark.parametrize(
    "question",
    [
        "How many requests got status 401?",
        "How many requests had the status 401?",
        "How many requests with status 401 are there?",
        "How many requests returned a 401?",
        "How many requests returned status code 401?",
        "How many requests resulted in a 401 status?",
        "How many responses had status code 401?",
        "How many 401 responses were sent?",
        "How many times was status 401 returned?",
        "Count the requests with status 401.",
        "What is the number of requests with status 401?",
        "How many requests in this log got status 401? Answer with a number.",
        "In this access log, how many requests have status 401?",
        "How many log lines have status 401?",
        "How many entries have the status code 401?",
        "What's the total number of requests that got status 401?",
        "How many requests are there whose status is 401?",
        "How many requests have status = 401?",
        "HOW MANY REQUESTS GOT STATUS 401",
        "how many   requests got\tstatus 401 ?",
    ],
)
def test_one_count_in_many_words(question):
    """However a count is asked for, it is the same."""
    assert answer(question, WEB, "access.log") == "2"


@pytest.mark.parametrize(
    "question",
    [
        "Which path was requested most often?",
        "Which path was requested the most?",
        "What is the most common path?",
        "Which path is the most frequent?",
        "Which path has the most requests?",
        "What is the most requested path?",
        "What path occurs most frequently?",
        "Which path appears most often in this log?",
        "Which path got the largest number of requests?",
        "Which path received the highest number of requests?",
    ],
)
def test_one_extreme_in_many_words(question):
    """However the most frequent value is asked for, it is never another."""
    assert answer(question, WEB, "access.log") in ("/login", None)


@pytest.mark.parametrize("question", ["Which path was requested most often?", "What is the most common path?"])
def test_further_lines_change_the_most_frequent(question):
    """The answer comes from the lines: three more for another path make it another."""
    more = "".join(line for line in WEB.splitlines(keepends=True) if " /cups " in line) * 3
    assert answer(question, WEB + more, "access.log") == "/cups"


@pytest.mark.parametrize("times", [1, 3, 7])
@pytest.mark.parametrize("text", ["tick", "order", "WARN", "queue is nearly full"])
def test_a_longer_log_has_more_lines(text, times):
    """The count of lines with a text grows with the log."""
    expected = sum(text in line for line in APP.splitlines()) * times
    assert answer(f"How many lines contain '{text}'?", APP * times, "app.log") == str(expected)


@pytest.mark.parametrize("text", ["(", "[", "*", "+", "\\", "^", "$", "|", "{", "?", ".*", "[a-z]", "\\d"])
def test_marks_in_a_text_are_no_expression(text):
    """What is quoted is looked for letter by letter."""
    expected = sum(text in line for line in APP.splitlines())
    assert answer(f"How many lines contain '{text}'?", APP, "app.log") == str(expected)


def test_words_of_speeches_are_not_counted_as_speeches():
    """How many words somebody speaks is not how many different speeches there are."""
    assert found("How many words does the miller speak?", PLAY) is None
