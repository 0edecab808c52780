"""Read the part of GBNF that the project writes, and turn a grammar into a hypothesis strategy for its strings.

Written from the format's description, not from the code under test: rules, literals, character classes, groups,
alternatives and the repetitions ``* + ? {m,n}``. Unbounded repetitions are drawn short.
"""

import re

from hypothesis import strategies as st

TOKEN = re.compile(
    r'\s*(?:"((?:\\.|[^"\\])*)"|\[((?:\\.|[^\]\\])*)\]|([a-z]+)|(\{\d+,\d+\}|[*+?])|([()|]))', re.DOTALL
)
UNESCAPED = {"n": "\n", "t": "\t"}
AT_MOST = 4


def rules_of(grammar: str) -> dict[str, str]:
    """Return the rules of a grammar by name. Fails for a line that is none."""
    rules = {}
    for line in grammar.strip().splitlines():
        name, arrow, body = line.partition(" ::= ")
        assert arrow, line
        assert name not in rules
        rules[name] = body
    return rules


def strings_of(grammar: str) -> st.SearchStrategy[str]:
    """Return a strategy for the strings that a grammar's root produces."""
    rules = rules_of(grammar)
    made: dict[str, st.SearchStrategy[str]] = {}

    def rule(name: str) -> st.SearchStrategy[str]:
        if name not in made:
            made[name] = alternatives(tokens(rules[name]))
        return made[name]

    def alternatives(parts: list[tuple]) -> st.SearchStrategy[str]:
        choices = [[]]
        while parts and parts[0] != ("mark", ")"):
            kind, value = parts.pop(0)
            if (kind, value) == ("mark", "|"):
                choices.append([])
            elif kind == "repeat":
                choices[-1].append(repeated(choices[-1].pop(), value))
            else:
                choices[-1].append(single(kind, value, parts))
        return st.one_of([st.tuples(*choice).map("".join) for choice in choices])

    def single(kind: str, value: str, parts: list[tuple]) -> st.SearchStrategy[str]:
        if kind == "literal":
            return st.just(re.sub(r"\\(.)", lambda found: UNESCAPED.get(found[1], found[1]), value))
        if kind == "class":
            return characters(value)
        if kind == "name":
            return rule(value)
        inner = alternatives(parts)
        assert parts.pop(0) == ("mark", ")")
        return inner

    return rule("root")


def tokens(body: str) -> list[tuple[str, str]]:
    """Cut a rule's body into literals, classes, names, repetitions and marks."""
    found, at = [], 0
    while body[at:].strip():
        match = TOKEN.match(body, at)
        assert match, body[at:]
        kinds = ("literal", "class", "name", "repeat", "mark")
        found.append(next((k, v) for k, v in zip(kinds, match.groups(), strict=True) if v is not None))
        at = match.end()
    return found


def characters(text: str) -> st.SearchStrategy[str]:
    """Return a strategy for one character of a class, which Python's re spells the same way."""
    wanted = re.compile(f"[{text}]")
    pool = [
        "a",
        "Z",
        "0",
        "9",
        " ",
        "é",
        "漢",
        "😀",
        "\x80",
        "\u2028",
        "/",
        "n",
        "t",
        "{",
        "]",
        ",",
        ":",
        '"',
        "\\",
        "\n",
    ]
    allowed = [character for character in pool if wanted.fullmatch(character)]
    return st.sampled_from(allowed)


def repeated(inner: st.SearchStrategy[str], how: str) -> st.SearchStrategy[str]:
    """Return a strategy for a repetition; the bounds of ``{m,n}`` are reached exactly."""
    if how.startswith("{"):
        least, most = map(int, how[1:-1].split(","))
        short = st.lists(inner, min_size=least, max_size=min(most, least + AT_MOST))
        full = inner.map(lambda one: [one] * most)
        return st.one_of(short, full).map("".join)
    least, most = {"*": (0, AT_MOST), "+": (1, AT_MOST), "?": (0, 1)}[how]
    return st.lists(inner, min_size=least, max_size=most).map("".join)
