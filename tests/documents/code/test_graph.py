"""A codebase answers where names are defined, what uses them and what matters."""

import time

import pytest

from rao_cli.documents.code.graph import Codebase
from rao_cli.documents.model import CodeFile, Document, Origin, Section, Span, Symbol
from tests.documents.code.making import corpus

FILES = {
    "r/app/__init__.py": "from app.store import Store\n",
    "r/app/store.py": '''"""Keep pages."""
from app.text import parse_config


class Store:
    def load(self, path):
        return parse_config(path)

    def save(self):
        return self.load("x")
''',
    "r/app/text.py": """def parse_config(path):
    inner = 1
    return helper(path)


def helper(path):
    return path
""",
    "r/app/main.py": """from app.store import Store
from app.text import parse_config


def main():
    parse_config(Store().load('y'))
""",
    "r/tests/test_store.py": """from app.store import Store


def test_load():
    assert Store().load('a') == Store().load('a')
""",
    "r/web/view.ts": """export function parseConfig(x: number) { return x }
export class Store { load() { return parseConfig(1) } }
""",
    "r/package.json": '{"load": 1, "helper": 2}\n',
}


@pytest.fixture(scope="module")
def codebase(context):
    """Return the codebase of a small repository."""
    return Codebase(corpus(context, FILES))


def places(codebase, name):
    """Return path:line of each definition of a name."""
    return [f"{found.path}:{found.line}" for found in codebase.definitions(name)]


def test_a_definition_has_its_path_and_line(codebase):
    """The place is that of the definition in its own file, wherever that stands in the document."""
    assert places(codebase, "helper")[:1] == ["r/app/text.py:6"]
    assert places(codebase, "test_load") == ["r/tests/test_store.py:4"]
    [found] = codebase.definitions("parse_config")
    assert found.symbol.signature == "def parse_config(path)"


def test_a_name_as_written_is_preferred_to_one_that_reads_alike(codebase):
    """Case and separators count where the name exists so, and do not where it does not."""
    assert places(codebase, "parseConfig") == ["r/web/view.ts:1"]
    assert places(codebase, "ParseConfig") == ["r/app/text.py:1", "r/web/view.ts:1"]
    assert places(codebase, "parse config") == ["r/app/text.py:1", "r/web/view.ts:1"]


def test_words_find_the_names_that_hold_them_all(codebase):
    """A part of an identifier finds it, if nothing is called so."""
    assert places(codebase, "config") == ["r/app/text.py:1", "r/web/view.ts:1"]
    assert places(codebase, "config nowhere") == []


@pytest.mark.parametrize("name", ["Store.load", "Store::load", "Store.load()", "store.LOAD"])
def test_a_qualified_name_finds_the_member(codebase, name):
    """What stands before the last name limits where it is defined."""
    assert places(codebase, name) == ["r/app/store.py:6", "r/web/view.ts:2"]


def test_an_unknown_qualifier_does_not_hide_the_name(codebase):
    """Where nothing is called so inside of that, the name alone counts."""
    assert places(codebase, "app.helper")[:1] == ["r/app/text.py:6"]


@pytest.mark.parametrize("name", ["", ".", "()", "nowhere", "::", "a b c", "\0", "(" * 1000])
def test_a_name_that_is_not_there_is_not_found(codebase, name):
    """Nothing is made up for names that nothing has, however odd."""
    assert codebase.definitions(name) == []
    assert codebase.users(name) == []


def test_users_are_files_with_their_counts(codebase):
    """Uses count without the definition, most first."""
    assert codebase.users("parse_config") == [("r/app/main.py", 2), ("r/app/store.py", 2)]
    assert codebase.users("helper") == [("r/app/text.py", 1)]


def test_a_name_that_is_only_used_has_users(codebase):
    """What a library defines can be asked for, too."""
    assert codebase.users("app") == [
        ("r/app/main.py", 2),
        ("r/app/__init__.py", 1),
        ("r/app/store.py", 1),
        ("r/tests/test_store.py", 1),
    ]


def test_references_count_all_uses_but_definitions(codebase):
    """One import and one call in each of two files, and the definition left out."""
    assert codebase.definitions("parse_config")[0].references == 4


def test_imports_lead_both_ways(codebase):
    """A file imports others and is imported."""
    assert codebase.imports("r/app/main.py") == ["r/app/store.py", "r/app/text.py"]
    assert codebase.importers("r/app/store.py") == [
        "r/app/__init__.py",
        "r/app/main.py",
        "r/tests/test_store.py",
    ]
    assert codebase.imports("nowhere.py") == codebase.importers("nowhere.py") == []


def test_what_others_use_ranks_first(codebase):
    """The files that the others build on come before those that nothing uses."""
    ranked = codebase.ranked_files()
    assert [file.path for file in ranked[:2]] == ["r/app/text.py", "r/app/store.py"]
    assert sum(file.score for file in ranked) == pytest.approx(1)


def test_symbols_rank_by_the_files_that_use_them(codebase):
    """Functions and classes that others use come first; keys, and what is inside functions, are not ranked."""
    ranked = [found.symbol.name for found in codebase.ranked_symbols(10)]
    assert set(ranked[:2]) == {"parse_config", "Store"}
    assert "inner" not in ranked
    assert all(found.path != "r/package.json" for found in codebase.ranked_symbols(10))
    assert len(codebase.ranked_symbols(1)) == 1


def test_a_document_without_code_has_nothing_to_rank(context):
    """A folder of other texts is an empty codebase."""
    codebase = Codebase(corpus(context, {"Makefile": "all: build\n"}))
    assert codebase.ranked_files() == []
    assert codebase.ranked_symbols(5) == []
    assert codebase.definitions("all") == []


def scores(files):
    """Return the share of each file; files are given by path as the names they define, import and use."""
    code, origins = [], []
    for number, (path, (defined, imports, used)) in enumerate(files.items()):
        span = Span(number, number + 1)
        symbols = tuple(Symbol(name, "function", name, span) for name in defined)
        uses = " ".join(f"{name} 2" for name in sorted({*defined, *used}))
        code.append(CodeFile(number, "python", symbols, tuple(imports), uses))
        origins.append(Origin(path, span))
    text = "\n" * len(files)
    document = Document(
        "x", text, Section("0", "x", "folder", Span(0, len(text))), tuple(origins), "", code=tuple(code)
    )
    return {ranked.path: ranked.score for ranked in Codebase(document).ranked_files()}


def defining(count, *names, folder="p{}"):
    """Return so many files, each in a folder of its own, that define the names."""
    return {f"{folder.format(number)}/f{number}.py": (names, (), ()) for number in range(count)}


def test_a_name_that_many_files_define_means_none_of_them():
    """Using what thirty files define makes none of them more important than the others."""
    shares = scores({**defining(30, "close"), "q/use.py": ((), (), ("close",))})
    assert max(shares.values()) == pytest.approx(min(shares.values()))


def test_a_name_that_few_files_define_may_mean_each():
    """Using what three files define makes all three more important, by the same."""
    shares = scores({**defining(3, "close"), "q/use.py": ((), (), ("close",))})
    assert shares["p0/f0.py"] == pytest.approx(shares["p2/f2.py"])
    assert shares["p0/f0.py"] > shares["q/use.py"]


@pytest.mark.parametrize("count", [3, 30])
def test_of_many_definitions_the_imported_one_is_meant(count):
    """Among three or thirty files that define a name the one that is imported gains most."""
    others = defining(count, "close")
    imported = scores({**others, "q/use.py": ((), ("p1.f1",), ("close", "shut"))})
    assert max(imported, key=imported.get) == "p1/f1.py"


@pytest.mark.parametrize("count", [3, 30])
def test_of_many_definitions_the_one_beside_is_meant(count):
    """A file means the definition in its own folder, however many others there are elsewhere."""
    shares = scores({**defining(count, "close"), "p1/use.py": ((), (), ("close",))})
    assert max(shares, key=shares.get) == "p1/f1.py"


def test_many_definitions_in_one_folder_mean_none():
    """Where the folder itself has thirty files with the name, the use tells nothing."""
    shares = scores({**defining(30, "close", folder="p"), "p/use.py": ((), (), ("close",))})
    assert max(shares.values()) == pytest.approx(min(shares.values()))


def test_who_defines_a_name_means_its_own():
    """A file that uses a name which it defines, too, refers to no other file."""
    shares = scores(defining(30, "close", folder="p"))
    assert max(shares.values()) == pytest.approx(min(shares.values()))


def test_ranking_takes_time_with_the_number_of_files():
    """Names that thousands of files define and use are not looked up in all of them for each."""
    common = ("close", "get_name", "run_all", "update", "to_text")
    files = defining(3000, *common) | {
        f"q{number}/u{number}.py": ((), (f"p{number}.f{number}",), common) for number in range(3000)
    }
    start = time.process_time()
    shares = scores(files)
    assert time.process_time() - start < 4
    assert sum(shares.values()) == pytest.approx(1)


def test_named_symbols_are_told_with_their_file(context):
    """A name finds its symbols as written or in any case, but not by the words in it."""
    base = Codebase(corpus(context, {"a.py": "def parse_http(): pass\n", "b.py": "x = 1\n"}))
    assert [(file, symbol.name) for file, symbol in base.named("parseHttp")] == [(0, "parse_http")]
    assert base.named("http") == []
