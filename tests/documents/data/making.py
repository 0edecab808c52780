"""Make small logs, tables and plays, and read their records as the program does."""

from rao_cli.documents.data.find import find_records
from rao_cli.documents.data.model import Records, Row
from rao_cli.documents.model import Document, Origin, Section, Span

ACCESS = """\
10.0.0.1 - - [03/Feb/2021:09:15:01 +0100] "GET /start HTTP/1.1" 200 512 "-" "Lynx/2.8"
10.0.0.2 - ada [03/Feb/2021:09:15:04 +0100] "POST /login HTTP/1.1" 302 - "http://a.example/" "curl/7.1 (x86)"
10.0.0.1 - - [04/Feb/2021:00:00:09 +0100] "GET /lost?x=1 HTTP/1.0" 404 77 "-" "Lynx/2.8"
10.0.0.3 - - [04/Feb/2021:10:00:00 +0100] "\\x16\\x03" 400 0 "-" "-"
"""
SYSLOG = """\
Jan  5 07:00:01 mill sshd[811]: Failed password for invalid user ben from 192.0.2.7 port 4100 ssh2
Jan  5 07:00:02 mill sshd[811]: Connection closed by 192.0.2.7 port 4100 [preauth]
Jan  5 07:01:40 mill sshd[812]: Accepted password for zoe from 192.0.2.9 port 4200 ssh2
Jan  5 07:01:41 mill sshd[812]: pam_unix(sshd:session): session opened for user zoe by (uid=0)
Jan  5 07:02:00 mill cron[90]: job cleanup done, took 12 ms
Jan  5 07:03:00 mill sshd[813]: Failed password for root from 192.0.2.7 port 4111 ssh2
Jan  5 07:03:10 mill cron[91]: job backup done, took 340 ms
Jan  5 07:03:20 mill cron[92]: job report done, took 9 ms
"""


def document_of(text: str, path: str = "notes.txt") -> Document:
    """Return a document of one file as it stands."""
    span = Span(0, len(text))
    return Document(path, text, Section("0", path, "file", span), (Origin(path, span),), "digest")


def records_of(text: str, shape: str, path: str = "notes.txt") -> Records:
    """Return the first records of a shape in a text, after a check of every row of all records."""
    document = document_of(text, path)
    found = find_records(document)
    for records in found:
        check(document, records)
    return next(records for records in found if records.shape == shape)


def check(document: Document, records: Records) -> list[Row]:
    """Assert that rows stand in text order inside their records, and that values stand where they say."""
    rows, end = list(records.read()), records.span.start
    for row in rows:
        assert row.span.start >= end
        assert row.span.end <= records.span.end
        end = row.span.end
        assert len(row.values) == len(row.spans) == len(records.columns)
        for value, span in zip(row.values, row.spans, strict=True):
            assert span is None or (document.read(span) == value and row.span.contains(span))
    return rows


def column(records: Records, name: str) -> list[str]:
    """Return the values of a column in all rows."""
    place = [each.name for each in records.columns].index(name)
    return [row.values[place] for row in records.read()]


def kinds(records: Records) -> dict[str, str]:
    """Return the kind of each column by its name."""
    return {each.name: each.kind for each in records.columns}
