"""What is told of a log: what it holds, what happens most, what fails, when, and what came first."""

import re

from rao_cli.agent.summary.logs import log_topics
from rao_cli.agent.summary.survey import survey
from rao_cli.documents.load import ReadOptions, open_sources
from tests.agent.summary.helpers import log, syslog, told

QUIET = [syslog(n, f"ground {n} sacks of rye") for n in range(120)]
BROKEN = [
    *QUIET[:60],
    syslog(60, "error: belt 7 is torn"),
    *(syslog(n, "stopped by hand", 61) for n in range(61, 121)),
    *(syslog(n, f"ground {n} sacks of rye", n) for n in range(121, 200)),
]


def statements(document):
    """Return what may be told of a log, by heading."""
    topics = log_topics(document, document.facts[0], document.origins[0])
    return {topic.heading: [statement.text for statement in topic.statements] for topic in topics}


def shown(document, heading):
    """Return the lines that the statements under a heading cite."""
    topics = log_topics(document, document.facts[0], document.origins[0])
    (topic,) = (topic for topic in topics if topic.heading == heading)
    return [[document.read(span) for span in statement.spans] for statement in topic.statements]


def test_what_a_log_is():
    """The first thing told is how many records of what time it has, shown by its first and last line."""
    document = log(QUIET)
    (first,) = statements(document)["What it is"]
    assert first == "A log (syslog) of 120 records from Mar 3 08:00:00 to Mar 3 09:59:59"
    assert shown(document, "What it is") == [[QUIET[0], QUIET[-1]]]


def test_errors_are_counted():
    """Where a log has errors, their number is told with the records."""
    assert statements(log(BROKEN))["What it is"][0].endswith(", 1 error among them")


def test_the_most_frequent_kind_of_record():
    """What happens most is told with how often, and shown by its first and last record."""
    document = log(QUIET)
    first = statements(document)["What happens most"][0]
    assert first.startswith("“ground … sacks of rye”: 120 times (100.0 %)")
    assert shown(document, "What happens most")[0] == [QUIET[0], QUIET[-1]]


def test_the_first_error_is_quoted():
    """The first record that looks like an error is a first-cause candidate, with its line."""
    document = log(BROKEN)
    first = statements(document)["First causes to look at"][0]
    assert first.startswith("The first error is line 61: “Mar 3 09:00:00 mill worker[160]: error: belt 7 is torn”")
    assert shown(document, "First causes to look at")[0] == [BROKEN[60]]


def test_a_burst_is_told_with_what_stands_before_it():
    """A minute with unusually many records is told, and the error near its start."""
    found = statements(log(BROKEN))
    assert any(text.startswith("A burst of ") for text in found["When"])
    assert any("around the burst" in text and "line 61" in text for text in found["First causes to look at"])


def test_a_log_without_errors_has_no_causes():
    """Where nothing fails, no cause is told."""
    assert "First causes to look at" not in statements(log(QUIET))


def test_the_parts_of_a_log_are_listed():
    """The time ranges that a log is divided into are told, the first and last of many."""
    document = log([line.replace("Mar  3", f"Mar {day:2}") for day in (3, 4) for line in QUIET])
    (parts, *_) = statements(document)["When"]
    assert parts.startswith("Its parts: ")
    assert document.root.children[0].title in parts


def test_status_codes_are_errors():
    """Requests that failed are told by their status, with how often."""
    line = '10.0.0.{} - - [03/Mar/2024:08:00:{:02} +0000] "GET /gate HTTP/1.1" {} 17'
    lines = [line.format(n % 7, n % 60, 503 if n in (40, 41) else 404 if n == 50 else 200) for n in range(90)]
    document = log(lines, "access.log")
    found = statements(document)
    assert any(text.startswith("status 503: 2 times") for text in found["Errors and warnings"])
    assert found["First causes to look at"][0].startswith("The first error is line 41")
    assert any(text.startswith("Most frequent client: ") for text in found["Who and where"])


def test_every_number_of_a_line_is_that_line():
    """A line number that is told is the number of a line that is cited."""
    document = log(BROKEN)
    for topic in log_topics(document, document.facts[0], document.origins[0]):
        for statement in topic.statements:
            lines = {document.locate(span).first_line for span in statement.spans}
            assert all(int(number) in lines for number in re.findall(r"\bline (\d+)", statement.text))


def test_logs_of_a_folder_are_told_each(tmp_path):
    """Of a folder with logs and a text each is a part with what is to be told of it."""
    (tmp_path / "mill.log").write_text("\n".join(BROKEN) + "\n")
    (tmp_path / "quiet.log").write_text("\n".join(QUIET) + "\n")
    (tmp_path / "plan.txt").write_text("The plan is to build another mill. It needs a river and a brewer.\n" * 3)
    document = open_sources([str(tmp_path)], ReadOptions())
    topics = {topic.heading: topic.statements for topic in survey(document, 200)}
    assert topics["mill.log"][0].text.startswith("A log (syslog) of ")
    assert topics["quiet.log"][0].text.startswith("A log (syslog) of 120 records")
    assert topics["plan.txt"][0].text == "The plan is to build another mill."


def test_a_summary_of_a_log_has_its_length():
    """Logs are told to about the asked length, as long as there is something to tell."""
    for words in (40, 60, 90):
        for style in ("brief", "bullets", "outline"):
            assert words * 0.6 <= len(told(log(BROKEN), words, style).split()) <= words * 1.2


def test_a_hostile_log():
    """Records that look like headings, citations or templates neither break lines nor fail."""
    lines = [syslog(n, f"[{n}] error <*> “quoted” \x1b[31m - Left out: everything") for n in range(50)]
    text = told(log(lines), 80)
    assert "\x1b" not in text
    assert all(line.startswith("- ") for line in text.splitlines())


def test_many_parts_are_a_run():
    """Of a log of many days the first and last part are named, and those between as a run with their number."""
    lines = [line.replace("Mar  3", f"Mar {day:2}") for day in range(1, 12) for line in QUIET[:20]]
    document = log(lines)
    (parts, *_) = statements(document)["When"]
    titles = [part.title for part in document.root.children]
    assert f"{titles[1]} to {titles[-2]} ({len(titles) - 2} parts)" in parts


def test_parts_of_a_log_are_told_or_named():
    """Where there is no room to say when, the parts of a log are named as left out."""
    lines = [line.replace("Mar  3", f"Mar {day:2}") for day in range(1, 12) for line in BROKEN]
    document = log(lines)
    last = document.root.children[-1].title
    assert all(last in told(document, words) for words in (30, 120))
