"""Options of programs: defaults, short forms, help; and what a change log says was changed."""

import pytest

from rao_cli.agent.compute.code import solve_code
from rao_cli.agent.question.recognise import recognise
from tests.agent.compute.code_projects import answer, reading_of

CLAP = """struct Opts {
    /// How deep the water is.
    #[arg(
        long,
        short = 'D',
        default_value = "12",
        help = "Depth of the water"
    )]
    pub max_depth: usize,
    #[arg(long, default_value_t = WhenWet::OftenWet)]
    pub wet: WhenWet,
    pub dry: bool,
}
"""
SOURCES = {
    "argparse": ("a.py", 'p.add_argument("-D", "--max-depth", type=int, default=12, help="Depth of the water")\n'),
    "click": (
        "a.py",
        '@click.option("--max-depth", "-D", default=12, help="Depth of the water")\ndef f(): pass\n',
    ),
    "clap": ("a.rs", CLAP),
    "clap calls": (
        "a.rs",
        'fn f() { Arg::new("max-depth").long("max-depth").short(\'D\').default_value("12")\n'
        '    .help("Depth of the water"); }\n',
    ),
    "pflag": ("a.go", 'package a\nfunc f() { flags.IntP("max-depth", "D", 12, "Depth of the water") }\n'),
    "commander": ("a.js", "program.option('-D, --max-depth <n>', 'Depth of the water', 12)\n"),
    "urfave": (
        "a.go",
        'package a\nvar f = cli.IntFlag{Name: "max-depth, D", Value: 12, Usage: "Depth of the water"}\n',
    ),
}


def asked(library, question):
    """Ask about an option that a library declares."""
    path, source = SOURCES[library]
    found = solve_code(recognise(question), reading_of({path: source}))
    return found.answer if found else None


@pytest.mark.parametrize("library", SOURCES)
def test_the_default_of_an_option_is_read(library):
    """Every library's way to give a default is known."""
    assert asked(library, "What is the default of the --max-depth option?") == "12"


@pytest.mark.parametrize("library", SOURCES)
def test_the_short_form_of_an_option_is_read(library):
    """Every library's way to give a short form is known."""
    assert asked(library, "What is the short form of the option --max-depth?") == "-D"


@pytest.mark.parametrize("library", SOURCES)
def test_the_help_of_an_option_is_read(library):
    """Every library's way to give a help text is known."""
    assert asked(library, "What is the help text of --max-depth?") == "Depth of the water"


def test_a_variant_is_told_as_it_is_typed():
    """The default of an option that takes a variant is written in small letters with dashes."""
    assert asked("clap", "What is the default of --wet?") == "often-wet"


@pytest.mark.parametrize("question", ["What is the short form of --dry?", "What is the help text of --unknown?"])
def test_what_is_not_declared_is_not_made_up(question):
    """A field that is no option, and an option that is nowhere, have no short form and no help."""
    assert asked("clap", question) is None


def test_the_own_declaration_goes_before_a_tests():
    """What a test declares does not speak for the program."""
    files = {
        "tests/a.py": 'p.add_argument("--cups", default=1)\n',
        "z.py": 'p.add_argument("--cups", default=2)\n',
    }
    found = solve_code(recognise("What is the default of --cups?"), reading_of(files))
    assert found.answer == "2"


CHANGES = """# Changes

## 2.1.0 - 2024-02-03

- Added the `--steam` option to warm the cup
- Fix crash when the lid is missing

## 2.0.0

### Breaking

- The `--steam-time` option is now in seconds
* Removed support for the gas stove,
  which nobody used

## 1.9.0

- Document the `--steam` option
"""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("In which version was the --steam option added?", "2.1.0"),
        ("In which release was the crash with the missing lid fixed?", "2.1.0"),
        ("In which version was the support for the gas stove removed?", "2.0.0"),
        ("In which version was the --unicorn option added?", None),
        ("In which version was the purple samovar added?", None),
        ("Which version was it?", None),
    ],
)
def test_the_version_of_a_change_is_found(question, expected):
    """The entry that says what the question says tells its version, where one stands out."""
    found = solve_code(recognise(question), reading_of({"CHANGELOG.md": CHANGES, "a.py": "x = 1\n"}))
    assert (found.answer if found else None) == expected


def test_the_entry_is_cited():
    """The evidence is the line of the entry."""
    reading = reading_of({"CHANGELOG.md": CHANGES, "a.py": "x = 1\n"})
    found = solve_code(recognise("In which version was the --steam option added?"), reading)
    assert reading.document.read(found.evidence[0]) == "- Added the `--steam` option to warm the cup"


def test_an_option_of_a_project_has_its_short_form():
    """Argparse may name the short form behind the long one."""
    assert answer("kettle", "What is the shorthand of the option --tea?") == "-t"
