"""Small invented projects in further languages, and how to ask about them as of those of code_projects.py."""

from functools import cache

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code import solve_code
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.reading import Reading
from tests.agent.compute.code_projects import reading_of

ORCHARD = {
    "pom.xml": """<project>
  <groupId>org.example</groupId>
  <artifactId>orchard</artifactId>
  <version>3.2.0</version>
  <dependencies>
    <dependency>
      <groupId>org.example</groupId>
      <artifactId>ladder</artifactId>
      <version>1.9.4</version>
    </dependency>
  </dependencies>
</project>
""",
    "src/main/java/org/example/Picker.java": """package org.example;

/** Picks fruit. */
public class Picker extends Worker implements Climber {
    /** Apples that fit in a basket. */
    public static final int BASKET_CAPACITY = 48;
    static final long REST_MILLIS = 90_000L;
    private static final String HAT_COLOUR = "straw";
    private int picked = 0;

    public Picker(String name, int height) {
        super(name);
    }

    /** Pick one apple from a tree. */
    public boolean pickApple(Tree tree, int reach) {
        return tree.shake(reach);
    }

    public static void main(String[] args) {
        if (args.length == 0) {
            System.err.println("no orchard was given");
            System.exit(64);
        }
    }
}
""",
    "src/main/java/org/example/Climber.java": """package org.example;

public interface Climber {
    int climb(int rungs);
}
""",
    "src/main/java/org/example/Season.java": """package org.example;

public enum Season {
    SPRING,
    SUMMER,
    AUTUMN
}
""",
    "src/test/java/org/example/PickerTest.java": """package org.example;

public class PickerTest {
    static final int BASKET_CAPACITY = 1;

    public void testPick() {
        new Picker("ann", 1).pickApple(null, 2);
    }
}
""",
}

FERRY = {
    "package.json": """{
  "name": "ferry",
  "version": "0.8.3",
  "license": "BSD-3-Clause",
  "type": "module",
  "main": "dist/ferry.js",
  "bin": {"ferry": "dist/cli.js"},
  "homepage": "https://ferry.example.org",
  "author": {"name": "Mia Strand", "email": "mia@example.org"},
  "scripts": {"build": "tsc -p .", "test": "vessel run", "watch": "tsc -w"},
  "engines": {"node": ">=18.4"},
  "dependencies": {"anchor": "^3.1.0", "@harbour/rope": "~0.4.2"},
  "devDependencies": {"vessel": "^9.0.1", "typescript": "5.2.2"},
  "peerDependencies": {"quay": ">=2"}
}
""",
    "src/deck.ts": """import { Rope } from '@harbour/rope'

/** The most cars on deck. */
export const MAX_CARS = 36
export const BOARDING_TIMEOUT_MS = 45_000
export const DEFAULT_ROUTE = 'north-south'
const gangwayWidth = 2.5

export interface Passenger {
  name: string
  age: number
}

export type Ticket = { price: number }

export class Deck extends Platform {
  private readonly colour = 'teal'

  loadCar(car: Car, lane: number = 3): boolean {
    return lane < MAX_CARS
  }
}

/** Compute the fare of a passenger. */
export function fareOf(passenger: Passenger, distance: number): number {
  return passenger.age < 6 ? 0 : distance * 2
}
""",
    "src/cli.ts": """import { fareOf } from './deck'

program
  .option('-r, --route <name>', 'which route to take', 'north-south')
  .option('--speed <knots>', 'how fast to sail', '14')

export function printFare(name: string) {
  console.log(fareOf({ name, age: 30 }, 10))
  if (!name) process.exit(9)
}
""",
}

QUARRY = {
    "Quarry/Crane.cs": """namespace Quarry
{
    /// <summary>Lifts stones.</summary>
    public class Crane : Machine, ILifter
    {
        public const int MaxLoadTons = 75;
        private const string Brand = "Hoistwell";
        public static readonly double SwingDegrees = 270.5;

        public int Lift(Stone stone, int metres = 4)
        {
            return metres;
        }
    }

    public interface ILifter { }

    public struct Stone { public int Weight; }

    public enum Rock { Granite, Basalt, Slate }
}
""",
}

MILL = {
    "mill.gemspec": """Gem::Specification.new do |s|
  s.name = "mill"
  s.version = "1.12.0"
  s.license = "Zlib"
  s.authors = ["Jan Molen"]
  s.add_dependency "grain", "~> 2.3"
  s.add_development_dependency "sieve", ">= 1.1"
end
""",
    "lib/mill.rb": """require "grain"

module Mill
  SAILS = 4
  STONE_NAME = "old blue"
  GRIND_SECONDS = 15 * 60

  class StuckError < StandardError; end

  class Wheel < Grain::Rotor
    def initialize(speed: 12, cover: "canvas")
      @speed = speed
    end

    # Grind a sack of corn.
    def grind_sack(sack, fineness = 3)
      raise StuckError if sack.nil?
      exit 77 if sack.empty?
    end
  end
end
""",
}

LOOM = {
    "composer.json": """{
  "name": "weave/loom",
  "license": "MPL-2.0",
  "require": {"php": ">=8.1", "weave/yarn": "^4.5"},
  "require-dev": {"weave/needle": "^1.0"}
}
""",
    "src/Shuttle.php": """<?php
namespace Weave;

class Shuttle extends Tool implements Thrown
{
    const THREADS_PER_CM = 22;
    public string $wood = 'beech';

    public function throwAcross(int $rows, string $colour = 'red'): bool
    {
        return $rows > self::THREADS_PER_CM;
    }
}
""",
}

ANVIL = {
    "CMakeLists.txt": "cmake_minimum_required(VERSION 3.17)\nproject(anvil VERSION 6.1.2)\nset(SPARK_LIMIT 500)\n",
    "include/anvil.hpp": """#pragma once
#include <string>

namespace anvil {

constexpr int kMaxBlows = 120;
constexpr double kHeatFactor = 1.75;
#define ANVIL_FACE_MM 320

class Hammer : public Handheld {
public:
    explicit Hammer(int weight = 2);
    bool strike(const std::string& rod, int force);
};

enum class Metal { Iron, Copper };

}
""",
    "src/anvil.cpp": """#include "anvil.hpp"

namespace anvil {

Hammer::Hammer(int weight) {}

bool Hammer::strike(const std::string& rod, int force) {
    return force < kMaxBlows;
}

static unsigned long cool_down(unsigned long degrees) {
    return degrees / 2;
}

}

int main(int argc, char** argv) {
    if (argc < 2) {
        return 1;
    }
    std::exit(12);
}
""",
}

KILN = {
    "fire.sh": """#!/bin/bash
FIRING_HOURS=18
GLAZE="celadon"
readonly SHELF_COUNT=7

heat_up() {
  echo "heating"
}

function cool_off {
  if [ -z "$1" ]; then
    echo "no kiln was named" >&2
    exit 33
  fi
}

heat_up
cool_off "$1"
""",
    "helper.py": "CLAY_BODY = 'stoneware'\n",
}

PROJECTS = {
    "orchard": ORCHARD,
    "ferry": FERRY,
    "quarry": QUARRY,
    "mill": MILL,
    "loom": LOOM,
    "anvil": ANVIL,
    "kiln": KILN,
}


@cache
def reading(project: str) -> Reading:
    """Read one of the projects, once."""
    return reading_of(PROJECTS[project])


def found(project: str, question: str) -> Computed | None:
    """Return what the solver says to a question about a project."""
    return solve_code(recognise(question), reading(project))


def answer(project: str, question: str) -> str | None:
    """Return the answer to a question about a project, or None."""
    computed = found(project, question)
    return computed.answer if computed else None


def cited(project: str, question: str) -> list[str]:
    """Return the lines of text that an answer cites."""
    computed = found(project, question)
    return [reading(project).document.read(span) for span in computed.evidence] if computed else []
