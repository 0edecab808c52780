"""What a range changed, told from objects and refs alone: places, headings, commits and odd histories."""

import pytest

from rao_cli.documents.context import Context
from rao_cli.documents.history.reading import read_changes
from rao_cli.documents.load import ReadOptions, open_changes
from rao_cli.documents.model import Span
from rao_cli.documents.workers import Workers
from rao_cli.errors import InputError, UsageError
from tests.documents.history.making import Making
from tests.documents.making import check_partition

APP = '''"""Boats and their loads."""


def load(boat):
    """Load a boat."""
    return boat.load


class Harbour:
    """Where boats lie."""

    def __init__(self):
        self.boats = []

    def moor(self, boat):
        self.boats.append(boat)
        return len(self.boats)


def leave(harbour, boat):
    harbour.boats.remove(boat)
'''
GUIDE = "# Guide\n\nBoats float.\n\n## Mooring\n\nTie it to a post.\n\n## Leaving\n\nCast off.\n"


@pytest.fixture(scope="module")
def workers():
    """Share one worker process."""
    with Workers(1) as pool:
        yield pool


@pytest.fixture
def made(tmp_path):
    """Return a repository with a first version of a program and its guide."""
    making = Making(tmp_path / "repo")
    making.commit({"src/app.py": APP, "guide.md": GUIDE, "old.txt": "Line one\nLine two\n"}, "Begin")
    yield making
    making.repo.close()


def changes(made, workers, since, **options):
    """Return the document of what changed."""
    return read_changes(str(made.path), since, Context(ReadOptions(**options), workers))


def place_of(document, text):
    """Return where a text of a document is located."""
    at = document.text[:].index(text)
    return str(document.locate(Span(at, at + len(text)))).rpartition("repo/")[2]


def rows(document):
    """Return what was counted of each file."""
    return {row[0]: row[1:] for row in document.facts[0].tables[0].rows}


def edited(made, workers, since="HEAD~1", message="Moor twice\n\nBecause of the tide."):
    """Change one function, one section, drop a file and add one; return the document."""
    made.commit(
        {
            "src/app.py": APP.replace("self.boats.append(boat)", "self.boats.append(boat)\n        boat.tie()"),
            "guide.md": GUIDE.replace("Tie it to a post.", "Tie it to two posts."),
            "new.py": "def fresh():\n    return 1\n",
        },
        message,
    )
    return changes(made, workers, since)


def test_lines_are_those_of_the_new_version(made, workers):
    """A changed line is located by its path and its line in the version that is there now."""
    document = edited(made, workers)
    check_partition(document, document.root)
    assert place_of(document, "boat.tie()") == "src/app.py:17"
    assert place_of(document, "Tie it to two posts.") == "guide.md:7"
    assert place_of(document, "def fresh():") == "new.py:1"


def test_what_is_gone_cites_the_old_version(made, workers):
    """A deleted file, and a line that was replaced, name the commit that still has them."""
    document = edited(made, workers)
    old = made.repo[made.at].parents[0].decode()[:8]
    assert place_of(document, "Line two") == f"old.txt@{old} (deleted):2"
    assert place_of(document, "Tie it to a post.") == f"guide.md@{old}:7"


def test_passages_are_named_after_what_they_stand_in(made, workers):
    """A change carries the class, function or section around it, and the line that begins it."""
    document = edited(made, workers)
    assert rows(document)["src/app.py"] == ("changed", 1, 0, "def moor(self, boat)")
    assert rows(document)["guide.md"] == ("changed", 1, 1, "Mooring")
    assert place_of(document, "def moor(self, boat):") == "src/app.py:15"


def test_context_is_a_few_lines(made, workers):
    """Lines far from any change are not in the document."""
    document = edited(made, workers)
    assert "self.boats.append(boat)" in document.text[:]
    assert "def load" not in document.text[:]
    assert "Cast off" not in document.text[:]


def test_commits_lead(made, workers):
    """The first section holds the messages of the range, newest first, each a place of its own."""
    made.commit({"a.txt": "1\n"}, "First of two")
    document = edited(made, workers, "HEAD~2")
    first = document.root.children[0]
    assert first.title == "Commits"
    assert document.read(first.span).startswith("Moor twice\nBecause of the tide.\n\nFirst of two\n")
    assert place_of(document, "First of two").endswith("commit 2")
    assert dict(document.facts[0].values)["commits"] == 2


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "name", ["HEAD~1", "HEAD^", "v1", "topic", "refs/tags/v1", "{id}", "{short}", "{short}..HEAD"]
)
def test_revisions(made, workers, name, packed):
    """A commit is named by its id or the beginning of it, a branch, a tag, steps back, or a range."""
    first = made.at
    made.tag("v1", first)
    made.repo.refs[b"refs/heads/topic"] = first
    made.commit({"a.txt": "now\n"}, "Second")
    if packed:
        made.pack()
    since = name.format(id=first.decode(), short=first.decode()[:7])
    assert dict(changes(made, workers, since).facts[0].values)["commits"] == 1


def test_a_range_that_does_not_end_at_head(made, workers):
    """Of A..B the new version is B, and since that is not what lies there its places name the commit."""
    second = made.commit({"a.txt": "second\n"}, "Second")
    made.commit({"a.txt": "third\n"}, "Third")
    document = changes(made, workers, f"HEAD~2..{second.decode()}")
    assert place_of(document, "second") == f"a.txt@{second.decode()[:8]}:1"
    assert "third" not in document.text[:]


def test_ends_that_grew_apart(made, workers):
    """Where both ends went on, what one of them changed is told, since they parted."""
    base = made.at
    made.commit({"main.txt": "on main\n"}, "On main")
    made.commit({"topic.txt": "on topic\n"}, "On topic", parents=[base], branch="topic")
    document = changes(made, workers, "main..topic")
    assert "on topic" in document.text[:]
    assert "on main" not in document.text[:]
    assert "grown apart" in document.warnings[0]


def test_a_merge_tells_both_sides(made, workers):
    """Commits of a branch that was merged since are told, too."""
    base = made.at
    side = made.commit({"b.txt": "side\n"}, "On the side", parents=[base], branch="side")
    made.commit({"a.txt": "main\n"}, "On main")
    made.commit({"a.txt": "main\n", "b.txt": "side\n"}, "Merge", parents=[made.at, side])
    document = changes(made, workers, base.decode())
    assert dict(document.facts[0].values)["commits"] == 3


def test_a_file_that_moved_is_renamed(made, workers):
    """A file whose content is the same under another path is told as renamed, and as nothing else."""
    made.commit({"lib/app.py": APP, "guide.md": GUIDE, "old.txt": "Line one\nLine two\n"}, "Move")
    document = changes(made, workers, "HEAD~1")
    assert rows(document) == {"lib/app.py": ("renamed from src/app.py", 0, 0, "")}


def test_a_shallow_history_ends_where_it_ends(made, workers):
    """Without the commits before it, what is there is told; what is not is named."""
    first = made.at
    made.commit({"a.txt": "1\n"}, "Second")
    made.commit({"a.txt": "2\n"}, "Third")
    (made.git / "objects" / first.decode()[:2] / first.decode()[2:]).unlink()
    assert "Third" in changes(made, workers, "HEAD~1").text[:]
    with pytest.raises(InputError, match="not in the history"):
        changes(made, workers, "HEAD~2")


def test_a_bare_repository_is_read(made, workers, tmp_path):
    """A folder that is itself the objects and refs needs no .git inside."""
    made.commit({"a.txt": "1\n"}, "Second")
    made.git.rename(tmp_path / "bare")
    assert "Second" in read_changes(str(tmp_path / "bare"), "HEAD~1", Context(workers=workers)).text[:]


def test_options_leave_files_out(made, workers):
    """Globs, hidden names and lock files count as they do in folders, and are listed."""
    files = {"a.py": "x = 1\n", "b.md": "# B\n", ".env": "KEY=1\n", "uv.lock": "v\n"}
    made.commit(files, "Four files")
    document = changes(made, workers, "HEAD~1", globs=("*.py",))
    assert {row for row in rows(document) if not row.startswith("src")} == {"a.py"}
    reasons = {skipped.path: skipped.reason for skipped in document.skipped}
    assert (reasons[".env"], reasons["uv.lock"]) == ("hidden", "lock file")


@pytest.mark.parametrize(
    "since", ["nothing", "HEAD~99", "0000000", "main...HEAD", "HEAD..HEAD", "a b", "-x", "HEAD@{1}", ""]
)
def test_what_is_no_range_is_one_line(made, workers, since):
    """A revision that is not there, or cannot be one, is refused with what may be given."""
    with pytest.raises((InputError, UsageError)) as caught:
        changes(made, workers, since)
    assert caught.value.hint


def test_a_folder_without_history_is_refused(tmp_path):
    """A folder that is no repository is told so."""
    with pytest.raises(InputError, match="no git repository"):
        open_changes(str(tmp_path), "HEAD~1")
