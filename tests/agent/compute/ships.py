"""One small table of ships, written in each of the forms in which people keep tables."""

import json

COLUMNS = ("ship", "flag", "cargo", "tons", "berth", "arrived")
SHIPS = (
    ("Aurora", "Norway", "timber", 1200, "B2", "2019-03-01"),
    ("Brita", "Sweden", "ore", 5400, "B1", "2019-03-01"),
    ("Corvo", "Portugal", "cork", 300, "B3", "2019-03-02"),
    ("Dagny", "Norway", "fish", 450, "B2", "2019-03-04"),
    ("Elbe", "Germany", "coal", 7100, "B1", "2019-03-04"),
    ("Falk", "Norway", "timber", 990, "B3", "2019-03-04"),
    ("Gaia", "Portugal", "cork", 310, "B2", "2019-04-11"),
    ("Hilda", "Sweden", "timber", 1500, "B1", "2019-04-12"),
    ("Iris", "Germany", "fish", 275, "B3", "2019-04-12"),
    ("Jupp", "Germany", "coal", 6800, "B1", "2019-05-20"),
    ("Karin", "Sweden", "ore", 5100, "B2", "2019-05-21"),
    ("Lorna", "Norway", "fish", 520, "B3", "2019-05-21"),
)


def _joined(mark: str) -> str:
    return "".join(mark.join(map(str, row)) + "\n" for row in (COLUMNS, *SHIPS))


def _labelled() -> str:
    lines = (
        " || ".join(f"{name.title()}: {value}" for name, value in zip(COLUMNS, row, strict=True)) for row in SHIPS
    )
    return "\n".join(lines) + "\n"


def _markdown() -> str:
    rule = "|" + " --- |" * len(COLUMNS)
    lines = [f"| {' | '.join(map(str, row))} |" for row in (COLUMNS, *SHIPS)]
    return "# The harbour\n\n" + "\n".join((lines[0], rule, *lines[1:])) + "\n\nThat is all.\n"


def _blocks() -> str:
    return "\n".join(
        "".join(f"{name.title()}: {value}\n" for name, value in zip(COLUMNS, row, strict=True)) for row in SHIPS
    )


FORMS = {
    "comma": ("ships.csv", _joined(",")),
    "semicolon": ("ships.csv", _joined(";")),
    "tab": ("ships.tsv", _joined("\t")),
    "bar": ("ships.txt", _joined("|")),
    "markdown": ("harbour.md", _markdown()),
    "json lines": (
        "ships.jsonl",
        "".join(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n" for row in SHIPS),
    ),
    "labelled lines": ("ships.txt", _labelled()),
    "blocks of fields": ("ships.txt", _blocks()),
}
"""The table's text with the name of its file, by what the form is called."""
