"""Walking folders: ignore rules as git has them, and everything left out listed with its reason."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.documents.load import ReadOptions, open_sources
from rao_cli.documents.model import Document
from rao_cli.errors import InputError, UsageError
from tests.documents.making import check_partition, encrypted_pdf, plain_pdf


def tree(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write files below a root and return it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def read(root: Path, **options) -> list[str]:
    """Return the paths that were read, relative to the root."""
    return [os.path.relpath(origin.path, root) for origin in opened(root, **options).origins]


def opened(root: Path, **options) -> Document:
    """Open a folder."""
    document = open_sources([str(root)], ReadOptions(**options))
    check_partition(document, document.root)
    return document


def skipped(root: Path, **options) -> dict[str, str]:
    """Return what was left out and why."""
    return {os.path.relpath(entry.path, root): entry.reason for entry in opened(root, **options).skipped}


def names(*paths: str) -> dict[str, str]:
    """Return files of those names, each with a line of text."""
    return dict.fromkeys(paths, "text\n")


def test_folders_and_files_are_sections(tmp_path):
    """Each folder and file is a section of its kind, in the order of their names."""
    root = tree(tmp_path, names("b.txt", "a/c.txt", "a/b/d.txt", "Z.txt"))
    sections = [(section.kind, section.title) for section in opened(root).root.walk()]
    assert sections == [
        ("folder", tmp_path.name),
        ("file", "Z.txt"),
        ("folder", "a/"),
        ("folder", "a/b/"),
        ("file", "a/b/d.txt"),
        ("file", "a/c.txt"),
        ("file", "b.txt"),
    ]


def test_each_kind_has_its_loader(tmp_path):
    """PDF and Markdown files in a folder keep their pages and headings."""
    root = tree(tmp_path, {"a.pdf": plain_pdf(["hello"]), "b.md": "# One\n\nx\n\n# Two\n\ny\n", "c.py": "x = 1"})
    document = opened(root)
    assert [bool(origin.pages) for origin in document.origins] == [True, False, False]
    assert [child.title for child in document.root.children[1].children] == ["One", "Two"]
    assert document.text == "hello\n# One\n\nx\n\n# Two\n\ny\nx = 1\n"


def test_paths_are_as_the_user_would_open_them(tmp_path, monkeypatch):
    """A relative folder gives relative paths."""
    tree(tmp_path, names("src/a.txt"))
    monkeypatch.chdir(tmp_path)
    assert open_sources(["src"]).origins[0].path == "src/a.txt"
    assert open_sources(["."]).origins[0].path == "src/a.txt"


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
    ("x?.t[xy]t", ["x1.txt", "x2.tyt", "x12.txt"], ["x12.txt"]),
    ("*\n!*.py\n!*/", ["a.py", "d/b.py", "d/c.txt"], ["a.py", "d/b.py"]),
    ("*.txt\r\n", ["a.txt", "b.md"], ["b.md"]),
]


@pytest.mark.parametrize(("rules", "files", "left"), IGNORE_CASES)
def test_gitignore_rules(rules, files, left, tmp_path):
    """A .gitignore leaves out what gitignore(5) says."""
    assert read(tree(tmp_path, {".gitignore": rules, **names(*files)})) == left


def test_nearer_rules_win(tmp_path):
    """A rule of a nested .gitignore overrules one from above, for its folder alone."""
    root = tree(tmp_path, {".gitignore": "*.log\n", "d/.gitignore": "!b.log\n/c.txt\n"})
    tree(root, names("a.log", "d/b.log", "d/c.txt", "d/e/c.txt", "c.txt"))
    assert read(root) == ["c.txt", "d/b.log", "d/e/c.txt"]


def test_raoignore_comes_last(tmp_path):
    """.raoignore overrules .ignore, and that .gitignore."""
    root = tree(tmp_path, {".gitignore": "a\nb\n", ".ignore": "!a\n!b\nc\n", ".raoignore": "b\n!c\n"})
    assert read(tree(root, names("a", "b", "c"))) == ["a", "c"]


def test_rules_above_count_up_to_the_repository(tmp_path):
    """The rules of the repository's root count for a folder inside it; those above the root do not."""
    root = tree(tmp_path, {".gitignore": "b.txt\n", "repo/.gitignore": "a.txt\n", "repo/.git/HEAD": "x"})
    tree(root, names("repo/sub/a.txt", "repo/sub/b.txt"))
    assert read(root / "repo" / "sub") == ["b.txt"]


def test_rules_above_do_not_count_outside_a_repository(tmp_path):
    """Without a repository only the folder's own rules count."""
    root = tree(tmp_path, {".gitignore": "a.txt\n", "sub/a.txt": "x"})
    assert read(root / "sub") == ["a.txt"]


def test_no_ignore_reads_everything_but_version_control(tmp_path):
    """With no_ignore, ignored, lock and vendored files are read; a .git folder never is."""
    root = tree(tmp_path, {".gitignore": "a\n"})
    tree(root, names("a", "uv.lock", "node_modules/x.js", ".git/config"))
    assert read(root, no_ignore=True, hidden=True) == [".gitignore", "a", "node_modules/x.js", "uv.lock"]


def test_what_is_left_out_is_listed_with_its_reason(tmp_path):
    """Every file or folder that is not read is listed, with a reason in words."""
    root = tree(tmp_path, {".gitignore": "out/\n", "bin.dat": b"\0\1", "empty.txt": "", "blank.txt": "  \n"})
    tree(root, {"locked.pdf": encrypted_pdf(["x"], "pw"), "scan.pdf": plain_pdf([""]), "bad.pdf": b"%PDF-1.4 x"})
    tree(root, names("ok.txt", "out/x", ".env", "package-lock.json", "lib.min.js", "node_modules/a/b.js"))
    (root / "link.txt").symlink_to("/etc/passwd")
    os.mkfifo(root / "pipe")
    assert skipped(root) == {
        ".env": "hidden",
        ".gitignore": "hidden",
        "bad.pdf": "not a readable PDF: damaged or cut short",
        "bin.dat": "a binary file, not text",
        "blank.txt": "empty",
        "empty.txt": "empty",
        "lib.min.js": "minified or generated",
        "link.txt": "symbolic link, not followed",
        "locked.pdf": "encrypted and needs a password",
        "node_modules": "vendored or generated folder",
        "out": "ignored by an ignore file",
        "package-lock.json": "lock file",
        "pipe": "not a regular file",
        "scan.pdf": "scanned: no text on page 1",
    }


def test_hidden_files_are_read_when_asked(tmp_path):
    """With hidden, names that start with a dot are read."""
    root = tree(tmp_path, names(".config/a", ".env", "b"))
    assert read(root, hidden=True) == [".config/a", ".env", "b"]


def test_links_never_leave_the_folder(tmp_path):
    """Links to files and folders outside, and loops, are not followed."""
    root = tree(tmp_path / "root", names("a.txt"))
    tree(tmp_path, names("outside/secret.txt"))
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "self").symlink_to(root)
    assert read(root) == ["a.txt"]


def test_hostile_ignore_files_are_passed_over(tmp_path):
    """An ignore file that is a pipe, a link to a device or not text neither hangs nor stops the walk."""
    root = tree(tmp_path, {"a.txt": "x", "d/.gitignore": b"\xff\xfe[\n***\n[z-a]\n!\n/\na.txt\n", "d/a.txt": "x"})
    os.mkfifo(root / ".gitignore")
    (root / ".ignore").symlink_to("/dev/zero")
    assert read(root) == ["a.txt"]


def test_a_git_configuration_is_never_run(tmp_path):
    """A repository whose configuration runs a program is walked without running it."""
    marker = tmp_path / "ran"
    config = f'[core]\n\tfsmonitor = "touch {marker}; false"\n'
    root = tree(tmp_path / "repo", {".git/config": config, ".git/HEAD": "ref: refs/heads/main\n", "a.txt": "x"})
    assert read(root) == ["a.txt"]
    assert not marker.exists()


@pytest.mark.parametrize("name", ["-rf", "a\nb", "\x1b[2J", "\u202egnp.txt", "\udcff.txt", "é漢😀", " "])
def test_hostile_names_are_read_and_shown_safely(name, tmp_path):
    """Any file name is read; its title is one clean line, its path the name, with a mark for a foreign byte."""
    (tmp_path / name).write_text("text")
    document = opened(tmp_path)
    assert document.root.children[0].title.isprintable()
    assert document.origins[0].path == str(tmp_path / name.replace("\udcff", "\ufffd"))


@pytest.mark.parametrize(
    ("files", "message", "hint"),
    [
        ({}, "it is empty", "text or PDF"),
        ({"a": b"\0"}, "1 left out (a binary file, not text)", "text or PDF"),
        ({".a": b"x"}, "1 left out (hidden)", "--hidden"),
        ({"d/uv.lock": b"x", "e/f": b""}, "2 left out (empty; lock file)", "--no-ignore"),
    ],
)
def test_nothing_readable_is_an_error(files, message, hint, tmp_path):
    """A folder with nothing readable is refused, with the reasons and the option that helps."""
    with pytest.raises(InputError) as caught:
        opened(tree(tmp_path, files))
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("globs", "left"),
    [
        ((), ["a.py", "d/b.py", "d/e/c.md", "n.md"]),
        (("*.py",), ["a.py", "d/b.py"]),
        (("*.py", "*.md"), ["a.py", "d/b.py", "d/e/c.md", "n.md"]),
        (("/*.py",), ["a.py"]),
        (("d/",), ["d/b.py", "d/e/c.md"]),
        (("d/**/*.md",), ["d/e/c.md"]),
        (("!*.md",), ["a.py", "d/b.py"]),
        (("!d",), ["a.py", "n.md"]),
        (("d", "!*.py"), ["d/e/c.md"]),
        (("!*.py", "d"), ["d/b.py", "d/e/c.md"]),
        (("!d", "d/b.py"), ["d/b.py"]),
        (("*",), ["a.py", "d/b.py", "d/e/c.md", "n.md"]),
        (("[ad].py",), ["a.py"]),
        (("[[a].py",), ["a.py"]),
    ],
)
def test_globs_choose_files(globs, left, tmp_path):
    """A pattern without ! limits what is read, one with ! takes away, and the last that names a file decides."""
    root = tree(tmp_path, names("a.py", "d/b.py", "d/e/c.md", "n.md"))
    assert read(root, globs=globs) == left
    assert set(skipped(root, globs=globs).values()) <= {"left out by --glob"}


def test_brackets_in_brackets_are_no_warning(tmp_path):
    """A rule at which Python's expressions warn is read without one, which would stand on the user's screen."""
    root = tree(tmp_path, {".gitignore": "[[a].tmp\n", **names("a.tmp", "b.tmp")})
    assert read(root) == ["b.tmp"]


def test_globs_that_leave_nothing_are_an_error(tmp_path):
    """A folder in which no file matches is refused, and the globs are named as the reason."""
    with pytest.raises(InputError, match="left out by --glob") as caught:
        opened(tree(tmp_path, names("a.txt")), globs=("*.py",))
    assert "--glob" in caught.value.hint


def test_what_globs_leave_out_is_no_failure(tmp_path):
    """Files that no glob names are listed, left out by rule, so that strict accepts them."""
    root = tree(tmp_path, {"a.py": "x = 1\n", "b.bin": b"\0"})
    document = opened(root, globs=("*.py",), strict=True)
    assert [(entry.reason, entry.failed) for entry in document.skipped] == [("left out by --glob", False)]


def test_globs_bring_nothing_back(tmp_path):
    """What other rules leave out stays out although a glob names it, with its own reason."""
    root = tree(tmp_path, {".gitignore": "b.py\n", **names("a.py", "b.py", ".c.py", "vendor/d.py")})
    assert read(root, globs=("*.py",)) == ["a.py"]
    assert skipped(root, globs=("*.py",)) == {
        ".gitignore": "hidden",
        ".c.py": "hidden",
        "b.py": "ignored by an ignore file",
        "vendor": "vendored or generated folder",
    }
    assert read(root, globs=("*.py",), hidden=True, no_ignore=True) == [".c.py", "a.py", "b.py", "vendor/d.py"]


def test_globs_choose_among_the_files_of_folders_only(tmp_path):
    """A file that the user named is read whatever the globs say."""
    tree(tmp_path, names("a.txt"))
    document = open_sources([str(tmp_path / "a.txt")], ReadOptions(globs=("*.py",)))
    assert document.text == "text\n"


@pytest.mark.parametrize("glob", ["", " ", "#a", "!", "/", "[z-a]"])
def test_a_glob_that_is_no_pattern_is_refused(glob, tmp_path):
    """A glob that can name nothing is a mistake of the user's, told with an example."""
    with pytest.raises(UsageError, match="is no pattern") as caught:
        opened(tree(tmp_path, names("a.txt")), globs=(glob,))
    assert "*.py" in caught.value.hint


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.text("!*?[]/.ab", min_size=1, max_size=6), max_size=4))
def test_globs_divide_the_files(tmp_path, globs):
    """Whatever the globs, each file is read or listed, unless a glob is refused or nothing is left."""
    files = ["a.b", "a/b", "b/a.a"]
    root = tree(tmp_path, names(*files))
    try:
        document = opened(root, globs=tuple(globs))
    except (InputError, UsageError):
        return
    shown = [origin.path for origin in document.origins] + [entry.path for entry in document.skipped]
    assert sorted(os.path.relpath(path, root) for path in shown) == files


def test_strict_refuses_what_cannot_be_read(tmp_path):
    """With strict, a file that fails is an error; one left out by rule or empty is not."""
    root = tree(tmp_path, {"a.txt": "x", "uv.lock": "x", "empty": ""})
    assert read(root, strict=True) == ["a.txt"]
    tree(root, {"b.bin": b"\0"})
    with pytest.raises(InputError, match="a binary file"):
        opened(root, strict=True)


def test_deep_folders_end(tmp_path):
    """Folders nested beyond the limit are left out with the reason."""
    deep = tmp_path.joinpath(*["d"] * 70)
    tree(tmp_path, names("a.txt"))
    deep.mkdir(parents=True)
    (deep / "b.txt").write_text("x")
    assert list(skipped(tmp_path).values()) == ["nested deeper than 64 folders"]
    with pytest.raises(InputError, match="nested deeper"):
        opened(tmp_path, strict=True)


def test_what_failed_is_told_from_what_a_rule_left_out(tmp_path):
    """Only a file that was to be read and could not be counts as failed."""
    tree(tmp_path, names("a.txt", ".hidden"))
    (tmp_path / "b.bin").write_bytes(bytes(100))
    assert [(one.reason, one.failed) for one in opened(tmp_path).skipped] == [
        ("hidden", False),
        ("a binary file, not text", True),
    ]


def test_the_order_is_stable(tmp_path):
    """Two readings of a folder give the same document."""
    root = tree(tmp_path, names(*(f"{number % 7}/f{number}.txt" for number in range(60))))
    assert opened(root) == opened(root)


# In the order in which git would see them, so that a failing example reads as a .gitignore.
RULES = st.lists(
    st.sampled_from(
        """* !*/ !*.py *.py a !a a/ !a/ /a /* !/a a/* !a/b a/** **/b a/**/b !a/b/ b/ ? [ab] !b.py
        /a/b.py ** !**/ c*""".split()  # noqa: SIM905
    ),
    max_size=5,
)
PLACES = ["a", "b", "b.py", "c/a", "c/b.py", "d/a/b", "d/b.py", "e/b/a.py", "f/f"]
INSIDE = ["a/b.py", "a/b/c", "a/c", "b/a", "b/b.py", "c/a/b/a.py", "f"]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(RULES, RULES, st.sampled_from([PLACES, INSIDE]))
def test_the_walk_equals_git(tmp_path_factory, rules, nested, files):
    """Whatever the rules, here and in a nested folder, the files read are those that git would add."""
    root = tree(tmp_path_factory.mktemp("repo"), names(*files))
    tree(
        root,
        {
            ".gitignore": "\n".join(["# rules", *rules]),
            "c/.gitignore": "\n".join(["# rules", *nested]),
            "README": "x",
            "!x": "x",
        },
    )
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    command = ["git", "-C", str(root), "ls-files", "-coz", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True).stdout.decode().split("\0")
    try:
        found = read(root, hidden=True)
    except InputError:
        found = []
    shutil.rmtree(root)
    assert sorted(found) == sorted(filter(None, listed))
