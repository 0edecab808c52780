"""Make needles: sentences with made-up facts, and the questions that they answer.

Kinds after RULER (Hsieh et al., 2024): one number, one uuid, a plain sentence, one key among like ones, several
values of one key, several keys at once, two hops, and a chain of variables. Each is put in several wordings, so
that a reader which only knows one of them shows. Limits: English.
"""

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

_ADJECTIVES = tuple(
    """amber bitter brisk candid dusty eager faded gentle hollow ivory jagged keen lively mellow narrow oblique
    placid quaint rustic sallow tepid upbeat velvet wistful yellow zesty""".split()  # noqa: SIM905
)
_NOUNS = tuple(
    """anchor basin candle dolphin engine feather gondola hammock island jacket kettle lantern magnet nutmeg
    orchard parcel quarry ribbon saddle thimble urchin vessel walnut yardarm zither""".split()  # noqa: SIM905
)
_FIRST = tuple(
    """Agnes Bruno Clara Dario Edith Felix Greta Henrik Ilona Jasper Katrin Leopold Mabel Nestor Ottilie
    Piet""".split()  # noqa: SIM905
)
_LAST = tuple(
    """Abbott Brandel Corvo Dunmore Eklund Farrow Gessler Hallam Ivers Jarvis Kessel Lomax Marrin Norbury
    Oates""".split()  # noqa: SIM905
)
_CITIES = tuple(
    """Arlesund Brantford Calloway Dunwick Elsmore Fenwold Garholm Hexley Inverdale Jorvik Kelstrand Larnmouth
    Mostyn Norwold Ostrava Penhallow""".split()  # noqa: SIM905
)
_JOBS = tuple(
    """beekeeper bellringer bookbinder chemist clockmaker cooper ferryman glazier harpist locksmith miller
    tinker""".split()  # noqa: SIM905
)
_THINGS = (
    "the spare key", "her late uncle's compass", "the parish ledger", "a jar of blue ink", "the torn map",
    "the brass whistle", "the unsigned letter", "a box of chessmen",
)  # fmt: skip
_PLACES = (
    "behind the third loose brick of the chimney", "under the floor of the hen house", "inside a hollow globe",
    "in the drum of a broken music box", "between two pages of an almanac", "beneath the sundial's plinth",
    "in the lining of a travelling cloak", "on top of the organ's tallest pipe",
)  # fmt: skip
_NUMBER_WORDINGS = (
    ("The locker number issued to {key} is {value}.", "Which locker number was issued to {key}?"),
    ("According to the registry, {key} carries the mark {value}.", "What mark does {key} carry, by the registry?"),
    ("Note that the deposit code of {key} reads {value}.", "What does the deposit code of {key} read?"),
    ("One of the hidden numbers for {key} is: {value}.", "What is the hidden number for {key} that is mentioned?"),
)
_LISTED_WORDINGS = (
    ("One of the hidden numbers for {key} is: {value}.", "What are all the hidden numbers for {key}?"),
    ("The gauge of {key} once showed {value}.", "List every value that the gauge of {key} showed."),
)
_UUID_WORDING = ("The serial tag of {key} is {value}.", "What is the serial tag of {key}?")
_SEVERAL = 4
_LINKS = 4
_DISTRACTORS = 6


@dataclass(frozen=True, slots=True)
class Needle:
    """What a question is on: sentences to hide, in any order, and the question with its answers."""

    subtype: str
    question: str
    answers: tuple[str, ...]
    hidden: tuple[str, ...]
    """Sentences that hold the answer; the first is the evidence."""
    distractors: tuple[str, ...] = ()
    """Sentences that look like them."""
    match_all: bool = False


@dataclass
class Words:
    """Draws words that were not drawn before, so that each needle of a text is its own."""

    chance: random.Random
    _used: set[str] = field(default_factory=set)

    def new(self, make: Callable[[], str]) -> str:
        """Return the first of the made texts that is new."""
        while True:
            made = make()
            if made not in self._used:
                self._used.add(made)
                return made

    def key(self, adjective: str = "") -> str:
        """Return a name of two words, with a given first one or any."""
        choose = self.chance.choice
        return self.new(lambda: f"{adjective or choose(_ADJECTIVES)}-{choose(_NOUNS)}")

    def number(self, digits: int = 7) -> str:
        """Return a number of some digits."""
        return self.new(lambda: str(self.chance.randrange(10 ** (digits - 1), 10**digits)))

    def person(self) -> str:
        """Return a first and a last name."""
        return self.new(lambda: f"{self.chance.choice(_FIRST)} {self.chance.choice(_LAST)}")

    def letters(self) -> str:
        """Return three capital letters."""
        return self.new(lambda: "".join(self.chance.choices("BCDFGHJKLMNPRSTVWXZ", k=3)))


def make_needle(kind: str, words: Words) -> Needle:
    """Make a needle of a kind. Raises KeyError for one that is not known."""
    return _MAKERS[kind](words)


def _number(words: Words) -> Needle:
    says, asks = words.chance.choice(_NUMBER_WORDINGS)
    key, value = words.key(), words.number()
    return Needle("single-number", asks.format(key=key), (value,), (says.format(key=key, value=value),))


def _uuid(words: Words) -> Needle:
    says, asks = _UUID_WORDING
    key, value = words.key(), str(uuid.UUID(int=words.chance.getrandbits(128), version=4))
    others = [says.format(key=words.key(), value=words.number()) for _ in range(2)]
    hidden = says.format(key=key, value=value)
    return Needle("single-uuid", asks.format(key=key), (value,), (hidden,), tuple(others))


def _sentence(words: Words) -> Needle:
    choose = words.chance.choice
    who = words.new(lambda: f"the {choose(_JOBS)} of {choose(_CITIES)}")
    thing, place = choose(_THINGS), choose(_PLACES)
    says, asks = choose(
        (
            (f"It is said that {who} keeps {thing} {place}.", f"Where does {who} keep {thing}?"),
            (f"For years {who} hid {thing} {place}.", f"Where did {who} hide {thing}?"),
        )
    )
    bare = place.partition(" ")[2]
    return Needle("plain-sentence", asks, (place, bare), (says,))


def _multikey(words: Words) -> Needle:
    says, asks = words.chance.choice(_NUMBER_WORDINGS)
    key, value = words.key(), words.number()
    like = [words.key(key.partition("-")[0]) for _ in range(2)] + [words.key() for _ in range(_DISTRACTORS - 2)]
    others = [says.format(key=other, value=words.number()) for other in like]
    return Needle("multikey", asks.format(key=key), (value,), (says.format(key=key, value=value),), tuple(others))


def _multivalue(words: Words) -> Needle:
    says, asks = words.chance.choice(_LISTED_WORDINGS)
    key, values = words.key(), tuple(words.number() for _ in range(_SEVERAL))
    others = [says.format(key=words.key(), value=words.number()) for _ in range(_DISTRACTORS)]
    hidden = tuple(says.format(key=key, value=value) for value in values)
    return Needle("multivalue", asks.format(key=key), values, hidden, tuple(others), match_all=True)


def _multiquery(words: Words) -> Needle:
    keys, values = (words.key(), words.key()), (words.number(), words.number())
    hidden = tuple(f"The toll for {key} came to {value}." for key, value in zip(keys, values, strict=True))
    others = [f"The toll for {words.key()} came to {words.number()}." for _ in range(_DISTRACTORS)]
    question = f"What did the tolls for {keys[0]} and {keys[1]} come to?"
    return Needle("multiquery", question, values, hidden, tuple(others), match_all=True)


def _two_hop(words: Words) -> Needle:
    cities = [words.new(lambda: words.chance.choice(_CITIES)) for _ in range(2)]
    people, codes = [words.person(), words.person()], [words.number(), words.number()]
    stays = [f"{person} took lodgings in {city} that winter." for person, city in zip(people, cities, strict=True)]
    vaults = [f"The vault at {city} opens with {code}." for city, code in zip(cities, codes, strict=True)]
    question = f"With which number does the vault open in the town where {people[0]} took lodgings?"
    return Needle("two-hop", question, (codes[0],), (vaults[0], stays[0]), (vaults[1], stays[1]))


def _chain(words: Words) -> Needle:
    value, other = words.number(5), words.number(5)
    names, others = ([words.letters() for _ in range(_LINKS)] for _ in range(2))
    question = (
        f"Some lines set variables, as in 'SET Q = 7.' or 'SET R = Q.'. List all variables that are {value}."
    )
    hidden, misleading = _assignments(names, value), _assignments(others, other)
    return Needle("variable-chain", question, tuple(names), hidden, misleading, match_all=True)


def _assignments(names: Sequence[str], value: str) -> tuple[str, ...]:
    return tuple(f"SET {name} = {before}." for name, before in zip(names, (value, *names), strict=False))


_MAKERS: Mapping[str, Callable[[Words], Needle]] = {
    "single-number": _number,
    "single-uuid": _uuid,
    "plain-sentence": _sentence,
    "multikey": _multikey,
    "multivalue": _multivalue,
    "multiquery": _multiquery,
    "two-hop": _two_hop,
    "variable-chain": _chain,
}
KINDS = tuple(_MAKERS)
"""Every kind of needle, in the order in which they are made."""
