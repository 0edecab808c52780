"""A short source in each scripting, query, data and markup language."""

from tests.documents.code.snippet import Snippet

SCRIPTING = {
    "python": Snippet(
        "app.py",
        '''"""Serve."""
import os.path
from . import store as kept
from .model import Page

LIMIT = 3

try:
    FAST = True
except ImportError:
    FAST = False


# Keeps pages.
@final
class Shelf(Page):
    """A shelf."""

    size: int = LIMIT

    @property
    def full(self):
        # LIMIT is not used here
        return self.size > LIMIT

    async def put(self, page):
        def inner():
            return page
        return inner()
''',
        (
            (6, "constant", "LIMIT"),
            (9, "constant", "FAST"),
            (11, "constant", "FAST"),
            (16, "class", "Shelf"),
            (19, "field", "Shelf.size"),
            (22, "method", "Shelf.full"),
            (26, "method", "Shelf.put"),
            (27, "function", "Shelf.put.inner"),
        ),
        ("os.path", ".store", ".model.Page"),
        (("LIMIT", 3), ("page", 2), ("inner", 2)),
    ),
    "javascript": Snippet(
        "app.js",
        """import { a } from './a.js';
const b = require("b");

/** Adds. */
export function add(x, y) {
  return x + y;
}

const twice = (x) => {
  return add(x, x);
};

class Cart extends Base {
  #items = [];
  total() {
    return this.#items.length;
  }
}

Cart.prototype.clear = function () {
  this.#items = [];
};
module.exports = { add };
""",
        (
            (2, "constant", "b"),
            (5, "function", "add"),
            (9, "function", "twice"),
            (13, "class", "Cart"),
            (14, "field", "Cart.#items"),
            (15, "method", "Cart.total"),
            (20, "method", "Cart.clear"),
        ),
        ("./a.js", "b"),
        (("add", 3), ("x", 5), ("#items", 3)),
    ),
    "typescript": Snippet(
        "app.ts",
        """import type { Item } from "../item";

export interface Shop {
  name: string;
  open(day: number): boolean;
}

export type Price = number | null;

enum Color { Red, Green = 2 }

@Injectable()
export abstract class Store<T> implements Shop {
  private kept: T[] = [];
  abstract open(day: number): boolean;
  find = async (key: string): Promise<T> => {
    return this.kept[0];
  };
}

export const VERSION: string = "1";
""",
        (
            (3, "interface", "Shop"),
            (4, "field", "Shop.name"),
            (5, "prototype", "Shop.open"),
            (8, "type", "Price"),
            (10, "enum", "Color"),
            (10, "constant", "Color.Red"),
            (10, "constant", "Color.Green"),
            (13, "class", "Store"),
            (14, "field", "Store.kept"),
            (15, "method", "Store.open"),
            (16, "method", "Store.find"),
            (21, "constant", "VERSION"),
        ),
        ("../item",),
        (("Shop", 2), ("T", 3), ("kept", 2)),
    ),
    "tsx": Snippet(
        "view.tsx",
        """export const View = (props: Props) => {
  return <Panel title={props.title} />;
};
""",
        ((1, "function", "View"),),
        (),
        (("Panel", 1), ("props", 2), ("title", 2)),
    ),
    "ruby": Snippet(
        "app.rb",
        """require 'json'
require_relative 'lib/model'

# Serves.
module App
  LIMIT = 3

  class Server < Base
    attr_reader :name

    def initialize(name)
      @name = name
    end

    def self.build
      new(LIMIT)
    end
  end
end

def help
  App::Server.build
end
""",
        (
            (5, "module", "App"),
            (6, "constant", "App.LIMIT"),
            (8, "class", "App.Server"),
            (9, "property", "App.Server.name"),
            (11, "method", "App.Server.initialize"),
            (15, "method", "App.Server.build"),
            (21, "function", "help"),
        ),
        ("json", "lib/model"),
        (("LIMIT", 2), ("build", 2), ("Server", 2)),
    ),
    "php": Snippet(
        "app.php",
        """<?php
namespace App;

use App\\Model\\Page;
require_once __DIR__ . '/help.php';

const LIMIT = 3;

/** Serves. */
#[Final]
class Server extends Base
{
    private $name = 'x';

    public function run(int $n): int
    {
        return twice($n);
    }
}

interface Keep { public function keep(); }

function twice($x) { return $x + $x; }
""",
        (
            (7, "constant", "LIMIT"),
            (11, "class", "Server"),
            (13, "field", "Server.name"),
            (15, "method", "Server.run"),
            (21, "interface", "Keep"),
            (21, "method", "Keep.keep"),
            (23, "function", "twice"),
        ),
        ("App\\Model\\Page", "__DIR__ . '/help.php"),
        (("twice", 2), ("Page", 1)),
    ),
    "bash": Snippet(
        "app.sh",
        """#!/bin/bash
source lib/help.sh
LIMIT=3
export NAME=x

# Runs.
run() {
  help "$LIMIT"
}

function stop {
  run
}
""",
        (
            (3, "variable", "LIMIT"),
            (4, "variable", "NAME"),
            (7, "function", "run"),
            (11, "function", "stop"),
        ),
        ("lib/help.sh",),
        (("LIMIT", 2), ("run", 1), ("help", 1)),
    ),
    "sql": Snippet(
        "app.sql",
        """-- People.
CREATE TABLE users (
  id INT PRIMARY KEY,
  name TEXT
);

CREATE VIEW names AS SELECT name FROM users;

CREATE FUNCTION twice(a int) RETURNS int AS $$ SELECT a + a $$ LANGUAGE sql;
CREATE INDEX by_name ON users (name);
""",
        (
            (2, "table", "users"),
            (7, "view", "names"),
            (9, "function", "twice"),
            (10, "index", "by_name"),
        ),
        (),
        (("users", 3), ("name", 3)),
    ),
    "json": Snippet(
        "app.json",
        """{
  "name": "x",
  "scripts": {
    "run": "go"
  },
  "list": [1, 2]
}
""",
        ((2, "key", "name"), (3, "key", "scripts"), (6, "key", "list")),
    ),
    "yaml": Snippet(
        "app.yaml",
        """name: x
on:
  push:
    branches: [main]
"jobs":
  - a
""",
        ((1, "key", "name"), (2, "key", "on"), (5, "key", "jobs")),
    ),
    "toml": Snippet(
        "app.toml",
        """title = "x"

[project]
name = "y"

[tool.ruff]
line = 1

[[people]]
name = "z"
""",
        (
            (1, "key", "title"),
            (3, "key", "project"),
            (6, "key", "tool.ruff"),
            (9, "key", "people"),
        ),
    ),
    "html": Snippet(
        "app.vue",
        """<div id="top">
  <script src="app.js"></script>
</div>
""",
        ((1, "element", "top"),),
        ("app.js",),
    ),
    "css": Snippet(
        "app.css",
        """@import "base.css";

/* Red. */
.note, #top {
  color: red;
}
@keyframes spin { from { top: 0; } }
""",
        ((4, "rule", ".note, #top"), (7, "rule", "spin")),
        ("base.css",),
        (("note", 1), ("top", 2)),
    ),
}
