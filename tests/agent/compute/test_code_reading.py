"""Reading source text: constants, signatures and bases as each language really writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.code_literals import assigned, evaluate, unit_of
from rao_cli.agent.compute.code_scan import pieces_of, without_comment
from rao_cli.agent.compute.code_signatures import bases, signature

KNOWN = {
    "BASE": "10",
    "ROOT": '"/srv"',
    "A": "B",
    "B": "A",
    "self.depth": "7",
    "Deep": "E1",
    "E1": "E2",
    "E2": "3",
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0", "0"),
        ("007", "007"),
        ("+5", "+5"),
        ("-0x10", "-0x10"),
        ("1e3", "1e3"),
        ("1E-3", "1E-3"),
        (".5", ".5"),
        ("5.", "5."),
        ("10L", "10"),
        ("10u64", "10"),
        ("10_i32", "10"),
        ("0.5f", "0.5"),
        ("1_000_000", "1000000"),
        ("0xFF_FF", "0xFFFF"),
        ("0o755", "0o755"),
        ("'x'", "x"),
        ('"x"', "x"),
        ("`x`", "x"),
        ('"""x\ny"""', "x\ny"),
        ("b'x'", "x"),
        ('L"wide"', "wide"),
        ('@"verbatim"', "verbatim"),
        ('u8"utf"', "utf"),
        ('"it\'s"', "it's"),
        ("'say \"x\"'", 'say "x"'),
        ("True", "True"),
        ("false", "false"),
        ("nil", "nil"),
        ("nullptr", "nullptr"),
        ("undefined", "undefined"),
        ("BASE", "10"),
        ("BASE * 6", "60"),
        ("BASE * BASE", "100"),
        ("BASE + 1", "11"),
        ("BASE // 3", "3"),
        ("(BASE - 4) * 2", "12"),
        ("1 << 4 | 1", "17"),
        ("2 ** 10", "1024"),
        ("60 * 60 * 24", "86400"),
        ("4 / 2", "2"),
        ("1 / 4", "0.25"),
        ("-BASE", "-10"),
        ("Deep", "3"),
        ("self.depth", "7"),
        ("64 * 1024UL", "65536"),
        ("ROOT", "/srv"),
        ('String("x")', "x"),
        ('new Color("red")', "red"),
        ("Some(4)", "4"),
        ('"x".into()', "x"),
        ('"x".to_owned()', "x"),
        ("'  x '.strip()", "  x "),
        ("Path('/etc')", "/etc"),
        ("field(default=3)", "3"),
        ('Setting(default="warm")', "warm"),
        ("timedelta(hours=2)", "2"),
        ("float('2.5')", "2.5"),
        ("Number('12')", "12"),
        ('getenv("HOME_DIR", "/home")', "/home"),
        ('ENV.fetch("CUPS", "4")', "4"),
        ("options.size || 20", "20"),
        ("given or 'none given'", "none given"),
        ("x.unwrap_or(9)", "9"),
    ],
)
def test_values_as_languages_write_them(expression, expected):
    """Numbers keep their notation, texts lose their quotes, named constants and simple sums are followed."""
    found = evaluate(expression, KNOWN.get)
    assert found is not None
    assert found.text == expected


@pytest.mark.parametrize(
    "expression",
    [
        "A",
        "A + 1",
        "UNKNOWN * 2",
        "'a' * 3",
        "[1]",
        "(1, 2)",
        "x if y else z",
        "not True and",
        "1 if",
        "3 apples",
        "'a' 'b' 'c'",
        "f'{x}' + 'y'",
        "load('a', 'b')",
        "1 << 64",
        "10 ** 100",
        "0 ** -1",
        "5 % 0",
        "BASE.attribute",
        "await 3",
        "x = 3",
        "'unclosed",
        '"unclosed',
        "0x",
        "१२३ + ",
        "eval('1')()",
        "import os",
        ";;;",
        "\\",
    ],
)
def test_values_that_are_not_written(expression):
    """Circles, calls of several arguments, collections and broken text have no value."""
    assert evaluate(expression, KNOWN.get) is None


@pytest.mark.parametrize(
    ("language", "definition", "expected"),
    [
        ("python", "X: int = 4", "4"),
        ("python", "X = (1 +\n     2)", "(1 +\n     2)"),
        ("python", "X = 'a#b'  # c", "'a#b'"),
        ("python", "X = Y = 4", "Y = 4"),
        ("python", "X: dict[str, int] = {}", "{}"),
        ("javascript", "const X = 4;", "4"),
        ("javascript", "export const X = '//';  // slashes", "'//'"),
        ("javascript", "let X", None),
        ("javascript", "X => 4", None),
        ("typescript", "export const X: Record<string, number> = {a: 1}", "{a: 1}"),
        ("typescript", "private readonly X: string = 'q'", "'q'"),
        ("go", "X = 4", "4"),
        ("go", 'var X string = "q"', '"q"'),
        ("go", "X float64 = 1.5 // half", "1.5"),
        ("rust", 'pub static X: &str = "q";', '"q"'),
        ("rust", "const X: Option<u8> = Some(4);", "Some(4)"),
        ("java", 'public static final String X = "a, b";', '"a, b"'),
        ("java", "int X = 4, Y = 5;", "4"),
        ("c", "#define X 4", "4"),
        ("c", "#  define X 4 // four", "4"),
        ("c", "#define X", None),
        ("c", "extern int X;", None),
        ("c", "int X[3] = {1, 2, 3};", "{1, 2, 3}"),
        ("c", "#define X \\\n  9", "9"),
        ("cpp", "constexpr auto X = 4u;", "4u"),
        ("cpp", 'static const std::string X = "q";', '"q"'),
        ("csharp", "public const int X = 4;", "4"),
        ("csharp", "public int X { get; set; } = 4;", "4"),
        ("ruby", "X = 4 # four", "4"),
        ("ruby", "X ||= 4", None),
        ("php", "const X = 4;", "4"),
        ("php", "public $X = 'q';", "'q'"),
        ("bash", "X=4", "4"),
        ("bash", 'readonly X="q"', '"q"'),
        ("python", "X == 4", None),
        ("python", "X += 4", None),
        ("python", "f(X=4)", "4"),
        ("python", "MAX = 4", None),
        ("python", "X_Y = 4", None),
        ("python", "", None),
    ],
)
def test_assigned_expressions(language, definition, expected):
    """What is given to X is found as it is written; comparisons and longer names give X nothing."""
    found = assigned(definition, "X", language)
    assert found == expected or (expected is None and found in (None, ""))


SIGNATURES = [
    ("python", "def go(): pass", [], ""),
    ("python", "def go(a): pass", ["a"], ""),
    ("python", "def go(self): pass", [], ""),
    ("python", "def go(cls, a): pass", ["a"], ""),
    ("python", "def go(a=(1, 2), b=[3, 4]): pass", ["a", "b"], ""),
    ("python", "def go(a='(', b=')'): pass", ["a", "b"], ""),
    ("python", "def go(*, a): pass", ["a"], ""),
    ("python", "def go(*args, **kwargs): pass", ["args", "kwargs"], ""),
    ("python", "def go(a: 'Thing' = None) -> 'Thing': pass", ["a"], "'Thing'"),
    ("python", "def go(a: Callable[[int], str]) -> None: pass", ["a"], "None"),
    ("python", "def go(\n    a,\n    b,\n):\n    pass", ["a", "b"], ""),
    ("python", "@wraps(f)\ndef go(a): pass", ["a"], ""),
    ("javascript", "function go() {}", [], ""),
    ("javascript", "function* go(a) {}", ["a"], ""),
    ("javascript", "async function go(a, ...rest) {}", ["a", "rest"], ""),
    ("javascript", "const go = (a, b) => a + b", ["a", "b"], ""),
    ("javascript", "const go = function (a) {}", ["a"], ""),
    ("javascript", "go(a = f(1, 2)) {}", ["a"], ""),
    ("typescript", "function go(a: string): string {", ["a"], "string"),
    ("typescript", "function go<T>(a: T[]): T[] {", ["a"], "T[]"),
    ("typescript", "go(private a: number, public b: string) {", ["a", "b"], ""),
    ("typescript", "go(a: { b: number }): void {", ["a"], "void"),
    ("typescript", "const go = (a: number): number => a", ["a"], "number"),
    ("go", "func go() {", [], ""),
    ("go", "func go() error {", [], "error"),
    ("go", "func go(a string) (int, error) {", ["a"], "(int, error)"),
    ("go", "func (s *S) go(ctx context.Context, a int) error {", ["ctx", "a"], "error"),
    ("go", "func go(f func(int) bool) {", ["f"], ""),
    ("rust", "fn go() {", [], ""),
    ("rust", "pub fn go(&self) -> u8 {", [], "u8"),
    ("rust", "fn go(self, a: Vec<u8>) -> Result<(), Error> {", ["a"], "Result<(), Error>"),
    ("rust", "pub(crate) async fn go(a: &mut str) {", ["a"], ""),
    ("rust", "fn go<F: Fn(u8) -> u8>(f: F) -> u8 {", ["f"], "u8"),
    ("java", "void go() {", [], "void"),
    ("java", "public int go(int a) throws IOException {", ["a"], "int"),
    ("java", "private Map<String, Integer> go(Map<String, Integer> a) {", ["a"], "Map<String, Integer>"),
    ("java", "abstract String go(String a, int... b);", ["a", "b"], "String"),
    ("c", "int go(void);", [], "int"),
    ("c", "void go(char *a, const int *b) {", ["a", "b"], "void"),
    ("c", "unsigned long go(size_t a)\n{", ["a"], "unsigned long"),
    ("c", "static struct thing *go(struct thing *a) {", ["a"], "struct thing *"),
    ("cpp", "virtual bool go(int a = 3) const override;", ["a"], "bool"),
    ("cpp", "std::string go(const std::string& a) {", ["a"], "std::string"),
    ("csharp", "public static string go(ref int a, out int b) {", ["a", "b"], "string"),
    ("csharp", "internal override Task go() {", [], "Task"),
    ("php", "function go($a, $b = []) {", ["a", "b"], ""),
    ("php", "public static function go(int ...$a): ?string {", ["a"], "?string"),
    ("ruby", "def go(a, *b, &c)", ["a", "b", "c"], ""),
    ("ruby", "def go(a:, b: 2)", ["a", "b"], ""),
    ("ruby", "def self.go(a)", ["a"], ""),
]


@pytest.mark.parametrize(("language", "definition", "parameters", "returns"), SIGNATURES)
def test_signatures(language, definition, parameters, returns):
    """The names of the parameters and the type returned are read from a head of any usual form."""
    read = signature(definition, "go", language)
    assert [one.name for one in read.parameters] == parameters
    assert read.returns == returns


@pytest.mark.parametrize(
    ("language", "definition", "names"),
    [
        ("python", "class A(): pass", []),
        ("python", "class A(B): pass", ["B"]),
        ("python", "class A(Generic[T], B[int]): pass", ["Generic", "B"]),
        ("python", "class A[T](B): pass", ["B"]),
        ("python", "class A(b.c.D): pass", ["b.c.D"]),
        ("python", "class A(metaclass=M): pass", []),
        ("javascript", "class A {", []),
        ("javascript", "class A extends b.C {", ["b.C"]),
        ("typescript", "export abstract class A extends B {", ["B"]),
        ("typescript", "interface A extends B, C {", ["B", "C"]),
        ("java", "class A {", []),
        ("java", "class A<T> extends B<T> {", ["B"]),
        ("java", "interface A extends B, C {", ["B", "C"]),
        ("java", "class A implements B, C {", ["B", "C"]),
        ("cpp", "struct A : B {", ["B"]),
        ("cpp", "class A : public b::C, protected D {", ["b::C", "D"]),
        ("csharp", "public sealed class A : B {", ["B"]),
        ("ruby", "class A < StandardError", ["StandardError"]),
        ("ruby", "class A", []),
        ("php", "final class A extends B implements C {", ["B", "C"]),
        ("rust", "pub trait A: Send + Sync {", ["Send", "Sync"]),
        ("rust", "trait A {", []),
    ],
)
def test_heads_of_classes(language, definition, names):
    """What a class extends is read without modifiers, type arguments and keywords."""
    assert bases(definition, "A", language) == names


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("timeout_seconds", 1),
        ("TIMEOUT_SEC", 1),
        ("POLL_INTERVAL_MS", 0.001),
        ("retryDelayMillis", 0.001),
        ("max_age_days", 86400),
        ("TTL_HOURS", 3600),
        ("KEEP_WEEKS", 604800),
        ("WAIT_MINUTES", 60),
        ("REQUESTS_PER_SECOND", 0),
        ("BYTES_PER_MINUTE", 0),
        ("COLUMNS", 0),
        ("ITEMS", 0),
        ("m", 0),
        ("", 0),
    ],
)
def test_units_in_names(name, seconds):
    """A name that ends in a unit of time tells it; a rate tells none."""
    assert unit_of(name) == pytest.approx(seconds)


@given(st.sampled_from(SIGNATURES), st.integers(0, 80))
def test_cut_signatures_are_survived(case, end):
    """A definition that is cut anywhere gives a signature or none, never an error."""
    language, definition, _, _ = case
    signature(definition[:end], "go", language)


@given(st.lists(st.text(alphabet="abc019_", min_size=1, max_size=6), min_size=1, max_size=6))
def test_plain_pieces_come_back(parts):
    """What is joined with commas is split into the same parts."""
    assert pieces_of(",".join(parts), ",") == parts


@given(st.text(alphabet="abc 019=+'\"", max_size=40))
def test_text_without_marks_has_no_comment(text):
    """Where no comment begins, nothing is cut."""
    assert without_comment(text, "python") == text
