"""Several logs merged by time."""

from rao_cli.documents.load import open_sources
from rao_cli.documents.logs.merge import merge_logs
from tests.documents.logs.lines import LOGS, opened, row, table, value


def facts_of(*texts):
    """Return the facts of several logs."""
    return [facts for number, text in enumerate(texts) for facts in opened(text, f"{number}.log").facts]


def test_one_log_is_not_merged():
    """A single log, and logs without times, need no merging."""
    assert merge_logs(facts_of(LOGS["access"])) is None
    assert merge_logs(facts_of(LOGS["access"], "compiling a\ncompiling b\n")) is None
    assert merge_logs([]) is None


def test_logs_are_in_the_order_of_their_times():
    """The logs come by their first time; records, lines and errors add up."""
    merged = merge_logs(facts_of(LOGS["spring"], LOGS["access"], LOGS["hadoop"]))
    assert merged.path == "3 logs merged"
    assert [cells[0] for cells in table(merged, "logs").rows] == ["logs/1.log", "logs/2.log", "logs/0.log"]
    assert (value(merged, "records"), value(merged, "lines"), value(merged, "errors")) == (9, 12, 3)
    assert value(merged, "first time") == "2015-05-17 10:05:03"
    assert value(merged, "last time") == "2023-05-01 12:00:02"


def test_levels_are_counted_by_log():
    """How many errors each log has is in one table."""
    rows = table(merge_logs(facts_of(LOGS["spring"], LOGS["hadoop"])), "levels").rows
    assert ("ERROR", "logs/0.log", 1) in rows
    assert ("INFO", "logs/1.log", 2) in rows


def test_templates_of_several_logs_are_one():
    """A template that two logs share is counted over both."""
    merged = merge_logs(facts_of(LOGS["python"], LOGS["python"].replace("2020", "2021")))
    found = row(table(merged, "templates"), "connected in <*> ms")
    assert (found["records"], found["logs"]) == (4, "logs/0.log, logs/1.log")


def test_zones_are_taken_into_account():
    """The same moment in two zones is one time."""
    east = "2024-01-31T10:00:00+02:00 INFO a: x\n2024-01-31T10:00:05+02:00 INFO a: x\n"
    utc = "2024-01-31T08:00:01Z INFO a: x\n2024-01-31T08:00:02Z INFO a: x\n"
    merged = merge_logs(facts_of(east, utc))
    assert value(merged, "first time") == "2024-01-31 08:00:00"
    assert value(merged, "span in seconds") == 5


def test_a_missing_year_is_that_of_the_others():
    """A log without years is put into the year in which the others begin, on the day that it names."""
    merged = merge_logs(facts_of(LOGS["access"], LOGS["syslog"]))
    assert [cells[4] for cells in table(merged, "logs").rows] == ["2015-03-07 13:06:56", "2015-05-17 10:05:03"]


def test_logs_without_years_stay_without():
    """Where no log names a year, none is told."""
    merged = merge_logs(facts_of(LOGS["syslog"], LOGS["android"]))
    assert value(merged, "first time") == "Mar 07 13:06:56"


def test_the_timeline_is_that_of_all():
    """Records by time are added up over the logs."""
    merged = merge_logs(facts_of(LOGS["python"], LOGS["python"]))
    assert sum(count for _, count in table(merged, "records by").rows) == 6
    assert {count for _, count in table(merged, "records by").rows} == {2}


def test_logs_opened_together_are_merged(tmp_path):
    """Several logs, in a folder or named one by one, get one more entry of facts that comes first."""
    for name in ("access", "hadoop"):
        (tmp_path / f"{name}.log").write_text(LOGS[name], encoding="utf-8")
    for sources in ([str(tmp_path)], [str(tmp_path / "access.log"), str(tmp_path / "hadoop.log")]):
        document = open_sources(sources)
        assert document.facts[0].path == "2 logs merged"
        assert len(document.facts) == 3
    assert len(open_sources([str(tmp_path / "access.log")]).facts) == 1
