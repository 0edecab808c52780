"""Tests of what an agent is shown, and of its tokens."""

import re
from itertools import islice

import pytest

from rao_cli.training.textcraft.actions import Situation
from rao_cli.training.textcraft.alphabet import Alphabet
from rao_cli.training.textcraft.generated import generate, tasks
from rao_cli.training.textcraft.players import RandomPlayer
from rao_cli.training.textcraft.prompts import prompt, short_names
from rao_cli.training.textcraft.rollout import Limits, roll
from rao_cli.training.textcraft.world import Recipe, World

TABLE = Recipe("table", 1, {"log": 2, "nail": 3})
WORLD = World({"nail": Recipe("nail", 2, {"ore": 1}), "table": TABLE})
STATE = Situation({"table": 2}, (TABLE,), {"log": 7, "nail": 1}, 5)


def test_items_are_numbered_in_the_order_they_were_met():
    """Raw items are r1, r2, ..., others i1, i2, ...; targets come first."""
    assert short_names(WORLD, STATE) == {"table": "i1", "log": "r1", "nail": "i2"}


def test_a_prompt_tells_targets_recipes_and_what_there_is():
    """It holds what lacks, what a recipe takes of how much, the steps, and how the last one went."""
    names = short_names(WORLD, STATE)
    assert prompt(STATE, names, steps=3, last="refused") == (
        "craft 2 more i1\n1 i1 from 2 r1 of 7, 3 i2 of 1\n3 steps left\nrefused\n"
    )


def test_many_steps_are_not_counted():
    """Only the last few steps are told apart."""
    names = short_names(WORLD, STATE)
    assert "\nmany steps left\n" in prompt(STATE, names, steps=25, last="")


class Reading(RandomPlayer):
    """A random player that keeps the texts it sees."""

    def __init__(self):
        super().__init__(2)
        self.texts = []

    def decide(self, decisions):
        """Keep all texts."""
        for decision in decisions:
            self.texts += [decision.prompt, *decision.options]
        return super().decide(decisions)


@pytest.fixture(scope="module")
def texts():
    """Return texts of states that a random player comes to."""
    world, player = generate(2), Reading()
    roll(world, list(islice(tasks(world, "medium", 1), 20)), player, Limits(steps=9, agents=20))
    return player.texts


def test_tokens_cover_every_character_but_spaces(texts):
    """No part of a prompt or an action is left out of its tokens, and no other text has the same ones."""
    found = {}
    for text in texts:
        if max(map(int, re.findall(r"\d+", text)), default=0) <= 64:
            assert found.setdefault(Alphabet().text(text), text) == text
    assert len(found) > 100


def test_the_forms_of_json_are_few_tokens(texts):
    """A craft is five tokens, a delegation to two agents nine."""
    alphabet = Alphabet()
    assert len(alphabet.text('{"action":"craft","item":"i1","count":4}')) == 5
    assert len(alphabet.text('{"action":"delegate","to":[{"targets":{"i1":3}},{"targets":{"i2":6}}]}')) == 9
    assert len(alphabet.text('{"action":"finish"}')) == 1


def test_great_numbers_share_a_token():
    """What is beyond the alphabet is many."""
    alphabet = Alphabet()
    assert alphabet.text("65") == alphabet.text("1000") != alphabet.text("64")
    assert alphabet.text("i200") == alphabet.text("i5000") != alphabet.text("i199")


def test_a_strange_word_is_an_error():
    """No prompt has other words, so one is a mistake, not a token."""
    with pytest.raises(KeyError):
        Alphabet().text("dig 3 holes")
