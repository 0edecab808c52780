"""Which packages may be read: permissive licences only, by their own metadata."""

import pytest

from rao_cli.training.environments.code_sources import LARGEST, LEFT_OUT, SMALLEST, installed, permissive


@pytest.mark.parametrize(
    "stated",
    [
        ["MIT"],
        ["BSD-3-Clause"],
        ["Apache-2.0 OR BSD-2-Clause"],
        ["PSF-2.0"],
        ["", "License :: OSI Approved :: Apache Software License"],
        ["Apache 2.0 License"],
    ],
)
def test_permissive_licences(stated):
    """Packages under MIT, BSD, Apache or PSF licences are read."""
    assert permissive(stated)


@pytest.mark.parametrize(
    "stated",
    [
        [],
        [""],
        ["GPL-3.0-or-later"],
        ["MIT", "License :: OSI Approved :: GNU General Public License v2 (GPLv2)"],
        ["MPL-2.0 AND MIT"],
        ["LGPLv3"],
        ["Proprietary"],
        ["SUBMIT"],
    ],
)
def test_other_licences(stated):
    """A package that names another licence, or none, is not read."""
    assert not permissive(stated)


@pytest.mark.parametrize("path", ["a/tests/b.py", "a/_vendor/c.py", "test_x.py", "a/testing.py", "pkg/_vendor.py"])
def test_files_left_out(path):
    """Tests, and what others wrote, are left out."""
    assert LEFT_OUT.search(path)


@pytest.mark.parametrize("path", ["a/latest.py", "contest/b.py", "a/vendors.py"])
def test_files_kept(path):
    """Words that only contain such a name keep a file in."""
    assert not LEFT_OUT.search(path)


def test_installed_packages_are_sorted():
    """The installed packages come by name, each with Python files."""
    names = [package.name for package in installed()]
    assert names == sorted(names)
    assert all(package.paths for package in installed())


def test_an_installed_source_is_read():
    """A source has the path that the package names, and a fitting size; a file that is missing is none."""
    package = next(package for package in installed() if package.name == "rich")
    source = package.read("rich/padding.py")
    assert source.path == "rich/padding.py"
    assert SMALLEST <= len(source.text) <= LARGEST
    assert package.read("rich/nowhere.py") is None
