"""Listing folders: ignore rules as git has them, hostile trees, and everything left out with its reason."""

import os
import resource
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.documents.context import ReadOptions
from rao_cli.documents.walk.listing import list_files, open_safely
from rao_cli.errors import UsageError
from tests.documents.walk.trees import (
    deep_folder,
    git,
    git_files,
    left_out,
    listed,
    listing,
    names,
    needs_git,
    tree,
)


def test_files_come_in_the_order_of_their_names(tmp_path):
    """In each folder, files and folders are sorted together by name, and folders are listed where they stand."""
    root = tree(tmp_path, names("b.txt", "a/c.txt", "a/b/d.txt", "Z.txt", "a.txt", "a-b/x"))
    assert listed(root) == ["Z.txt", "a/b/d.txt", "a/c.txt", "a-b/x", "a.txt", "b.txt"]


def test_paths_are_as_the_user_would_open_them(tmp_path, monkeypatch):
    """A relative folder gives relative paths, and every path leads to its file."""
    tree(tmp_path, names("src/a.txt"))
    monkeypatch.chdir(tmp_path)
    shown = [
        list_files(Path(name), ReadOptions()).files[0].shown for name in ("src", ".", "src/../src", str(tmp_path))
    ]
    assert shown == ["src/a.txt", "src/a.txt", "src/../src/a.txt", f"{tmp_path}/src/a.txt"]
    assert all(Path(path).read_text() == "text\n" for path in shown)


def test_an_entry_tells_whether_its_file_changed(tmp_path):
    """A file that was replaced by one of another size has another identity, and a new one is not settled."""
    root = tree(tmp_path, {"a": "x"})
    before = listing(root).files[0]
    tree(root, {"a": "xy"})
    assert listing(root).files[0].identity != before.identity
    assert not before.settled
    os.utime(root / "a", (1, 1))
    assert listing(root).files[0].identity != before.identity


# Rules, files, and those of the files that git would leave in: written out by hand from gitignore(5).
IGNORE_CASES = [
    ("*.log", ["a.log", "d/b.log", "c.txt"], ["c.txt"]),
    ("*.log\n!keep.log", ["a.log", "keep.log", "d/keep.log"], ["d/keep.log", "keep.log"]),
    ("/top.txt", ["top.txt", "d/top.txt"], ["d/top.txt"]),
    ("out/", ["out/a.txt", "d/out/b.txt", "d/out.txt"], ["d/out.txt"]),
    ("doc/*.txt", ["doc/a.txt", "doc/sub/b.txt", "x/doc/c.txt"], ["doc/sub/b.txt", "x/doc/c.txt"]),
    ("**/tmp/x.txt", ["tmp/x.txt", "a/b/tmp/x.txt", "tmp/y.txt"], ["tmp/y.txt"]),
    ("a/**/z.txt", ["a/z.txt", "a/b/c/z.txt", "b/z.txt"], ["b/z.txt"]),
    ("out\n!out/keep.txt", ["out/keep.txt", "x.txt"], ["x.txt"]),
    ("# comment\n\\#file\n\n", ["#file", "x.txt"], ["x.txt"]),
    ("\\!bang", ["!bang", "x.txt"], ["x.txt"]),
    ("a b.txt\nend\\ ", ["a b.txt", "end ", "x.txt"], ["x.txt"]),
    ("*\n!*.py\n!*/", ["a.py", "d/b.py", "d/c.txt"], ["a.py", "d/b.py"]),
    ("*.txt\r\n", ["a.txt", "b.md"], ["b.md"]),
]


@pytest.mark.parametrize(("rules", "files", "left"), IGNORE_CASES)
def test_gitignore_rules(rules, files, left, tmp_path):
    """A .gitignore leaves out what gitignore(5) says."""
    assert listed(tree(tmp_path, {".gitignore": rules, **names(*files)})) == left


def test_nearer_rules_win(tmp_path):
    """A rule of a nested .gitignore overrules one from above, for its folder alone."""
    root = tree(tmp_path, {".gitignore": "*.log\n", "d/.gitignore": "!b.log\n/c.txt\n"})
    tree(root, names("a.log", "d/b.log", "d/c.txt", "d/e/c.txt", "c.txt"))
    assert listed(root) == ["c.txt", "d/b.log", "d/e/c.txt"]


def test_raoignore_comes_last(tmp_path):
    """.raoignore overrules .ignore, and that .gitignore."""
    root = tree(tmp_path, {".gitignore": "a\nb\n", ".ignore": "!a\n!b\nc\n", ".raoignore": "b\n!c\n"})
    assert listed(tree(root, names("a", "b", "c"))) == ["a", "c"]


def test_rules_above_count_up_to_the_repository(tmp_path):
    """The rules of the repository's root count for a folder inside it; those above the root do not."""
    root = tree(
        tmp_path, {".gitignore": "b.txt\n", "repo/.gitignore": "a.txt\n/sub/d.txt\n", "repo/.git/HEAD": "x"}
    )
    tree(root, {"repo/.ignore": "c.txt\n", **names(*(f"repo/sub/{name}.txt" for name in "abcd"))})
    assert listed(root / "repo" / "sub") == ["b.txt"]


def test_rules_above_do_not_count_outside_a_repository(tmp_path):
    """Without a repository only the folder's own rules count."""
    root = tree(tmp_path, {".gitignore": "a.txt\n", "sub/a.txt": "x"})
    assert listed(root / "sub") == ["a.txt"]


@pytest.mark.parametrize("inside", ["", "sub"])
def test_the_excludes_of_a_repository_count(inside, tmp_path):
    """.git/info/exclude counts from the root and from a folder inside, and any ignore file overrules it."""
    root = tree(tmp_path, {".git/info/exclude": "*.txt\n/sub/c.md\n", ".gitignore": "!b.txt\n"})
    tree(root, names("sub/a.txt", "sub/b.txt", "sub/c.md", "sub/d.md"))
    prefix = "" if inside else "sub/"
    assert listed(root / inside) == [f"{prefix}b.txt", f"{prefix}d.md"]


@pytest.mark.parametrize("linked", [".git", ".git/info", ".git/info/exclude"])
def test_excludes_behind_a_link_do_not_count(linked, tmp_path):
    """A link on the way to .git/info/exclude is not followed."""
    outside = tree(tmp_path / "outside", {".git/info/exclude": "a.txt\n"})
    root = tree(tmp_path / "root", names("a.txt"))
    (root / linked).parent.mkdir(parents=True, exist_ok=True)
    (root / linked).symlink_to(outside / linked)
    assert listed(root) == ["a.txt"]


def test_nested_repositories_have_rules_of_their_own(tmp_path):
    """A repository or submodule inside is read; git's rules from outside end there, the user's own do not."""
    root = tree(tmp_path, {".git/HEAD": "x", ".gitignore": "*.txt\nignored/\n", ".raoignore": "*.csv\n"})
    tree(
        root, {"repo/.git/HEAD": "x", "module/.git": "gitdir: ../.git/modules/module\n", "ignored/.git/HEAD": "x"}
    )
    tree(
        root, names(*(f"{place}/{name}" for place in ("repo", "module", "ignored") for name in ("a.txt", "b.csv")))
    )
    assert listed(root) == ["module/a.txt", "repo/a.txt"]


def test_no_ignore_takes_everything_but_version_control(tmp_path):
    """With no_ignore, ignored, lock and vendored files are taken; a .git folder never is."""
    root = tree(tmp_path, {".gitignore": "a\n"})
    tree(root, names("a", "uv.lock", "node_modules/x.js", ".git/config", "c/.git/config"))
    assert listed(root, no_ignore=True, hidden=True) == [".gitignore", "a", "node_modules/x.js", "uv.lock"]


def test_what_is_left_out_is_listed_with_its_reason(tmp_path):
    """Every file or folder that is not taken is listed, with a reason in words, and none of these is a failure."""
    root = tree(tmp_path, {".gitignore": "out/\n*.tmp\n"})
    tree(root, names("ok.txt", "out/x", "a.tmp", ".env", "package-lock.json", "lib.min.js", "node_modules/a/b.js"))
    (root / "link.txt").symlink_to("/etc/passwd")
    os.mkfifo(root / "pipe")
    assert left_out(root) == {
        ".env": "hidden",
        ".gitignore": "hidden",
        "a.tmp": "ignored by an ignore file",
        "lib.min.js": "minified or generated",
        "link.txt": "symbolic link, not followed",
        "node_modules": "vendored or generated folder",
        "out": "ignored by an ignore file",
        "package-lock.json": "lock file",
        "pipe": "not a regular file",
    }
    assert not any(entry.failed for entry in listing(root).skipped)


def test_globs_bring_nothing_back(tmp_path):
    """What other rules leave out stays out although a glob names it, with its own reason."""
    root = tree(tmp_path, {".gitignore": "b.py\n", **names("a.py", "b.py", ".c.py", "vendor/d.py", "e.md")})
    assert listed(root, globs=("*.py",)) == ["a.py"]
    assert left_out(root, globs=("*.py",)) == {
        ".gitignore": "hidden",
        ".c.py": "hidden",
        "b.py": "ignored by an ignore file",
        "e.md": "left out by --glob",
        "vendor": "vendored or generated folder",
    }
    assert listed(root, globs=("*.py",), hidden=True, no_ignore=True) == [".c.py", "a.py", "b.py", "vendor/d.py"]


def test_a_glob_that_is_no_pattern_is_refused(tmp_path):
    """A mistake in a glob is told before anything is listed."""
    with pytest.raises(UsageError, match="is no pattern"):
        listing(tmp_path, globs=("!",))


def test_links_never_leave_the_folder(tmp_path):
    """Links to files and folders outside, loops, and links to links are not followed."""
    root = tree(tmp_path / "root", names("a.txt"))
    tree(tmp_path, names("outside/secret.txt"))
    links = {
        "out": tmp_path / "outside",
        "self": root,
        "up": "..",
        "loop": "loop",
        "file": "../outside/secret.txt",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    assert listed(root) == ["a.txt"]
    assert left_out(root) == dict.fromkeys(links, "symbolic link, not followed")


def test_a_folder_named_by_a_link_is_listed(tmp_path):
    """The folder that the user names may itself be a link."""
    tree(tmp_path / "real", names("a.txt"))
    (tmp_path / "link").symlink_to("real")
    assert [entry.shown for entry in listing(tmp_path / "link").files] == [f"{tmp_path}/link/a.txt"]


def test_a_file_replaced_after_the_listing_is_refused(tmp_path):
    """A link or a pipe in the place of a file is not opened, and nothing waits for a pipe's other end."""
    (tmp_path / "link").symlink_to(tree(tmp_path, names("a")) / "a")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="symbolic links"):
        open_safely(tmp_path / "link")
    with pytest.raises(ValueError, match="not a regular file"):
        open_safely(tmp_path / "pipe")


def test_sockets_and_devices_are_left_out(tmp_path):
    """A socket is no file to be read, and neither is a device."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "socket"))
        assert left_out(tmp_path) == {"socket": "not a regular file"}
    assert {entry.reason for entry in listing(Path("/dev")).skipped} >= {"not a regular file"}


def test_hostile_ignore_files_are_passed_over_and_listed(tmp_path):
    """An ignore file that is a pipe, a folder or a link to a device neither hangs nor stops the walk."""
    root = tree(tmp_path, {"a.txt": "x", "c/.gitignore/x": "x", "c/b.txt": "x"})
    os.mkfifo(root / ".gitignore")
    (root / ".ignore").symlink_to("/dev/zero")
    assert listed(root) == ["a.txt", "c/b.txt"]
    failed = {entry.path.removeprefix(f"{root}/"): entry.reason for entry in listing(root).skipped if entry.failed}
    assert set(failed) == {".gitignore", ".ignore", "c/.gitignore"}
    assert all(reason.startswith("its rules do not count: ") for reason in failed.values())


def test_rules_of_any_bytes_are_read(tmp_path):
    """Rules that are no text or no patterns do no harm to those that are."""
    root = tree(
        tmp_path, {"d/.gitignore": b"\xff\xfe[\n***a\n[z-a]\n!\n/\n\0\na.txt\n", **names("d/a.txt", "d/b.txt")}
    )
    assert listed(root) == ["d/b.txt"]


@pytest.mark.parametrize(
    ("rules", "why"), [(b"a\n" * 600_000, "larger than 1 MB"), (b"a\n" * 6000, "more than 5,000")]
)
def test_too_large_ignore_files_are_listed(rules, why, tmp_path):
    """An ignore file or its rules beyond the limits do not count, and this is said."""
    root = tree(tmp_path, {".gitignore": rules, "a": "x"})
    assert listed(root) == ["a"]
    assert why in next(entry.reason for entry in listing(root).skipped if entry.failed)


def test_hostile_rules_do_not_hang(tmp_path):
    """Rules at which a backtracking matcher needs years are matched at once."""
    tree(tmp_path, {".gitignore": "a*" * 40 + "b\n" + "**/" * 40 + "x\n", **names("a" * 250, "a/" * 60 + "b")})
    assert len(listed(tmp_path)) == 2


def test_a_git_configuration_is_never_run(tmp_path):
    """A repository whose configuration runs a program is listed without running it."""
    marker = tmp_path / "ran"
    config = f'[core]\n\tfsmonitor = "touch {marker}; false"\n\texcludesFile = ../all\n'
    root = tree(tmp_path / "repo", {".git/config": config, ".git/HEAD": "ref: refs/heads/main\n", "a.txt": "x"})
    tree(tmp_path, {"all": "*\n"})
    assert listed(root) == ["a.txt"]
    assert not marker.exists()


@pytest.mark.parametrize("name", ["-rf", "a\nb", "\x1b[2J", "\u202egnp.txt", "\udcff.txt", "é漢😀", " "])
def test_any_name_is_listed(name, tmp_path):
    """Any file name is listed and leads to its file; a foreign byte is shown as a mark."""
    (tmp_path / name).write_text("text")
    entry = listing(tmp_path).files[0]
    assert entry.path == tmp_path / name
    assert entry.relative == name.replace("\udcff", "\ufffd")


def test_rules_match_names_that_are_not_text(tmp_path):
    """Ignore rules compare bytes, so they name files whose names are not UTF-8."""
    tree(tmp_path, {".gitignore": b"\xff*\n", "\udcff.txt": "x", **names("\udcfe.txt")})
    assert listed(tmp_path) == ["\ufffd.txt"]


def test_deeply_nested_folders_are_listed(tmp_path):
    """Depth alone stops no listing, as long as the system can still open the path."""
    with deep_folder(tmp_path, 600) as deep:
        (deep / "b.txt").write_text("x")
        assert listed(tmp_path) == ["d/" * 600 + "b.txt"]


def test_a_path_too_long_for_the_system_is_listed_as_failed(tmp_path):
    """Folders beyond the longest path that the system opens are left out, with what it says."""
    current = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=current)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=current)
        os.close(current)
        current = inner
    os.close(current)
    failed = [entry for entry in listing(tmp_path).skipped if entry.failed]
    assert [entry.reason for entry in failed] == ["cannot be listed: File name too long"]


def test_no_descriptor_stays_open(tmp_path):
    """A listing opens few files at a time and closes all of them."""
    tree(tmp_path, {f"{number}/.gitignore": "x\n" for number in range(100)})
    (tmp_path / ".git" / "info").mkdir(parents=True)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + 10, limits[1]))
    try:
        assert not any(entry.failed for entry in listing(tmp_path).skipped)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_a_folder_that_cannot_be_listed_is_a_failure(tmp_path):
    """A folder that is gone, or is a link by the time it is opened, is listed with what the system says."""
    (tmp_path / "a").mkdir()
    found = listing(tmp_path / "a" / "missing")
    assert [(entry.path, entry.failed) for entry in found.skipped] == [(f"{tmp_path}/a/missing/", True)]
    assert "No such file" in found.skipped[0].reason


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may list everything")
def test_an_unreadable_folder_is_a_failure(tmp_path):
    """A folder without permission is listed with the reason; what is beside it is read."""
    tree(tmp_path, names("a", "locked/b"))
    (tmp_path / "locked").chmod(0)
    try:
        assert listed(tmp_path) == ["a"]
        assert left_out(tmp_path) == {"locked": "cannot be listed: Permission denied"}
    finally:
        (tmp_path / "locked").chmod(0o700)


NAMES = st.sampled_from(
    ["a", "b", "ab", "a.b", "a b", "é", "[a]", "*", "!a", "#a", "a ", "\\", "x.log", "foo", "foobar"]
)
PIECES = (
    "a|b|*|?|/|!| |#|\\|é|**|**/|/**|***|[ab]|[!a]|[^b]|[a-c]|[[:alpha:]]|[]a]|[a|[z-a]|[\\]a]|[--0]|\\ |\\*|\t|\r"
    "|foo|foo**/bar|a/**/b|/a|a/|!b|*.log"
)
IGNORE_FILES = st.lists(NAMES, max_size=2).map(lambda folders: "/".join([*folders, ".gitignore"]))
RULES = st.lists(
    st.lists(st.sampled_from(PIECES.split("|")), min_size=1, max_size=4).map("".join), max_size=5
).map("\n".join)


@needs_git
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), min_size=1, max_size=12),
    st.lists(st.tuples(IGNORE_FILES, RULES), max_size=3),
    RULES,
)
def test_the_listing_equals_that_of_git(tmp_path_factory, files, ignore_files, excludes):
    """Whatever the rules, in whatever folders, the files taken are those that git would add."""
    root = tmp_path_factory.mktemp("repo")
    git(root, "init", "-q")
    for path, content in [*names(*files).items(), *ignore_files]:
        try:
            tree(root, {path: content})
        except OSError:  # a file is where a folder was to be, or the other way round
            continue
    tree(root, {".git/info/exclude": excludes})
    assert sorted(listed(root, hidden=True)) == git_files(root)
