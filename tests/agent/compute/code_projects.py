"""Small invented projects in several languages, read once each, and how to ask about them."""

from functools import cache

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code import solve_code
from rao_cli.agent.compute.code_source import Repository
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.reading import Reading
from rao_cli.documents.context import Context
from rao_cli.documents.workers import Workers
from tests.documents.code.making import corpus

KETTLE = {
    "pyproject.toml": """[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"

[project]
name = "kettle"
version = "2.7.1"
requires-python = ">=3.9"
license = {text = "MIT"}
authors = [{name = "Ada Brook", email = "ada@example.org"}]
dependencies = ["steam>=1.4", "spout[fast]==2.0.3; python_version<'3.12'"]

[project.optional-dependencies]
dev = ["whistle~=5.1"]

[project.scripts]
kettle = "kettle.main:boil"

[tool.ruff]
line-length = 97
""",
    "CHANGELOG.md": """# Changes

## [2.7.1] - 2024-03-05

- Repair the lid.

## [2.7.0] - 2023-11-30

## 2.6.0

*Released 12 May 2022*
""",
    "README.md": "Kettle boils water. The color of the lid is green.\n",
    "kettle/__init__.py": '''"""Boil water."""

from kettle.heat import Heater

__version__ = "2.7.1"
''',
    "kettle/heat.py": '''"""Heat things."""

import datetime
import os
from pathlib import Path

# Degrees at which water is taken for boiling.
BOILING_POINT = 100
_DEFAULT_COLORFMT = "hex"
TEMP_DIR_LIFETIME_DAYS = 21
MINIMUM_COLS_FOR_CHART = 44
DESCALE_MAX_AGE_SEC = datetime.timedelta(days=90).total_seconds()
STATE_FILENAME = "kettle_state.json"
HALF_SIZE = 12 * 1024
RETRIES = int(os.environ.get("KETTLE_RETRIES", "3"))
CACHE_HOME = os.environ.get("KETTLE_CACHE_DIR")
LOG_LEVEL = os.environ.get("KETTLE_LOG_LEVEL", "warning")
EXIT_CODE_DRY = 7


class HeatError(RuntimeError):
    """It is too hot."""


class DryError(HeatError):
    """There is no water."""


class Heater:
    """Heats."""

    power: int = 1500
    mode = "gentle"

    def __init__(self, power=1500, *, lid_open: bool = False, label: str = "kettle, no. 1"):
        self.power = power
        self.sound = "hum"

    def heat(self, degrees: float, step: float = 0.5) -> bool:
        """Heat up to some degrees."""
        return degrees < BOILING_POINT


def pour_water(cups, speed="slow", colorfmt=_DEFAULT_COLORFMT):
    """Fill the kettle from the tap."""
    return Heater().heat(cups)


def _measure_rim(path: Path) -> Path:
    return path
''',
    "kettle/main.py": '''"""Run."""

import argparse
import sys

from kettle.heat import Heater, pour_water


def build_parser():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    commands.add_parser("descale", help="take the lime out")
    parser.add_argument("--minutes", type=int, default=4, help="how long to wait")
    parser.add_argument("--tea", "-t", default="green", help="which tea to make")
    return parser


def boil():
    args = build_parser().parse_args()
    if args.minutes < 0:
        print("the time is negative")
        sys.exit(2)
    if not pour_water(args.minutes):
        print("no water is left in the tank")
        sys.exit(5)
    Heater().heat(80)
''',
    "tests/test_heat.py": """from kettle.heat import pour_water

BOILING_POINT = 1


def pour_cold():
    pass


def test_pour():
    assert pour_water(1)


def test_again():
    assert pour_water(2)
""",
}

BROOK = {
    "Cargo.toml": """[package]
name = "brook"
version = "0.4.2"
edition = "2021"
rust-version = "1.64"
license = "MIT OR Apache-2.0"

[dependencies.pebbles]
version = "3.1"

[dependencies]
foam = "0.9"

[dev-dependencies]
splash = "1.0"
""",
    "src/flow.rs": """use std::time::Duration;

/// The most fish that swim at once.
pub const MAX_SHOAL_LENGTH: usize = 2_500;
/// How long to wait for rain.
pub const DEFAULT_RAIN_PAUSE: Duration = Duration::from_millis(250);
const KILO: u64 = 1000;
const MEGA: u64 = KILO * 1000;

#[derive(Debug)]
pub enum FlowCode {
    Calm,
    Flooded,
}

impl From<FlowCode> for i32 {
    fn from(code: FlowCode) -> Self {
        // exit codes
        match code {
            FlowCode::Calm => 0,
            FlowCode::Flooded => 140,
        }
    }
}

pub struct River {
    depth: u32,
    muddy: bool,
}

impl Default for River {
    fn default() -> Self {
        River {
            depth: 12,
            muddy: false,
        }
    }
}

pub fn merge_streams<'a>(first: &'a str, second: &'a str) -> Option<&'a str> {
    Some(first)
}

trait Wet: Send {
    fn dry(&self) -> bool;
}
""",
}

LANTERN = {
    "go.mod": """module example.org/lantern

go 1.19

require (
\texample.org/wick/v2 v2.3.4
\texample.org/oil v0.8.1 // indirect
)
""",
    "lamp.go": """package lantern

import "time"

const defaultGlow = "amber"

// FlickerPeriod is how long the light takes to flicker.
var FlickerPeriod = 3 * time.Second

// HiddenSwitch turns the night mode on.
var HiddenSwitch = Switch{
\tName:   "night-mode",
\tHidden: true,
}

type Switch struct {
\tName   string
\tHidden bool
}

type Lamp struct {
\tUsage string
\twidth int
}

func NewLamp(size int) *Lamp {
\treturn &Lamp{
\t\tUsage: "A small lamp",
\t\twidth: 17,
\t}
}

func (l *Lamp) Dim(steps int, slow bool) (string, error) {
\treturn "", nil
}

func init() {
\tflags.IntP("wicks", "w", 6, "how many wicks burn")
}
""",
}

PEBBLE = {
    "package.json": """{
  "name": "pebble",
  "version": "5.0.1",
  "license": "ISC",
  "main": "lib/index.js",
  "bin": {"pebble": "bin/pebble.js"},
  "author": "Tom Stone <tom@example.org>",
  "scripts": {"test": "marble --all", "lint": "polish src"},
  "engines": {"node": ">=16.2"},
  "dependencies": {"sand": "^1.2.3", "gravel": "~4.0.0"},
  "devDependencies": {"marble": "^2.0.0"}
}
""",
    "lib/index.js": """const MAX_SKIPS = 40
const roll = (stone, { speed = 2 } = {}) => stone
class Stone extends Rock {
  constructor(weight = 9) {
    super()
    this.colour = 'grey'
  }
  skip(times = MAX_SKIPS) { return times }
}
function isRound(stone) { return stone.set('smooth edge', 11) }
module.exports = { MAX_SKIPS, FLAG_WET: 0b10 }
""",
}

FLINT = {
    "flint.h": """#define FLINT_MAX_SPARKS (4*256)  /* most sparks */
#define FLINT_OK 0
struct flint_reader { int sparks; };
int flint_strike(const char *stone, int times);
""",
    "flint.c": """#include "flint.h"
static const char *label = "hard stone";
API_PUBLIC(int) flint_strike(const char *stone, int times)
{
    if (times > FLINT_MAX_SPARKS) exit(3);
    return FLINT_OK;
}
static long count_sparks(void) { return 0; }
""",
    "Makefile": "PREFIX ?= /opt/flint\nall: flint.o\n",
    "LICENSE": "MIT License\n\nPermission is hereby granted, free of charge\n",
}

_PROJECTS = {"kettle": KETTLE, "brook": BROOK, "lantern": LANTERN, "pebble": PEBBLE, "flint": FLINT}


@cache
def reading(project: str) -> Reading:
    """Read one of the projects, once."""
    return reading_of(_PROJECTS[project])


def reading_of(files: dict[str, str]) -> Reading:
    """Read source files as the folder that they would be in."""
    with Workers(1) as workers:
        document = corpus(Context(workers=workers), files)
    return Reading(document, document.root, 1024)


def repository(project: str) -> Repository:
    """Return one of the projects as the solvers see it."""
    return Repository(reading(project))


def found(project: str, question: str) -> Computed | None:
    """Return what the solver says to a question about a project."""
    return solve_code(recognise(question), reading(project))


def answer(project: str, question: str) -> str | None:
    """Return the answer to a question about a project, or None."""
    computed = found(project, question)
    return computed.answer if computed else None


def cited(project: str, question: str) -> list[str]:
    """Return the places that an answer cites, as path and line, or path alone at its start."""
    computed = found(project, question)
    document = reading(project).document
    return [str(document.locate(span)) for span in computed.evidence] if computed else []
