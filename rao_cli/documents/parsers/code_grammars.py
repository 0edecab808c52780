"""All languages that have a grammar, by name."""

from rao_cli.documents.parsers.code_compiled import CPP, CSHARP, GO, JAVA, RUST, C
from rao_cli.documents.parsers.code_data import CSS, HTML, JSON, SQL, TOML, YAML
from rao_cli.documents.parsers.code_grammar import Grammar
from rao_cli.documents.parsers.code_scripting import BASH, JAVASCRIPT, PHP, PYTHON, RUBY, TSX, TYPESCRIPT

GRAMMARS: dict[str, Grammar] = {
    "python": PYTHON,
    "javascript": JAVASCRIPT,
    "typescript": TYPESCRIPT,
    "tsx": TSX,
    "go": GO,
    "rust": RUST,
    "java": JAVA,
    "c": C,
    "cpp": CPP,
    "csharp": CSHARP,
    "ruby": RUBY,
    "php": PHP,
    "bash": BASH,
    "sql": SQL,
    "json": JSON,
    "yaml": YAML,
    "toml": TOML,
    "html": HTML,
    "css": CSS,
}
