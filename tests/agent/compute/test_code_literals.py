"""Values of expressions in source text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.code_constants import told
from rao_cli.agent.compute.code_literals import Value, assigned, evaluate, unit_of
from rao_cli.agent.compute.code_scan import closing, pieces_of, without_comment

CONSTANTS = {"KILO": "1000", "Sizes::MEGA": "KILO * 1000", "LOOP": "LOOP + 1", "NAME": '"tea"'}


def value(expression):
    """Evaluate an expression beside a few constants."""
    return evaluate(expression, CONSTANTS.get)


@pytest.mark.parametrize(
    ("definition", "name", "language", "expected"),
    [
        ("LIMIT = 3", "LIMIT", "python", "3"),
        ("LIMIT: Final[int] = 3  # at most", "LIMIT", "python", "3"),
        ("PAIR = 1, 2", "PAIR", "python", "1, 2"),
        ("pub const LIMIT: [u8; 4] = MAX;", "LIMIT", "rust", "MAX"),
        ("#define LIMIT (4 * 2) /* most */", "LIMIT", "c", "(4 * 2)"),
        ("#define TWICE(x) x + x", "TWICE", "c", None),
        ("static const int LIMIT = 5, OTHER = 6;", "LIMIT", "c", "5"),
        ("static const char *name[] = {1, 2};", "name", "c", "{1, 2}"),
        ('const limit = "a = b"', "limit", "javascript", '"a = b"'),
        ("const a = 1, limit = 2", "limit", "javascript", "2"),
        ("limit: number", "limit", "typescript", None),
        ("private static final int LIMIT = 1 << 13;", "LIMIT", "java", "1 << 13"),
        ("if LIMIT == 3", "LIMIT", "python", None),
        ("OTHER_LIMIT = 3", "LIMIT", "python", None),
        ("Width int", "Width", "go", None),
        ("FlickerPeriod = 3 * time.Second // long", "FlickerPeriod", "go", "3 * time.Second"),
    ],
)
def test_the_assigned_expression_is_found(definition, name, language, expected):
    """What stands after the name's own equals sign is the expression, without type and comment."""
    assert assigned(definition, name, language) == expected


@pytest.mark.parametrize(
    ("expression", "text", "number"),
    [
        ("3", "3", 3),
        ("1_000", "1000", 1000),
        ("2_500usize", "2500", 2500),
        ("0x1F", "0x1F", 31),
        ("0b101", "0b101", 5),
        ("10UL", "10", 10),
        ("1.5", "1.5", 1.5),
        ("-4", "-4", -4),
        ("2e3", "2e3", 2000.0),
        ('"tea"', "tea", None),
        ("'tea'", "tea", None),
        ('r"\\d+"', "\\d+", None),
        ('r#"a "b" c"#', 'a "b" c', None),
        ("true", "true", None),
        ("None", "None", None),
        ("1 << 13", "8192", 8192),
        ("(4*256)", "1024", 1024),
        ("KILO", "1000", 1000),
        ("Sizes::MEGA", "1000000", 1000000),
        ("KILO * 2 - 1", "1999", 1999),
        ("NAME", "tea", None),
        ('Path("x")', "x", None),
        ('"tea".to_string()', "tea", None),
        ("ExitCode(7)", "7", 7),
        ("(int) 7", "7", 7),
        ("7 as u64", "7", 7),
        ('os.environ.get("TEA", "green")', "green", None),
        ('int(os.environ.get("CUPS", "3"))', "3", 3),
        ("process.env.TEA || 'green'", "green", None),
        ("cups ?? 80", "80", 80),
        ("configured.unwrap_or(12)", "12", 12),
    ],
)
def test_an_expression_is_read(expression, text, number):
    """Literals, sums, other constants, wrappers and fallbacks have a value."""
    found = value(expression)
    assert (found.text, found.number) == (text, number)


@pytest.mark.parametrize(
    ("expression", "number", "seconds"),
    [
        ("Duration::from_millis(250)", 250, 1e-3),
        ("Duration::from_secs(5)", 5, 1.0),
        ("datetime.timedelta(days=30).total_seconds()", 30, 86400.0),
        ("5 * time.Second", 5, 1.0),
        ("time.Minute * 2", 2, 60.0),
        ("time.Hour", 1, 3600.0),
        ("Duration.ofMillis(7)", 7, 1e-3),
    ],
)
def test_a_length_of_time_has_its_unit(expression, number, seconds):
    """The call or the factor names the unit in which the number counts."""
    found = value(expression)
    assert (found.number, found.seconds) == (number, seconds)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "compute(1, 2)",
        "UNKNOWN",
        "LOOP",
        '"a" + "b"',
        "[1, 2]",
        "{'a': 1}",
        "1 / 0",
        "2 ** 99999",
        "9 << 9999",
        "__import__('os').getcwd()",
        "f(g(h(1), 2))",
        "(" * 500 + ")" * 500,
        "lambda: 3",
    ],
)
def test_what_takes_more_than_reading_has_no_value(expression):
    """Calls, unknown names, endless names and huge powers are left alone."""
    assert value(expression) is None


@given(st.text(alphabet="()[]{}'\"`\\=+*<>|.,:;#/ abz019_\n", max_size=200))
def test_any_text_is_survived(text):
    """No expression, however broken, raises an error."""
    value(text)
    assigned(f"X = {text}", "X", "python")
    assigned(f"X = {text}", "X", "rust")


@given(st.integers(min_value=0, max_value=10**12))
def test_whole_numbers_come_back(number):
    """A number that is written in digits has just that value, in groups of digits too."""
    assert value(f"{number}").number == number == value(f"{number:_}").number


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("TIMEOUT_MS", 1e-3),
        ("maxAgeSeconds", 1.0),
        ("EXPIRY_DAYS", 86400.0),
        ("WAIT_MIN", 60.0),
        ("KEEP_ALIVE_HOURS", 3600.0),
        ("ITEMS", 0.0),
        ("SIZE", 0.0),
    ],
)
def test_a_name_tells_a_unit(name, seconds):
    """The end of a constant's name may be a unit of time."""
    assert unit_of(name) == seconds


@pytest.mark.parametrize(
    ("given_value", "name", "question", "expected"),
    [
        (Value("1500", 1500), "WAIT_MS", "How many seconds does it wait?", "1.5"),
        (Value("2", 2, 60.0), "WAIT", "How many seconds is the wait?", "120"),
        (Value("2", 2, 60.0), "WAIT", "What is the wait?", "2 minutes"),
        (Value("1", 1, 60.0), "WAIT", "What is the wait?", "1 minute"),
        (Value("9", 9), "WAIT", "How many days does it wait?", "9"),
        (Value("tea", quoted=True), "NAME", "How many are there?", None),
        (Value("  ", quoted=True), "NAME", "What is the name?", None),
        (Value("word " * 13, quoted=True), "NAME", "What is the text?", None),
        (Value("one\n two", quoted=True), "NAME", "What is the text?", "one two"),
    ],
)
def test_a_value_is_told_as_it_is_asked_for(given_value, name, question, expected):
    """Numbers are in the asked unit, texts on one line, and what is too long or no number is not told."""
    assert told(given_value, name, question) == expected


@pytest.mark.parametrize(
    ("text", "marks", "language", "expected"),
    [
        ("a, b, c", ",", "", ["a", " b", " c"]),
        ("f(a, b), 'x, y', [1, 2]", ",", "", ["f(a, b)", " 'x, y'", " [1, 2]"]),
        ("a) b, c", ",", "", ["a"]),
        ('"""a, b""", c', ",", "", ['"""a, b"""', " c"]),
        ("it's, here", ",", "", ["it's", " here"]),
        ("&'a str, b: &'a str", ",", "rust", ["&'a str", " b: &'a str"]),
        ("',', 'x'", ",", "rust", ["','", " 'x'"]),
        ("", ",", "", [""]),
    ],
)
def test_text_is_split_outside_of_brackets(text, marks, language, expected):
    """Marks in brackets and quotation marks do not divide; in Rust an apostrophe may be a lifetime."""
    assert pieces_of(text, marks, language) == expected


@given(st.text(alphabet="ab,()'\"\\\n", max_size=80))
def test_pieces_never_gain_text(text):
    """The pieces with their marks between them are the text, or its start."""
    assert text.startswith(",".join(pieces_of(text, ",")))


@pytest.mark.parametrize(
    ("text", "at", "expected"), [("(a(b)c)d", 0, 6), ("(a", 0, 2), ("[')']x", 0, 4), ("x(1)", 1, 3)]
)
def test_a_bracket_is_followed_to_its_end(text, at, expected):
    """The place is that of the bracket which closes it, or the text's end."""
    assert closing(text, at) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("3  # three", "python", "3  "),
        ("'#'  # mark", "python", "'#'  "),
        ("3 // three", "go", "3 "),
        ("3 /* three */", "c", "3 "),
        ("7 // 2", "python", "7 // 2"),
        ("[1, # one\n 2]", "python", "[1, # one\n 2]"),
    ],
)
def test_a_comment_at_the_end_is_cut(text, language, expected):
    """A comment ends an expression; a mark inside of a text or brackets does not."""
    assert without_comment(text, language) == expected


def test_hostile_text_takes_little_time():
    """A long run of marks that never close is gone through once."""
    for text in ("(" * 20_000, "'" * 20_001, '"' * 20_001, "a = " * 5_000, "`" * 20_001):
        pieces_of(text, ",")
        closing(f"({text}", 0)
        assigned(f"X = {text}", "X", "c")
