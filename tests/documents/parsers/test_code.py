"""What is found in source files: definitions, imports, uses and sections, for every language."""

import pytest

from rao_cli.documents.parsers.base import Content
from rao_cli.documents.parsers.code import parse
from rao_cli.documents.parsers.code_grammars import GRAMMARS
from tests.documents.code.snippets import SNIPPETS


def parsed(language: str, source: str) -> Content:
    """Return what the parser finds in one source."""
    data = source.encode()
    return parse(data, {"files": [{"language": language, "size": len(data)}]})["files"][0]


def titles(sections, depth=0):
    """Return the sections' titles, indented by depth."""
    found = []
    for _, title, _, _, inner in sections:
        found.append("  " * depth + title)
        found += titles(inner, depth + 1)
    return found


def texts(source, sections):
    """Return the text of each outermost section."""
    return [source[start:end] for _, _, start, end, _ in sections]


def test_every_language_has_a_snippet():
    """No grammar goes untested."""
    assert SNIPPETS.keys() == GRAMMARS.keys()


@pytest.mark.parametrize("language", SNIPPETS)
def test_the_definitions_of_a_language_are_found(language):
    """Each definition is found once, with its kind, its container and the line of its name or its keyword."""
    snippet = SNIPPETS[language]
    found = {
        (snippet.source.count("\n", 0, start) + 1, kind, f"{container}.{name}" if container else name)
        for name, kind, _, start, _, container in parsed(language, snippet.source)["symbols"]
    }
    assert found == set(snippet.symbols)


@pytest.mark.parametrize("language", SNIPPETS)
def test_the_imports_of_a_language_are_found(language):
    """Imports are returned as they are written, without quotes, in their order."""
    snippet = SNIPPETS[language]
    assert parsed(language, snippet.source)["imports"] == list(snippet.imports)


@pytest.mark.parametrize("language", SNIPPETS)
def test_uses_count_identifiers_outside_of_comments_and_strings(language):
    """Every use in the code counts, and none in comments."""
    snippet = SNIPPETS[language]
    words = parsed(language, snippet.source)["uses"].split()
    counts = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    assert {name: counts.get(name) for name, _ in snippet.uses} == dict(snippet.uses)


def test_comments_and_decorators_belong_to_the_definition_below_them():
    """A section starts with the comment and the decorator directly above."""
    source = "import a\n\n\n# Why.\n@b\n@c(\n  1)\ndef f():\n    pass\n"
    [text] = texts(source, parsed("python", source)["sections"])
    assert text.startswith("# Why.\n@b")


def test_a_comment_after_a_blank_line_or_behind_code_is_not_taken():
    """What does not stand directly above a definition stays where it is."""
    apart = "a = 1\n# Far.\n\ndef f():\n    pass\n"
    behind = "a = 1  # Behind.\ndef f():\n    pass\n"
    assert texts(apart, parsed("python", apart)["sections"]) == ["def f():\n    pass\n"]
    assert texts(behind, parsed("python", behind)["sections"]) == ["def f():\n    pass\n"]


def test_annotations_belong_to_the_section_and_not_to_the_symbol():
    """A Java method's symbol starts at its own line, its section at the comment above its annotation."""
    source = "class A {\n  int x;\n  /** Why. */\n  @Override\n  public int f() {\n    return 1;\n  }\n}\n"
    found = parsed("java", source)
    [symbol] = [symbol for symbol in found["symbols"] if symbol[0] == "f"]
    assert source[symbol[3] :].startswith("public int f()")
    [outer] = found["sections"]
    [inner] = outer[4]
    assert source[inner[2] : inner[3]].startswith("  /** Why. */\n  @Override\n")
    assert symbol[2] == "public int f()"


def test_words_before_a_definition_belong_to_its_section():
    """A section starts with export, default, const and template."""
    for language, source in [
        ("javascript", "let a = 1\nexport default function f() {\n}\n"),
        ("javascript", "let a = 1\nconst f = () => {\n}\n"),
        ("cpp", "int a;\ntemplate <typename T>\nclass X {\n};\n"),
    ]:
        [text] = texts(source, parsed(language, source)["sections"])
        assert text == source.split("\n", 1)[1]


def test_methods_are_sections_of_their_class():
    """Classes hold their methods; one-line definitions and constants stay in the text around them."""
    source = "A = 1\nclass C:\n    x = 1\n    def f(self):\n        pass\n    def g(self): pass\n"
    source += "def h(a, b=2) -> int:\n  pass\n"
    sections = parsed("python", source)["sections"]
    assert titles(sections) == ["class C", "  def f(self)", "def h(a, b=2) -> int"]


def test_a_function_inside_a_short_one_is_no_section_of_its_own():
    """A nested function is split off only where its outer function is long."""
    inner = "    def inner():\n        return 1\n"
    short = f"def outer():\n{inner}    return inner\n"
    long = f"def outer():\n{inner}" + "    call(1)\n" * 300
    assert titles(parsed("python", short)["sections"]) == ["def outer()"]
    assert titles(parsed("python", long)["sections"]) == ["def outer()", "  def inner()"]
    assert [symbol[0] for symbol in parsed("python", short)["symbols"]] == ["outer", "inner"]


def test_a_signature_is_one_line_of_limited_length():
    """Line breaks become spaces, the body is left out, and a long list of parameters is cut."""
    source = "def f(\n    a,\n    b,\n):\n    return 1\n"
    assert parsed("python", source)["symbols"][0][2] == "def f(a, b)"
    commented = "def f(a):  # why\n    # how\n    return 1\n"
    assert parsed("python", commented)["symbols"][0][2] == "def f(a)"
    many = f"def f({', '.join(f'a{i}' for i in range(100))}): pass\n"
    assert len(parsed("python", many)["symbols"][0][2]) == 160


def test_places_count_characters():
    """Offsets are those of the decoded text, whatever stands before."""
    source = "# é漢😀\ndef ünï(x):\n    return '😀'\n\n\ndef g():\n    pass\n"
    found = parsed("python", source)
    assert [source[start:end] for _, _, _, start, end, _ in found["symbols"]] == [
        "def ünï(x):\n    return '😀'",
        "def g():\n    pass",
    ]
    assert texts(source, found["sections"])[1] == "def g():\n    pass\n"


def test_files_of_one_job_are_apart():
    """Each file of a job is answered by itself, in order, whatever its language."""
    datas = [b"def f(): pass\n", "ä = 1\n".encode(), b'{"a": 1}']
    languages = ["python", "python", "json"]
    files = [{"language": language, "size": len(data)} for language, data in zip(languages, datas, strict=True)]
    found = parse(b"".join(datas), {"files": files})["files"]
    assert [[symbol[0] for symbol in file["symbols"]] for file in found] == [["f"], ["ä"], ["a"]]
    assert found[1]["symbols"][0][3:5] == [0, 5]


def test_an_unnamed_definition_is_none():
    """Neither an underscore nor a name that error recovery made up is a symbol."""
    assert parsed("go", "package a\nvar _ = 1\n")["symbols"] == []
    assert parsed("python", "def (): pass\nclass :\n  pass\n")["symbols"] == []


def test_a_variable_made_with_arguments_is_no_prototype():
    """In a C++ function "T x(y);" makes a variable; outside, it declares a function."""
    source = "T f(int y);\nvoid g() {\n  T x(y);\n}\n"
    assert [symbol[:2] for symbol in parsed("cpp", source)["symbols"]] == [["f", "prototype"], ["g", "function"]]


def test_macros_do_not_hide_what_they_stand_before():
    """An export mark before a class or a function is seen through; a macro's own definition stays."""
    source = "#define API_X int x\nclass API_X Shelf {\n  int a;\n};\nAPI_X T find(int key) { return 0; }\n"
    found = parsed("cpp", source)["symbols"]
    assert [(name, kind) for name, kind, *_ in found] == [
        ("API_X", "constant"),
        ("Shelf", "class"),
        ("a", "field"),
        ("find", "function"),
    ]


@pytest.mark.parametrize(
    "source", ["(" * 3000, "class A:\n" * 1000, "-" * 20000 + "1", "f'{" * 1000, "@a\n" * 2000]
)
def test_deep_nesting_is_read(source):
    """Neither brackets nor operators nor decorators nested by the thousands make the parser fail."""
    assert parsed("python", source)["sections"] == []


def test_functions_nested_deeply_are_sections_to_a_depth():
    """Sections stop at eight levels; the symbols below are still found."""
    source = "function f(){\n" * 100 + "x;\n" * 1000 + "}" * 100
    found = parsed("javascript", source)
    assert len(found["symbols"]) == 100
    assert len(titles(found["sections"])) == 8


def test_one_long_line_is_read_in_time():
    """Thousands of functions on one line take a moment: nothing looks for the line's start again and again."""
    source = ";".join(f"function f{i}(a){{return a+{i}}}" for i in range(3000))
    assert len(parsed("javascript", source)["symbols"]) == 3000
