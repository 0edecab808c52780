"""Records of logs: the fields of their formats, the values in their messages, what they are called."""

from itertools import pairwise

from rao_cli.documents.data.find import find_records
from tests.documents.data.making import ACCESS, SYSLOG, check, column, document_of, kinds, records_of

TRACE = """\
2022-01-01 10:00:00 ERROR shop.cart: cannot add
java.lang.IllegalStateException: full
    at shop.Cart.add(Cart.java:10)
2022-01-01 10:00:05 INFO shop.cart: added 3 items
2022-01-01 10:00:06 INFO shop.cart: added 5 items
2022-01-01 10:00:09 WARN shop.till: slow
"""


def test_a_web_access_log_has_its_fields_as_columns():
    """The fields of an access log are columns with types."""
    records = records_of(ACCESS, "log access")
    assert column(records, "ip") == ["10.0.0.1", "10.0.0.2", "10.0.0.1", "10.0.0.3"]
    assert column(records, "path") == ["/start", "/login", "/lost?x=1", ""]
    assert column(records, "agent")[1] == "curl/7.1 (x86)"
    found = kinds(records)
    assert (found["status"], found["bytes"], found["time"], found["method"]) == (
        "number",
        "number",
        "time",
        "word",
    )


def test_a_field_that_is_never_filled_is_no_column():
    """The identity that no client sends is left out; a user who is there once is a column."""
    records = records_of(ACCESS, "log access")
    assert "ident" not in kinds(records)
    assert column(records, "user") == ["-", "ada", "-", "-"]


def test_a_log_is_called_by_its_format_and_file():
    """An access log answers to its file's name and to what people call such a log."""
    names = records_of(ACCESS, "log access", "/var/log/shop_access.log").names
    assert {"shop_access.log", "web access log"} <= set(names)
    assert "auth.log" in records_of(SYSLOG, "log syslog").names


def test_what_people_call_a_request():
    """The nouns of an access log hold request, those of a system log do not."""
    assert "request" in records_of(ACCESS, "log access").nouns
    assert "request" not in records_of(SYSLOG, "log syslog").nouns


def test_values_in_messages_are_columns():
    """The user, the address and the port inside a message are columns of a system log."""
    records = records_of(SYSLOG, "log syslog")
    assert column(records, "user")[:4] == ["ben", "", "zoe", "zoe"]
    assert column(records, "ip")[:3] == ["192.0.2.7", "192.0.2.7", "192.0.2.9"]
    assert column(records, "port")[:3] == ["4100", "4100", "4200"]
    assert column(records, "program")[4] == "cron"


def test_a_number_is_called_by_its_unit():
    """A number before a unit is a column of the unit, in full, with its short forms as aliases."""
    records = records_of(SYSLOG, "log syslog")
    assert column(records, "milliseconds")[4] == "12"
    aliases = next(each.aliases for each in records.columns if each.name == "milliseconds")
    assert "ms" in aliases
    assert "duration" in aliases


def test_a_record_reaches_over_its_stack_trace():
    """The lines of a stack trace belong to the record before them."""
    document = document_of(TRACE)
    records = find_records(document)[0]
    rows = check(document, records)
    assert len(rows) == 4
    assert document.read(rows[0].span).endswith("Cart.java:10)")
    assert column(records, "level") == ["ERROR", "INFO", "INFO", "WARN"]


def test_rows_are_read_again_each_time():
    """Reading twice gives the same rows, and nothing of the first reading is needed."""
    records = records_of(SYSLOG, "log syslog")
    assert list(records.read()) == list(records.read())


def test_records_stand_in_text_order():
    """Rows come in the order of the text and do not overlap."""
    spans = [row.span for row in records_of(ACCESS * 50, "log access").read()]
    assert len(spans) == 200
    assert all(a.end < b.start for a, b in pairwise(spans))


def test_prose_is_no_log():
    """A text with a date in one line has no records but its lines."""
    words = ("nothing", "a bird", "some rain", "the old mill", "a letter from afar", "no one at all")
    text = "On 2020-01-01 10:00:00 it rained.\n" + "".join(f"And then {word} came by.\n" for word in words * 2)
    assert [records.shape for records in find_records(document_of(text))] == ["lines"]
