"""The documents tell the truth: options are described, links lead somewhere, marked commands can be run."""

import re
import shlex
from hashlib import sha256

import pytest

from tests.checkout import ROOT, module_sources, run_python

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("models/**/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"(?<![\w-])--?[a-z][\w-]*")
MARKED = r"<!-- command: {} -->\s*```sh\n(.*?)```"
COMMANDS = (
    *("ask", "chat", "summarize", "outline", "bench engine", "bench ingest", "bench quality", "bench reading"),
    *("bench generate niah", "bench generate unanswerable"),
    *("train data", "train sft", "train rl", "train export", "train eval"),
)


def links(text):
    """Return the targets of the links of a page, code blocks left out."""
    return LINK.findall(FENCE.sub("", text))


def broken(page, text):
    """Return the relative links of a page that lead to no file."""
    local = [link for link in links(text) if not re.match(r"[a-z]+:|#", link)]
    return [link for link in local if not (page.parent / link.partition("#")[0]).exists()]


def marked(readme, name):
    """Return the lines of the code blocks that stand behind a marker."""
    return [block.strip().splitlines() for block in re.findall(MARKED.format(name), readme, re.DOTALL)]


def options(text):
    """Return the long and short options that a text names."""
    return set(OPTION.findall(text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_relative_links_lead_to_files(page):
    """Each relative link of a page names a file of the checkout."""
    assert broken(page, page.read_text("utf-8")) == []


def test_a_broken_link_is_found():
    """The link check sees a missing file, and lets addresses, anchors and code alone."""
    text = "[a](missing.md) ![b](<no.png>) [c](https://x.example) [d](#e) [f](docs/zsh.pdf#page=2)\n"
    text += "```\n[h](i.md)\n```\n"
    assert broken(ROOT / "README.md", text) == ["missing.md", "no.png"]


@pytest.mark.parametrize("name", ["first answer", "tests"])
def test_readme_has_each_marked_command_once(name):
    """The README holds one marked block per command, with one line of correct shell quoting in it."""
    (lines,) = marked((ROOT / "README.md").read_text("utf-8"), name)
    assert len(lines) == 1
    assert shlex.split(lines[0])


def test_first_answer_asks_about_a_shipped_document():
    """The README's first command names a PDF that a clone contains."""
    ((line,),) = marked((ROOT / "README.md").read_text("utf-8"), "first answer")
    files = [word for word in shlex.split(line) if word.endswith(".pdf")]
    assert files
    assert all((ROOT / file).is_file() for file in files)


def test_marked_blocks_are_found():
    """The marker must stand directly before its block."""
    text = "<!-- command: tests -->\n```sh\na && b\n```\n\n<!-- command: other -->\ntext\n```sh\nc\n```\n"
    assert marked(text, "tests") == [["a && b"]]
    assert marked(text, "other") == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_in_the_user_guide(command):
    """Each option that ``--help`` shows is described in the user guide."""
    done = run_python("-m", "rao_cli", *command.split(), "--help")
    assert done.returncode == 0, done.stderr
    shown = options(done.stdout)
    assert len(shown) >= 10
    assert shown - options((ROOT / "docs" / "user-guide.md").read_text("utf-8")) == set()


def test_options_are_found_in_text():
    """Long and short options are recognised in help columns and in prose; hyphenated words are not options."""
    assert options("  -q, --quiet  say-nothing\n`--max-tokens N`, e-mail -- x") == {
        "-q",
        "--quiet",
        "--max-tokens",
    }


def test_every_exit_code_is_in_the_user_guide():
    """The codes that errors end with are listed for people who write scripts."""
    text = (ROOT / "docs" / "user-guide.md").read_text("utf-8")
    assert [code for code in (0, 1, 2, 3, 4, 5, 6, 130, 141) if not re.search(rf"(?<!\d){code}(?!\d)", text)] == []


def test_every_settled_page_exists():
    """The pages that the README and the house rules point at are there."""
    names = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "docs/architecture.md",
        "docs/decisions.md",
    ]
    names += ["docs/user-guide.md", "docs/THIRD_PARTY.md"]
    assert [name for name in names if not (ROOT / name).is_file()] == []


def test_pages_named_in_the_source_exist():
    """A page that a docstring or message sends the reader to is there."""
    named = {page for text in module_sources().values() for page in re.findall(r"\bdocs/[\w/-]+\.md\b", text)}
    assert [page for page in sorted(named) if not (ROOT / page).is_file()] == []


def test_files_named_in_the_architecture_exist():
    """Each file and folder that the architecture page names is in the checkout."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    places = [
        name for name in re.findall(r"`([\w./]+/)`", text) if name.startswith(("rao_cli/", "tests/", "models/"))
    ]
    starts = [
        f"{folder}{name}"
        for folder, row in re.findall(r"^\| `(rao_cli/\w+/)` \|(.*)\|$", text, re.MULTILINE)
        for name in re.findall(r"`(\w+\.py)`", row)
    ]
    assert len(starts) > 5
    assert [name for name in places + starts if not (ROOT / name).exists()] == []


def test_every_shipped_foreign_file_has_its_licence_named():
    """Each document that is shipped but not ours is listed, with the digest of the very file in the checkout."""
    kinds = {".pdf", ".gguf", ".docx"}
    folders = (ROOT / "docs", ROOT / "tests" / "data", ROOT / "models")
    foreign = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in kinds]
    text = (ROOT / "docs" / "THIRD_PARTY.md").read_text("utf-8")
    wanted = [f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(ROOT).as_posix()}" for path in foreign]
    assert wanted
    assert [line for line in wanted if line not in text] == []
