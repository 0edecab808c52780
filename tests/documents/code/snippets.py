"""A short source in each language."""

from tests.documents.code.snippets_compiled import COMPILED
from tests.documents.code.snippets_scripting import SCRIPTING

SNIPPETS = SCRIPTING | COMPILED
