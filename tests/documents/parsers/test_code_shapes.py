"""Shapes of code that are easily got wrong: odd definitions, imports and names, broken and hostile sources."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.parsers.code import parse
from rao_cli.documents.parsers.code_grammars import GRAMMARS
from tests.documents.code.snippets import SNIPPETS


def found_in(language: str, source: str):
    """Return what the parser finds in one source."""
    data = source.encode()
    return parse(data, {"files": [{"language": language, "size": len(data)}]})["files"][0]


def symbols(language: str, source: str) -> list[str]:
    """Return each symbol's kind and full name."""
    return [
        f"{kind} {container}.{name}" if container else f"{kind} {name}"
        for name, kind, _, _, _, container in found_in(language, source)["symbols"]
    ]


def check(source: str, found) -> None:
    """Assert that places lie in the text, sections in each other and in order, and that names are there."""
    for name, _, _, start, end, _ in found["symbols"]:
        assert 0 <= start < end <= len(source)
        assert name
    waiting = [(0, len(source), found["sections"])]
    while waiting:
        low, high, sections = waiting.pop()
        for _, title, start, end, inside in sections:
            assert low <= start < end <= high
            assert len(title) <= 160
            low = end
            waiting.append((start, end, inside))


CASES = [
    ("python", "async def f(): pass\n", ["function f"]),
    ("python", "class A:\n    async def f(self): pass\n", ["class A", "method A.f"]),
    ("python", "class A:\n    class B:\n        def f(self): pass\n", ["class A", "class A.B", "method A.B.f"]),
    ("python", "@property\ndef f(): pass\n", ["function f"]),
    ("python", "def f():\n    def g(): pass\n", ["function f", "function f.g"]),
    ("python", "if x:\n    A = 1\nelse:\n    A = 2\n", ["constant A", "constant A"]),
    ("python", "try:\n    import a\nexcept ImportError:\n    a = None\n", ["constant a"]),
    ("python", "def f():\n    local = 1\n", ["function f"]),
    ("python", "a, b = 1, 2\n", []),
    ("python", "a.b = 1\n", []),
    ("python", "A: int = 3\n", ["constant A"]),
    ("python", "f = lambda x: x\n", ["constant f"]),
    ("python", "def _(): pass\n", []),
    ("python", "def __init__(): pass\n", ["function __init__"]),
    ("python", "def f[T](x: T) -> T: ...\n", ["function f"]),
    ("python", "type Pair = tuple[int, int]\n", ["type Pair"]),
    ("javascript", "const f = async (a) => a\n", ["function f"]),
    ("javascript", "module.exports.f = function () {}\n", ["function f"]),
    ("javascript", "exports.f = () => 1\n", ["function f"]),
    ("javascript", "A.prototype.f = function () {}\n", ["method A.f"]),
    (
        "javascript",
        "class A { #x = 1; static f() {} get g() { return 1 } }\n",
        ["class A", "field A.#x", "method A.f", "method A.g"],
    ),
    ("javascript", "export default class A {}\n", ["class A"]),
    ("javascript", "const o = { f: () => 1, g() {} }\n", ["constant o", "function o.f", "method o.g"]),
    ("javascript", "function* g() {}\n", ["function g"]),
    ("javascript", "(function () { var x = 1 })()\n", []),
    ("typescript", "interface A { x: number; f(): void }\n", ["interface A", "field A.x", "prototype A.f"]),
    ("typescript", "enum E { A, B = 2 }\n", ["enum E", "constant E.A", "constant E.B"]),
    ("typescript", "type T = { a: string }\n", ["type T", "field T.a"]),
    ("typescript", "declare const x: number\n", ["constant x"]),
    ("typescript", "namespace N { export function f() {} }\n", ["namespace N", "function N.f"]),
    ("tsx", "export const A = () => <div>a</div>\n", ["function A"]),
    ("go", "package a\n\nfunc (t *T) F() {}\n", ["method T.F"]),
    ("go", "package a\n\nfunc F[T any](x T) T { return x }\n", ["function F"]),
    ("go", "package a\n\ntype S struct { A int }\n", ["struct S", "field S.A"]),
    ("go", "package a\n\nconst (\n\tA = iota\n\tB\n)\n", ["constant A", "constant B"]),
    ("rust", "impl A { fn f(&self) {} }\n", ["method A.f"]),
    ("rust", "trait T { fn f(&self); }\n", ["trait T", "prototype T.f"]),
    ("rust", "pub enum E { A, B(u8) }\n", ["enum E", "constant E.A", "constant E.B"]),
    ("rust", "mod m { pub fn f() {} }\n", ["module m", "function m.f"]),
    ("java", "class A { A() {} int f() { return 1; } }\n", ["class A", "constructor A.A", "method A.f"]),
    ("java", "interface I { void f(); }\n", ["interface I", "method I.f"]),
    ("java", "record P(int x, int y) {}\n", ["class P"]),
    ("c", "int f(void) { return 1; }\n", ["function f"]),
    ("c", "struct s { int a; };\n", ["struct s", "field s.a"]),
    ("c", "#define A 1\n#define F(x) x\n", ["constant A", "macro F"]),
    ("cpp", "namespace n { class A { void f(); }; }\n", ["namespace n", "class n.A", "prototype n.A.f"]),
    ("cpp", "void A::f() {}\n", ["method A.f"]),
    ("csharp", "class A { public int X { get; set; } void F() {} }\n", ["class A", "property A.X", "method A.F"]),
    ("ruby", "class A\n  def f; end\n  def self.g; end\nend\n", ["class A", "method A.f", "method A.g"]),
    ("ruby", "module M\n  class B::C\n  end\nend\n", ["module M", "class M.B.C"]),
    ("ruby", "class A\n  attr_reader :x, :y\nend\n", ["class A", "property A.x", "property A.y"]),
    ("php", "<?php class A { function f() {} }\n", ["class A", "method A.f"]),
    ("php", "<?php enum S { case A; }\n", ["enum S", "constant S.A"]),
    ("bash", "f() { echo; }\nfunction g { echo; }\n", ["function f", "function g"]),
    ("bash", "A=1\nexport B=2\n", ["variable A", "variable B"]),
    ("sql", "CREATE TABLE t (a int);\n", ["table t"]),
    ("sql", "CREATE VIEW v AS SELECT 1;\n", ["view v"]),
    ("json", '{"a": {"b": 1}, "c": 2}', ["key a", "key c"]),
    ("yaml", "a:\n  b: 1\nc: 2\n", ["key a", "key c"]),
    ("toml", "a = 1\n[b]\nc = 2\n[[d]]\n", ["key a", "key b", "key d"]),
    ("html", '<div id="a"><p id="b">x</p></div>', ["element a", "element a.b"]),
    ("css", ".a { color: red }\n@keyframes k { from { top: 0 } }\n", ["rule .a", "rule k"]),
]


@pytest.mark.parametrize(("language", "source", "expected"), CASES)
def test_definitions_of_odd_shapes(language, source, expected):
    """What a programmer would call a definition is one, with its kind and what it stands in."""
    found = symbols(language, source)
    assert found == expected


@pytest.mark.parametrize(
    ("language", "source", "imports"),
    [
        ("python", "import a.b, c as d\n", ["a.b", "c"]),
        ("python", "from . import a\n", [".a"]),
        ("python", "from ..b import a as x\n", ["..b.a"]),
        ("python", "from a import *\n", ["a"]),
        ("python", "from a import (b, c)\n", ["a.b", "a.c"]),
        ("python", "import a\nimport a\n", ["a"]),
        ("python", "def f():\n    import late\n", ["late"]),
        ("python", "# import a\n'import b'\n", []),
        ("javascript", 'import a from "./a"\n', ["./a"]),
        ("javascript", 'import "side"\n', ["side"]),
        ("javascript", 'export * from "x"\n', ["x"]),
        ("javascript", 'const a = require("a")\n', ["a"]),
        ("javascript", 'const a = await import("a")\n', ["a"]),
        ("javascript", 'acquire("a")\n', []),
        ("javascript", "require(name)\n", []),
        ("typescript", 'import type { A } from "a"\n', ["a"]),
        ("go", 'package a\n\nimport (\n\t"fmt"\n\tx "a/b"\n)\n', ["fmt", "a/b"]),
        ("rust", "use a::b;\n", ["a::b"]),
        ("java", "import a.b.C;\n", ["a.b.C"]),
        ("c", '#include <a.h>\n#include "b.h"\n', ["a.h", "b.h"]),
        ("csharp", "using A.B;\n", ["A.B"]),
        ("ruby", 'require "a"\nrequire_relative "./b"\n', ["a", "./b"]),
        ("php", "<?php use A\\B; require 'c.php';\n", ["A\\B", "c.php"]),
        ("bash", "source a.sh\n. b.sh\n", ["a.sh", "b.sh"]),
        ("html", '<script src="a.js"></script><a href="b">', ["a.js"]),
        ("css", '@import "a.css";\n', ["a.css"]),
        ("json", '{"import": "a"}', []),
    ],
)
def test_imports_of_odd_shapes(language, source, imports):
    """What a source takes from others is named as it is written, once."""
    assert found_in(language, source)["imports"] == imports


@pytest.mark.parametrize("language", GRAMMARS)
@pytest.mark.parametrize("cut", [0.3, 0.7])
def test_a_source_that_is_cut_is_read(language, cut):
    """Half a file gives what is whole in it, at places that are there."""
    source = SNIPPETS[language].source
    source = source[: int(len(source) * cut)]
    check(source, found_in(language, source))


@pytest.mark.parametrize("language", GRAMMARS)
@pytest.mark.parametrize("source", ["", "\n", " ", "\0", "\ufeff", "é漢😀", "{" * 300, "(" * 300, "\\\n" * 50])
def test_what_is_no_source_is_read(language, source):
    """Nothing, signs and brackets without end break no grammar."""
    check(source, found_in(language, source))


@pytest.mark.parametrize("language", GRAMMARS)
def test_empty_lines_before_a_source_move_its_places(language):
    """Two empty lines at the top move each symbol by two characters and change nothing else."""
    source = SNIPPETS[language].source
    moved = found_in(language, "\n\n" + source)
    assert [[*each[:3], each[3] - 2, each[4] - 2, each[5]] for each in moved["symbols"]] == found_in(
        language, source
    )["symbols"]
    check("\n\n" + source, moved)


@pytest.mark.parametrize("language", GRAMMARS)
def test_line_ends_do_not_matter(language):
    """The names that a source with CRLF defines are those of the same with plain newlines."""
    source = SNIPPETS[language].source
    names = [symbol[0] for symbol in found_in(language, source)["symbols"]]
    assert [symbol[0] for symbol in found_in(language, source.replace("\n", "\r\n"))["symbols"]] == names


snippet = st.sampled_from(sorted(SNIPPETS)).flatmap(
    lambda language: st.tuples(st.just(language), st.lists(st.integers(0, 2000), max_size=6))
)


@given(snippet, st.text(alphabet="(){}[]\"'\\\n #/*<é;:=", max_size=5))
def test_any_damage_leaves_places_in_the_text(chosen, put):
    """Whatever is put into a source, all that is found lies inside the text, in order."""
    language, places = chosen
    source = SNIPPETS[language].source[:1500]
    for place in places:
        at = place % (len(source) + 1)
        source = source[:at] + put + source[at:]
    check(source, found_in(language, source))


def test_sections_nest_to_a_depth():
    """Classes in classes without end are sections to a depth, and symbols below it."""
    source = "".join(f"{'  ' * n}class C{n}:\n" for n in range(40)) + "  " * 40 + "pass\n"
    found = found_in("python", source)
    depth, sections = 0, found["sections"]
    while sections:
        depth, sections = depth + 1, sections[0][4]
    assert depth == 8
    assert len(found["symbols"]) == 40


@pytest.mark.parametrize(
    ("language", "piece"),
    [
        ("python", "f("),
        ("python", "[x for x in "),
        ("javascript", "() => {"),
        ("cpp", "template <"),
        ("json", '{"a":'),
        ("html", "<div>"),
        ("bash", "$("),
        ("css", "a{"),
    ],
)
def test_depth_without_end_takes_little_time(language, piece):
    """What is nested ten thousand times is parsed within seconds."""
    source = piece * 10_000
    start = time.process_time()
    check(source, found_in(language, source))
    assert time.process_time() - start < 5


def test_a_name_of_any_length_is_bounded():
    """A name of thousands of letters is cut, and no container grows without end."""
    found = found_in("python", f"class {'A' * 5000}:\n    def f(self): pass\n")
    assert all(len(symbol[0]) <= 1000 and len(symbol[5]) <= 200 for symbol in found["symbols"])


def test_uses_are_told_once_each():
    """Identifiers come in order with their counts; a word in a string or comment does not count."""
    uses = found_in("python", "b = a\nc = a + b  # a\n'a'\n")["uses"]
    assert uses == "a 2 b 2 c 1"


@pytest.mark.parametrize("length", [200, 201])
def test_overlong_identifiers_are_left_out(length):
    """An identifier over the longest name is not counted as a use."""
    assert bool(found_in("python", "x" * length + "\n")["uses"]) is (length == 200)
