"""Signatures read from source text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.code_signatures import bases, signature


@pytest.mark.parametrize(
    ("language", "definition", "parameters", "returns"),
    [
        (
            "python",
            "def f(self, a, b: int = 3, *rest, c='x, y', **more) -> dict[str, int]:\n    pass",
            [("a", ""), ("b", "3"), ("rest", ""), ("c", "'x, y'"), ("more", "")],
            "dict[str, int]",
        ),
        (
            "python",
            "async def f(a,  # first, really\n      b=(1, 2)):\n    pass",
            [("a", ""), ("b", "(1, 2)")],
            "",
        ),
        ("python", "def f(a, /, b, *, c): pass", [("a", ""), ("b", ""), ("c", "")], ""),
        (
            "rust",
            "pub fn f<'a, T>(&mut self, a: &'a str, mut b: T) -> Result<&'a str, E> where T: X {",
            [("a", ""), ("b", "")],
            "Result<&'a str, E>",
        ),
        (
            "go",
            "func (s *Server) f(a int, b ...string) (string, error) {",
            [("a", ""), ("b", "")],
            "(string, error)",
        ),
        ("go", "func f() map[string]interface{} {", [], "map[string]interface{}"),
        ("javascript", "const f = async (a, b = 2) => a", [("a", ""), ("b", "2")], ""),
        ("javascript", "function f(a, { b = 1 } = {}) {}", [("a", ""), ("b", "{}")], ""),
        (
            "typescript",
            "function f(a?: number, b: string = 'x'): Promise<void> {",
            [("a", ""), ("b", "'x'")],
            "Promise<void>",
        ),
        (
            "java",
            "@Override\npublic static List<String> f(final int a, String... b) {",
            [("a", ""), ("b", "")],
            "List<String>",
        ),
        ("c", "static inline const char *f(const char *a, int b[2])\n{", [("a", ""), ("b", "")], "const char *"),
        ("c", "PUBLIC_API(int) f(void)\n{", [], "int"),
        ("cpp", "int f(int a, bool b = false) {", [("a", ""), ("b", "false")], "int"),
        ("csharp", 'public async Task<int> f(int a, string b = "x") {', [("a", ""), ("b", '"x"')], "Task<int>"),
        ("php", "function f(?string $a = null, int $b = 3): bool {", [("a", "null"), ("b", "3")], "bool"),
        ("ruby", "def f(a, b = 2, c: 3)", [("a", ""), ("b", "2"), ("c", "3")], ""),
    ],
)
def test_a_signature_is_read(language, definition, parameters, returns):
    """Each language's parameters, defaults and return type are found."""
    read = signature(definition, "f", language)
    assert [(one.name, one.default) for one in read.parameters] == parameters
    assert read.returns == returns


@pytest.mark.parametrize(("language", "kind"), [("python", "int"), ("rust", "int"), ("go", "int"), ("c", "int")])
def test_a_parameter_has_its_type(language, kind):
    """The type stands after the name, or before it."""
    sources = {
        "python": "def f(a: int): pass",
        "rust": "fn f(a: int) {",
        "go": "func f(a int) {",
        "c": "void f(int a) {",
    }
    assert signature(sources[language], "f", language).parameters[0].type == kind


def test_what_is_no_function_has_no_signature():
    """A constant, or another name, is not called."""
    assert signature("F = 3", "F", "python") is None
    assert signature("def g(a): pass", "f", "python") is None


@pytest.mark.parametrize(
    ("language", "definition", "expected"),
    [
        ("python", "class A:\n", []),
        ("python", "class A(b.C, D[int], metaclass=E):\n", ["b.C", "D"]),
        ("javascript", "class A extends B {", ["B"]),
        ("typescript", "class A<T> extends B<T> implements C, D {", ["B", "C", "D"]),
        ("java", "public final class A extends B implements C {", ["B", "C"]),
        ("cpp", "class A final : public B, private virtual C {", ["B", "C"]),
        ("csharp", "class A : B, IC {", ["B", "IC"]),
        ("ruby", "class A < B::C", ["B::C"]),
        ("php", "class A extends B {", ["B"]),
        ("rust", "trait A: B + C {", ["B", "C"]),
        ("go", "type A struct {", []),
    ],
)
def test_bases_are_read(language, definition, expected):
    """What a class extends and implements stands in its head."""
    assert bases(definition, "A", language) == expected


def test_one_sort_of_bases_may_be_asked_for():
    """What is implemented is told apart from what is extended."""
    head = "class A extends B implements C, D {"
    assert bases(head, "A", "java", "implements") == ["C", "D"]
    assert bases(head, "A", "java", "extends") == ["B"]


@given(
    st.text(alphabet="f(),=:{}<>'\"ab \n->[]", max_size=120),
    st.sampled_from(["python", "rust", "c", "go", "java"]),
)
def test_any_text_is_survived(text, language):
    """No definition, however broken, raises an error."""
    signature(f"f {text}", "f", language)
    bases(f"class f {text}", "f", language)
