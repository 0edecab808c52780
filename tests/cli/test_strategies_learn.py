"""Strategies are learned from kept runs, whose sources are read again, and kept where they are found."""

import json

import pytest

from tests.cli.console import long_text, rao
from tests.cli.strategic import QUESTION, library
from tests.cli.strategic import codes as codes_text
from tests.strategies.holding import MODEL


def asked(tmp_path, *codes, question=QUESTION):
    """Ask for the code of so many documents, and return the documents."""
    paths = []
    for n, code in enumerate(codes):
        path = tmp_path / f"notes{n}.txt"
        path.write_text(codes_text(code))
        assert rao("ask", path, question, "--strategy", "none").code == 0
        paths.append(path)
    return paths


def learn(*argv, **given):
    """Learn from all runs that are kept."""
    names = [one["run"] for one in rao("runs", "list", "--limit", "0", "--json").json["runs"]]
    return rao("strategies", "learn", *names, *argv, **given)


def test_three_runs_make_a_strategy(tmp_path):
    """What is learned from three documents is cheaper, holds on those left out, and is used from then on."""
    asked(tmp_path, 7431, 5520, 9137)
    done = learn("--name", "code-lookup")
    assert done.code == 0, done.err
    first, tokens, unseen, *_ = done.out.splitlines()
    assert first == "learned code-lookup, for fact on text: active"
    assert tokens.endswith(" times as many")
    assert unseen == "learned without it, 3 of 3 documents kept all answers"
    assert "rao strategies show code-lookup" in done.err
    held = library().find("code-lookup")
    assert (held.standing, held.strategy.trust, len(held.seen)) == ("active", "local", 3)
    path = tmp_path / "fourth.txt"
    path.write_text(codes_text(6006))
    result = rao("ask", path, QUESTION, "--json").json
    assert (result["answer"], result["strategy"].split()[0]) == ("6006", "code-lookup")


def test_what_was_learned_is_data_too(tmp_path):
    """With --json the strategy, its ratios, what was left out and what was refused are there."""
    asked(tmp_path, 7431, 5520)
    done = learn("--json").json
    assert done["schema"] == "rao.strategies.learn/1"
    assert done["strategy"]["provenance"]["mode"] == "learned"
    assert set(done["ratios"]) == {"strategy_to_context", "trace_to_context", "strategy_to_trace", "retention"}
    assert [one["kept"] for one in done["unseen"]] == [True, True]
    assert done["tokens"]["strategy"] < done["tokens"]["runs"]
    assert done["known"] is False


def test_learning_again_adds_to_what_is_known(tmp_path):
    """The same runs make the same strategy, which is kept once."""
    asked(tmp_path, 7431, 5520)
    learn("--name", "first")
    assert learn("--name", "second").out.startswith("learned again first, ")
    assert [one.strategy.name for one in library().all() if one.strategy.trust == "local"] == ["first"]


def test_one_document_makes_a_candidate(tmp_path):
    """From one document nothing can be said of others, which is told, and the strategy is not used."""
    asked(tmp_path, 7431)
    done = learn("--name", "only")
    assert done.out.startswith(
        "learned only, for fact on text: candidate: it needs to do well on 2 more documents"
    )
    assert "learn from runs on two documents or more" in done.out


def test_sources_that_changed_are_refused(tmp_path):
    """A run whose source is another one now teaches nothing."""
    (path,) = asked(tmp_path, 7431)
    path.write_text(path.read_text() + "more\n")
    done = learn()
    assert (done.code, "have changed since" in done.err) == (2, True)


def test_sources_that_are_gone_are_told(tmp_path):
    """A run whose source was deleted is an error of input."""
    (path,) = asked(tmp_path, 7431)
    path.unlink()
    assert learn().code == 3


def test_what_standard_input_held_is_gone():
    """A run on standard input cannot be learned from."""
    assert rao("ask", "-", QUESTION, stdin=long_text().encode()).code == 0
    done = learn()
    assert (done.code, "read standard input, which is gone" in done.err) == (2, True)


def test_questions_of_two_classes_are_refused(tmp_path):
    """Runs that ask differently are told apart."""
    asked(tmp_path, 7431)
    asked(tmp_path, 7431, question="Is the code 7431?")
    assert learn().code == 2


def test_sources_are_named_from_where_they_were(tmp_path, monkeypatch):
    """A run that named its source from another folder is read again from there."""
    folder = tmp_path / "there"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "notes.txt").write_text(long_text())
    assert rao("ask", "notes.txt", QUESTION).code == 0
    monkeypatch.chdir(tmp_path)
    assert learn("--name", "moved").code == 0


def test_a_folder_that_is_gone_is_told(tmp_path, monkeypatch):
    """A run whose folder was deleted says which."""
    folder = tmp_path / "there"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "notes.txt").write_text(long_text())
    assert rao("ask", "notes.txt", QUESTION).code == 0
    monkeypatch.chdir(tmp_path)
    (folder / "notes.txt").unlink()
    folder.rmdir()
    done = learn()
    assert (done.code, "cannot open" in done.err) == (3, True)


@pytest.mark.parametrize("name", ["Code", "code lookup", "../code", "c" * 41, "9lives", "code\n"])
def test_names_are_checked_first(name):
    """A name that no strategy can have is refused before anything is read."""
    done = rao("strategies", "learn", "last", "--name", name)
    assert (done.code, "cannot be a strategy's name" in done.err) == (2, True)


def test_nothing_of_a_document_is_kept(tmp_path):
    """Neither texts, paths and answers of the documents nor the question stand in what was learned."""
    asked(tmp_path, 7431, 5520)
    learn("--name", "clean")
    path = library().folder / f"{library().find('clean').strategy.id}.json"
    text = path.read_text()
    assert json.loads(text)["strategy"]["evidence"][0]["model"] != MODEL
    for told in ("7431", "5520", "notes", "nothing of note", "What is", str(tmp_path)):
        assert told not in text
