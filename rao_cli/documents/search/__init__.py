"""Search a document: ranked passages for a question, and exact matches of a text or an expression.

What others use is here: ``SearchIndex`` with ``ranked`` and ``find``, and the records that they return.
"""

from rao_cli.documents.search.exact import Found, Match, Place
from rao_cli.documents.search.index import Hit, SearchIndex

__all__ = ["Found", "Hit", "Match", "Place", "SearchIndex"]
