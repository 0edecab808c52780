"""What a definition, an import, a comment and an identifier are in a language, as tree-sitter queries.

A definition is a pattern whose node is captured under its kind, with @name and, where a definition stands outside
of what it belongs to (a Go method, a C++ member), @container. An earlier pattern wins over a later one for the
same name. An import is a pattern with @import, and @member where a name is taken from the module.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language: its package and what to look for in its trees."""

    package: str
    definitions: str
    imports: str = ""
    identifiers: tuple[str, ...] = ("identifier",)
    comments: tuple[str, ...] = ("comment",)
    leads: tuple[str, ...] = ()
    """Nodes that, like comments, belong to the definition after them: decorators, annotations, attributes."""
    function: str = "language"
    scope: str = ""
    """What stands between a container and a name where a definition's name has both."""
    macros: str = ""
    """Matches words that the parser must not see: macros that it would take for types. Lines that begin with # are
    matched too, and left alone."""
