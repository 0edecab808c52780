"""Questions on sources: the evidence holds the answer, there is one answer, and absent names are absent."""

import re
from itertools import islice

import pytest

from rao_cli.errors import InputError
from rao_cli.training.environments.code import Code
from rao_cli.training.environments.code_sources import Package, Source

PART = '''class {upper}Pump(Engine):
    """Move {name} uphill."""

    def run_{name}(self, {name}_speed={number}, mode="slow{number}") -> bool:
        """Run {name} until the well is dry."""
        raise {upper}Error("too fast")

    def close(self):
        """Close."""


def make_{name}(rate: int = {number}):
    """Make a pump for {name}."""
    return {upper}Pump(rate)


{upper}_LIMIT = {number}
'''
NAMES = ["oil", "wine", "milk", "tar", "ink", "beer", "lava", "sand", "mud", "slush", "wax", "glue"]
TEXTS = {
    f"pumps/{name}.py": PART.format(name=name, upper=name.capitalize(), number=number)
    for number, name in enumerate(NAMES, 30)
}


def read(path):
    """Read one of the invented sources."""
    return Source(path, TEXTS[path]) if path in TEXTS else None


PUMPS = Package("pumps", sorted([*TEXTS, "pumps/missing.py"]), read)


def episodes(seed, number=40, **settings):
    """Return episodes on invented sources."""
    settings = {"packages": (PUMPS,), "smallest": 100, "largest": 900, **settings}
    return list(islice(Code(**settings).episodes(seed), number))


@pytest.mark.parametrize("seed", range(5))
def test_evidence_is_the_answer(seed):
    """Each place of evidence holds exactly the first answer."""
    for episode in episodes(seed, absent=0.0):
        assert episode.evidence
        assert {episode.text[span.start : span.end] for span in episode.evidence} == {episode.answers[0]}


@pytest.mark.parametrize("seed", range(5))
def test_absent_names_are_absent(seed):
    """Something that an unanswerable question names is not in the text."""
    made = episodes(seed, absent=1.0)
    assert all(episode.absent and not episode.evidence for episode in made)
    for episode in made:
        named = re.findall(
            r"\b\w*_\w+|\b[A-Z][a-z]+(?:Pump|Error)\b|\brate\b|\bmode\b|\bclose\b", episode.question
        )
        told = re.findall(r'"(.+)"', episode.question)
        assert not all(word in episode.text for word in (*named, *told))


@pytest.mark.parametrize("seed", range(5))
def test_the_answer_is_the_only_one(seed):
    """A name that several files of a text define differently is not asked for."""
    for episode in episodes(seed, absent=0.0, smallest=600):
        assert not re.search(r"\bclose\b", episode.question) or episode.text.count("def close") == 1


def test_same_seed_same_episodes():
    """A seed determines the episodes."""
    assert episodes(4) == episodes(4)


def test_different_seeds_differ():
    """Two seeds make different episodes."""
    assert episodes(1) != episodes(2)


def test_files_are_told_apart():
    """Several files stand under their paths, and a question may ask for one of them; one file is Python itself."""
    made = episodes(3, 120, absent=0.0)
    several = [episode for episode in made if episode.suffix == ".txt"]
    assert any(episode.answers[0].endswith(".py") for episode in several)
    assert all("pumps/" in episode.text for episode in several)
    single = [episode for episode in made if episode.suffix == ".py"]
    assert all("pumps/" not in episode.text for episode in single)


def test_a_large_file_is_taken_in_part():
    """Of a file larger than the text is to be, some statements that stand together are taken."""
    whole = "\n".join(TEXTS.values())
    package = Package("big", ["big.py"], lambda path: Source(path, whole))
    made = episodes(1, packages=(package,), smallest=200, largest=300)
    assert max(len(episode.text) for episode in made) < 1300 < len(whole)
    assert len({episode.text for episode in made}) > 5


def test_many_sorts_are_asked():
    """The questions are of many sorts."""
    words = {" ".join(episode.question.split()[:3]) for episode in episodes(1, 150)}
    assert len(words) > 20


def test_packages_are_left_out():
    """A package that is left out is never read; without another one that is an error."""
    with pytest.raises(InputError):
        episodes(1, left_out=frozenset({"pumps"}))


def test_sources_that_will_not_do():
    """Packages without a readable source are an error, not an endless search."""
    with pytest.raises(InputError):
        episodes(1, packages=(Package("none", ["a.py"], lambda path: None),))


def test_installed_packages():
    """The packages of this installation do."""
    for episode in islice(Code(smallest=300, largest=1000).episodes(1), 10):
        assert episode.absent or episode.text[slice(*_ends(episode))] == episode.answers[0]


def _ends(episode):
    return episode.evidence[0].start, episode.evidence[0].end


ONE = '''def first():
    """Say it once."""
    second(1)


def second(value=2):
    """Say it twice over."""
    return other(value)


class Box:
    def third(self, size: int = 7):
        return second(size)

    def fourth(self, size=8):
        raise KeyError


class Bag:
    def fourth(self, size=9):
        raise IndexError
'''


def asked_of(text, number=250):
    """Return what is asked of one source, and its answers."""
    package = Package("one", ["one.py"], lambda path: Source(path, text))
    made = episodes(5, number, packages=(package,), absent=0.0, smallest=2000, largest=2000)
    return {episode.question.removeprefix("In the package one: "): episode.answers for episode in made}


def test_a_shared_name_is_told_by_its_class():
    """A method whose name two classes have is asked for with its class, another one by its name alone."""
    sizes = {
        question: answers[0]
        for question, answers in asked_of(ONE).items()
        if re.search("size.*(lt|ve|if)", question)
    }
    names = {(re.search(r"(\w+\.)?(third|fourth)", question)[0], answer) for question, answer in sizes.items()}
    assert names == {("Box.fourth", "8"), ("Bag.fourth", "9"), ("third", "7")}


def test_several_callers_are_not_asked_for():
    """Who calls a function is asked only where one function alone does."""
    asked = asked_of(ONE)
    assert not any("calls second" in question for question in asked)


def test_a_method_of_two_classes_has_no_owner():
    """To which class a method belongs is asked only where one class alone has it."""
    asked = asked_of(ONE)
    owners = {
        question: answers for question, answers in asked.items() if "class" in question and "method" in question
    }
    assert set(owners.values()) == {("Box",)}
    assert not any("fourth" in question for question in owners)


def test_quotes_of_a_value_may_be_left_out():
    """A text as a value is accepted with its quotes and without."""
    asked = asked_of('MODE = "slow lane"\nEMPTY = ""\n' + "# padding\n" * 50)
    assert ('"slow lane"', "slow lane") in asked.values()
    assert ('""',) in asked.values()


def test_a_file_is_accepted_by_its_name():
    """A file's path is accepted, and its name alone."""
    made = [episode for episode in episodes(3, 80, absent=0.0) if episode.answers[0].endswith(".py")]
    assert made
    assert all(episode.answers[1] == episode.answers[0].split("/")[-1] for episode in made)


def test_a_package_may_be_named():
    """Some questions name the package."""
    made = episodes(6, 120)
    share = sum(episode.question.startswith("In the package pumps: ") for episode in made) / 120
    assert 0.1 < share < 0.3


def test_shares_are_kept():
    """About the wanted share of the questions has no answer."""
    made = episodes(7, 150, absent=0.3)
    assert 0.2 < sum(episode.absent for episode in made) / 150 < 0.4


def test_a_text_has_several_questions():
    """No question comes twice on one text."""
    made = episodes(8, 80)
    assert len({(episode.text, episode.question) for episode in made}) > 0.95 * len(made)
    assert len({episode.text for episode in made}) < len(made)
