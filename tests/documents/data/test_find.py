"""Finding records: lines everywhere, files joined in one, several files."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.data.find import find_records
from rao_cli.documents.model import Document, Origin, Section, Span
from tests.documents.data.making import ACCESS, SYSLOG, check, column, document_of, records_of

JOINED = f"==> web/access.log <==\n{ACCESS}\n==> mill/auth.log <==\n{SYSLOG}"


def test_lines_are_always_records():
    """Every line of any text is a record, a blank one too."""
    assert column(records_of("a\n\nb", "lines"), "text") == ["a", "", "b"]
    assert column(records_of("a\n\nb\n", "lines"), "text") == ["a", "", "b"]


def test_an_empty_text_has_no_lines():
    """A text without characters has no line, and does not fail."""
    assert list(records_of("", "lines").read()) == []


def test_joined_logs_are_told_apart():
    """Each log of a file that joins several has its records, its span and its name."""
    found = find_records(document_of(JOINED))
    access, auth = (records for records in found if records.shape.startswith("log "))
    assert "web/access.log" in access.names
    assert "mill/auth.log" in auth.names
    assert access.span.end <= auth.span.start


def test_joined_logs_can_be_counted():
    """The lines that name joined logs are records, and the lines of the whole file come once more."""
    assert column(records_of(JOINED, "joined files"), "name") == ["web/access.log", "mill/auth.log"]
    whole = find_records(document_of(JOINED))[-1]
    assert (whole.shape, len(list(whole.read()))) == ("lines", JOINED.count("\n"))


def test_a_file_that_speaks_of_headers_is_not_cut():
    """A line like a header inside a file that does not start with one cuts nothing."""
    found = find_records(document_of("Read this:\n==> a.log <==\nno\n"))
    assert [records.shape for records in found] == ["lines"]


def test_each_file_has_its_records():
    """The records of several files know their paths and spans."""
    text = ACCESS + SYSLOG
    a, b = Span(0, len(ACCESS)), Span(len(ACCESS), len(text))
    root = Section("0", "two", "corpus", Span(0, len(text)))
    document = Document("two", text, root, (Origin("a.log", a), Origin("b.log", b)), "digest")
    found = find_records(document)
    assert [(records.path, records.span) for records in found] == [("a.log", a)] * 2 + [("b.log", b)] * 2
    for records in found:
        check(document, records)


@given(st.text(alphabet='ab:1 =|\n\n"{}[],.#>-<Z\t', max_size=300))
def test_any_text_is_read(text):
    """Whatever a text is, its records can be read and their values stand where they say."""
    records_of(text, "lines")


@given(
    st.lists(
        st.sampled_from([*ACCESS.split("\n"), *SYSLOG.split("\n"), "==> x <==", "A: b", "a,b,c"]), max_size=40
    )
)
def test_any_mixture_of_lines_is_read(lines):
    """Lines of any formats in any order are read, each value from where it stands."""
    records_of("\n".join(lines), "lines")


def test_a_stretch_is_of_one_shape():
    """Lines with labels that also start with a time are labelled fields, not a log as well."""
    text = "".join(f"At: 2021-02-03 08:15:0{n} | Who: u{n} | What: went home\n" for n in range(9))
    assert [records.shape for records in find_records(document_of(text))] == ["labelled fields", "lines"]


def test_a_table_with_times_is_no_log():
    """Rows that start with a time under a row of names are a table."""
    text = "when,who,sum\n" + "".join(f"2021-02-03 08:15:0{n},u{n},{n}\n" for n in range(9))
    assert [records.shape for records in find_records(document_of(text))] == ["table", "lines"]


def test_several_files_of_many_are_found_quickly():
    """Hundreds of small files are looked at in a moment, each by itself."""
    text = SYSLOG * 300
    size = len(SYSLOG)
    origins = tuple(Origin(f"{n}.log", Span(n * size, (n + 1) * size)) for n in range(300))
    root = Section("0", "many", "corpus", Span(0, len(text)))
    found = find_records(Document("many", text, root, origins, "digest"))
    assert len(found) == 600
    assert {records.shape for records in found} == {"log syslog", "lines"}


def test_names_of_joined_logs_hold_their_folders():
    """A joined log answers to its whole name, its file's name and the words in it."""
    found = next(records for records in find_records(document_of(JOINED)) if "mill/auth.log" in records.names)
    assert {"auth.log", "auth log", "authentication log"} <= set(found.names)


def test_blank_lines_before_joined_logs_belong_to_the_part_before():
    """The blank line that tail writes between files is a line of the file before it."""
    lines = [records for records in find_records(document_of(JOINED)) if records.shape == "lines"]
    assert [len(list(records.read())) for records in lines] == [5, 8, 15]
