"""The part of a document that a question names."""

import pytest

from rao_cli.agent.compute.query_scope import find_scope
from rao_cli.agent.compute.query_words import tokens
from rao_cli.documents.data.find import find_records
from tests.agent.compute.asking import JOINED
from tests.agent.helpers import document

RECORDS = find_records(document(JOINED, "all.log"))


@pytest.mark.parametrize(
    ("question", "words", "rest"),
    [
        ("how many lines in this file", (), "how many lines"),
        ("how many lines does the whole log have", (), "how many lines does have"),
        ("over all the logs, how many lines", (), ", how many lines"),
        ("in the auth.log part, which user", ("auth", "log"), ", which user"),
        ("in the web access log, how many requests", ("web", "access", "log"), ", how many requests"),
        ("in oak/auth.log, which user", ("oak", "auth", "log"), ", which user"),
        ("in the database log, which user", (), "in the database log , which user"),
        ("how many requests came from 192.0.2.1", (), "how many requests came from 192.0.2.1"),
        ("what is the log of the first request", (), "what is the log of the first request"),
    ],
)
def test_scope(question, words, rest):
    """Words for a part or the whole are taken out; those that name no part stay in the question."""
    scope = find_scope(tokens(question), RECORDS)
    assert scope.part.words == words
    assert " ".join(token.text for token in scope.rest) == rest
