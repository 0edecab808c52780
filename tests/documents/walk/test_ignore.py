"""What names and ignore files leave out."""

from pathlib import Path

import pytest

from rao_cli.documents.walk.ignore import Rules, is_version_control, leading_rules, unwanted


@pytest.mark.parametrize(
    ("name", "folder", "reason"),
    [
        ("package-lock.json", False, "lock file"),
        ("uv.lock", False, "lock file"),
        ("app.min.js", False, "minified or generated"),
        ("site.css.map", False, "minified or generated"),
        ("node_modules", True, "vendored or generated folder"),
        ("__pycache__", True, "vendored or generated folder"),
        ("node_modules", False, ""),
        ("main.js", False, ""),
        ("locksmith.md", False, ""),
        ("vendors", True, ""),
    ],
)
def test_names_alone_leave_out(name, folder, reason):
    """Lock, minified and vendored names are left out with their reason; others are not."""
    assert unwanted(name, folder=folder) == reason


@pytest.mark.parametrize(("name", "own"), [(".git", True), (".hg", True), (".github", False), ("git", False)])
def test_version_control_folders(name, own):
    """Version control's own folders are told by their exact names."""
    assert is_version_control(name) == own


def test_rules_without_files_ignore_nothing(tmp_path):
    """A folder without ignore files adds no rules."""
    rules = Rules().below(tmp_path)
    assert rules == Rules()
    assert rules.ignores(str(tmp_path / "a"), folder=False) == ""


def test_comments_alone_add_no_rules(tmp_path):
    """An ignore file of comments and blank lines adds no rules."""
    (tmp_path / ".gitignore").write_text("# nothing\n\n")
    assert Rules().below(tmp_path) == Rules()


def test_the_nearest_rules_come_first(tmp_path):
    """Rules of an inner folder stand before those of the outer one."""
    inner = tmp_path / "in"
    inner.mkdir()
    (tmp_path / ".gitignore").write_text("a\n")
    (inner / ".ignore").write_text("!a\n")
    outer = Rules().below(tmp_path)
    rules = outer.below(inner)
    assert [base for base, _ in rules.nearest_first] == [f"{inner}/", f"{tmp_path}/"]
    assert outer.ignores(str(inner / "a"), folder=False)
    assert not rules.ignores(str(inner / "a"), folder=False)


def test_an_oversized_ignore_file_is_not_read(tmp_path):
    """An ignore file above 1 MB is passed over."""
    (tmp_path / ".gitignore").write_text("a\n" * 600_000)
    assert Rules().below(tmp_path) == Rules()


def test_leading_rules_stop_at_the_repository(tmp_path):
    """Rules between the repository's root and the folder count, the folder's own excepted."""
    deep = tmp_path / "repo" / "x" / "y"
    deep.mkdir(parents=True)
    (tmp_path / "repo" / ".git").mkdir()
    for place, rule in ((tmp_path, "above"), (tmp_path / "repo", "root"), (deep.parent, "middle"), (deep, "own")):
        (place / ".gitignore").write_text(f"{rule}\n")
    rules = leading_rules(deep)
    ignored = [
        name for name in ("above", "root", "middle", "own") if rules.ignores(str(deep / name), folder=False)
    ]
    assert ignored == ["root", "middle"]


def test_the_root_has_no_leading_rules():
    """The root of the file system has no rules above it."""
    assert leading_rules(Path("/")) == Rules()
