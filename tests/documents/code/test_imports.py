"""Imports are resolved to the files of a codebase, and to no others."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.code.imports import Resolver, family
from tests.documents.code.snippets import SNIPPETS


def resolve(language: str, importing: str, text: str, *others: str) -> list[str]:
    """Return the files among the others that one import in a file names."""
    paths = [importing, *others]
    resolver = Resolver([(path, language) for path in paths])
    return [paths[number] for number in resolver.resolve(0, [text])]


@pytest.mark.parametrize(
    ("language", "importing", "text", "found"),
    [
        ("python", "r/app/a.py", "app.b", "r/app/b.py"),
        ("python", "r/app/a.py", "app.b.Name", "r/app/b.py"),
        ("python", "r/app/a.py", ".b.Name", "r/app/b.py"),
        ("python", "r/app/sub/a.py", "..b", "r/app/b.py"),
        ("python", "r/app/sub/a.py", "..Name", "r/app/__init__.py"),
        ("python", "r/tests/test_a.py", "app.b", "r/src/app/b.py"),
        ("python", "r/app/a.py", "helper", "r/app/helper.py"),
        ("python", "r/app/a.py", "app", "r/app/__init__.py"),
        ("javascript", "r/src/a.js", "./b", "r/src/b.js"),
        ("javascript", "r/src/a.js", "./b.js", "r/src/b.js"),
        ("javascript", "r/src/a.js", "../lib", "r/lib/index.js"),
        ("typescript", "r/src/a.ts", "./b.js", "r/src/b.ts"),
        ("typescript", "r/src/a.ts", "@/parts/b", "r/src/parts/b.ts"),
        ("go", "r/main.go", "example.org/r/model", "r/model/page.go"),
        ("rust", "r/src/main.rs", "crate::model::{Page, Book as B}", "r/src/model.rs"),
        ("rust", "r/src/main.rs", "model", "r/src/model/mod.rs"),
        ("rust", "r/src/walk/mod.rs", "super::model::Page", "r/src/model.rs"),
        ("rust", "r/src/walk.rs", "self::inner::*", "r/src/walk/inner.rs"),
        (
            "java",
            "r/src/main/java/org/app/A.java",
            "org.app.model.Page",
            "r/src/main/java/org/app/model/Page.java",
        ),
        ("java", "r/org/app/A.java", "org.app.Page.twice", "r/org/app/Page.java"),
        ("c", "r/src/a.c", "model.h", "r/src/model.h"),
        ("c", "r/src/a.c", "app/model.h", "r/include/app/model.h"),
        ("cpp", "r/src/a.cpp", "../model.hpp", "r/model.hpp"),
        ("ruby", "r/app.rb", "lib/model", "r/lib/model.rb"),
        ("ruby", "r/app.rb", "rack/utils", "r/lib/rack/utils.rb"),
        ("php", "r/app.php", "__DIR__ . '/lib/help.php", "r/lib/help.php"),
        ("php", "r/src/A.php", "App\\Model\\Page", "r/src/Model/Page.php"),
        ("bash", "r/a.sh", "./lib/help.sh", "r/lib/help.sh"),
        ("css", "r/a.css", "base.css", "r/base.css"),
    ],
)
def test_an_import_names_a_file(language, importing, text, found):
    """The file that the language would load is found, beside one of another name."""
    if language == "php":
        text = text + "'" if "'" in text else text
    assert resolve(language, importing, text, found, "r/other/else.py") == [found]


@pytest.mark.parametrize(
    ("language", "importing", "text", "other"),
    [
        ("python", "r/app/a.py", "json", "r/vendor/deep/json.py"),
        ("python", "r/app/a.py", "os.path", "r/app/path.py"),
        ("python", "r/app/a.py", "...b", "r/app/b.py"),
        ("javascript", "r/a.js", "react", "r/react.js"),
        ("javascript", "r/src/a.js", "./b", "r/b.js"),
        ("go", "r/main.go", "fmt", "r/fmt/fmt.go"),
        ("go", "r/main.go", "example.org/r/model", "r/other/page.go"),
        ("rust", "r/src/main.rs", "std::io", "r/src/walk/io.rs"),
        ("java", "r/org/A.java", "java.util.List", "r/org/List.java"),
        ("c", "r/src/a.c", "stdio.h", "r/deep/other/stdio.h"),
        ("json", "r/a.json", "b", "r/b.json"),
    ],
)
def test_an_import_of_something_else_names_no_file(language, importing, text, other):
    """A file that only shares the last name of a library is not taken for it."""
    assert resolve(language, importing, text, other) == []


def test_of_several_files_the_nearest_is_meant():
    """Two packages with a module of the same name each find their own."""
    files = ["r/one/app/a.py", "r/one/app/b.py", "r/two/app/b.py"]
    resolver = Resolver([(path, "python") for path in files])
    assert resolver.resolve(0, ["app.b"]) == [1]


def test_a_file_of_another_language_is_not_meant():
    """A Python import does not name a Ruby file; TypeScript and JavaScript are one family."""
    assert Resolver([("r/a.py", "python"), ("r/b.rb", "ruby")]).resolve(0, [".b"]) == []
    assert Resolver([("r/a.js", "javascript"), ("r/b.ts", "typescript")]).resolve(0, ["./b"]) == [1]
    assert family("tsx") == family("javascript")


def test_a_go_package_is_all_files_of_its_folder():
    """An import of a package leads to each of its files."""
    files = [("r/main.go", "go"), ("r/model/a.go", "go"), ("r/model/b.go", "go")]
    assert Resolver(files).resolve(0, ["example.org/r/model"]) == [1, 2]


def test_a_file_does_not_import_itself():
    """A path that leads back to the importing file is left out."""
    assert resolve("python", "r/a.py", ".a") == []


@given(
    st.sampled_from(sorted(SNIPPETS)),
    st.lists(st.text(alphabet="ab./\\:{},* '\"@~-", max_size=30), max_size=5),
    st.lists(
        st.sampled_from(["a", "b", "a.b", "/a/b.py", "a/__init__.py", "..", "a/mod.rs", "a//b.go", ""]), min_size=1
    ),
)
def test_any_import_among_any_paths_resolves_or_does_not(language, imports, paths):
    """Whatever a file writes and whatever files are called, the answer is files of the codebase."""
    found = Resolver([(path, language) for path in paths]).resolve(0, imports)
    assert all(0 < number < len(paths) for number in found)
    assert len(set(found)) == len(found)


def test_a_go_import_of_the_repository_itself_names_no_package():
    """An import that shares no folder's name with the codebase is another one's."""
    resolver = Resolver([("main.go", "go"), ("pkg/a/x.go", "go")])
    assert resolver.resolve(0, ["example.com/other", "example.com/", "fmt", ""]) == []


def test_of_go_packages_with_one_name_the_longest_path_is_meant():
    """Of packages whose folders have the same name, the one that shares most of the import's path is taken."""
    files = [("main.go", "go"), ("a/util/x.go", "go"), ("b/util/x.go", "go"), ("b/util/y.go", "go")]
    assert Resolver(files).resolve(0, ["example.com/repo/b/util"]) == [2, 3]


def test_imports_among_many_files_of_one_name_take_little_time():
    """Neither thousands of packages nor thousands of files called alike make each import look at all of them."""
    packages = [(f"pkg/a{number}/p{number}/f.go", "go") for number in range(8000)]
    alike = [(f"p{number}/utils.py", "python") for number in range(8000)]
    resolver = Resolver([*packages, *alike])
    start = time.process_time()
    for number in range(500):
        assert resolver.resolve(0, [f"example.com/repo/pkg/a{number + 1}/p{number + 1}"]) == [number + 1]
        assert resolver.resolve(8000 + number, [".utils", f"p{number + 1}.utils"]) == [8000 + number + 1]
    assert time.process_time() - start < 5
