"""A short source in each language, with what a reader would say that it defines, imports and uses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Snippet:
    """A source; its symbols as (line, kind, dotted name); its imports; some of its uses with their counts."""

    name: str
    source: str
    symbols: tuple[tuple[int, str, str], ...]
    imports: tuple[str, ...] = ()
    uses: tuple[tuple[str, int], ...] = ()


SNIPPETS = {
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
    "go": Snippet(
        "app.go",
        """package app

import (
\t"fmt"
\tm "example.org/app/model"
)

const Limit = 3

var Out, Err io.Writer

// Server serves.
type Server struct {
\tName string
}

type (
\tHandler interface {
\t\tServe(s string) error
\t}
\tKind int
)

// Run runs it.
func (s *Server) Run(n int) error {
\treturn fmt.Errorf(s.Name)
}

func New() *Server { return &Server{} }
""",
        (
            (8, "constant", "Limit"),
            (10, "variable", "Out"),
            (10, "variable", "Err"),
            (13, "struct", "Server"),
            (14, "field", "Server.Name"),
            (18, "interface", "Handler"),
            (19, "prototype", "Handler.Serve"),
            (21, "type", "Kind"),
            (25, "method", "Server.Run"),
            (29, "function", "New"),
        ),
        ("fmt", "example.org/app/model"),
        (("Server", 4), ("fmt", 1)),
    ),
    "rust": Snippet(
        "app.rs",
        """use crate::model::{Page, Book as B};
mod store;

/// How it went.
#[derive(Debug)]
pub enum Outcome {
    Fine,
    Bad(i32),
}

pub struct Shelf<T> { pub size: T }

impl<T> fmt::Display for Shelf<T> {
    fn fmt(&self) -> Outcome {
        Outcome::Fine
    }
}

trait Keep {
    fn keep(&self);
}

const LIMIT: usize = 3;
macro_rules! twice { ($x:expr) => { $x + $x } }
mod inner {
    pub fn help() -> usize { LIMIT }
}
""",
        (
            (6, "enum", "Outcome"),
            (7, "constant", "Outcome.Fine"),
            (8, "constant", "Outcome.Bad"),
            (11, "struct", "Shelf"),
            (11, "field", "Shelf.size"),
            (14, "method", "Shelf.fmt"),
            (19, "trait", "Keep"),
            (20, "prototype", "Keep.keep"),
            (23, "constant", "LIMIT"),
            (24, "macro", "twice"),
            (25, "module", "inner"),
            (26, "function", "inner.help"),
        ),
        ("crate::model::{Page, Book as B}", "store"),
        (("Outcome", 3), ("LIMIT", 2)),
    ),
    "java": Snippet(
        "App.java",
        """package org.app;

import java.util.List;
import static org.app.Help.twice;

/** Serves. */
@Component
public class App extends Base {
    private static final int LIMIT = 3;

    public App(int size) { super(size); }

    @Override
    public List<String> names() {
        return twice(LIMIT);
    }

    enum Color { RED, GREEN }
    interface Keep { void keep(); }
    record Point(int x, int y) { }
}
""",
        (
            (8, "class", "App"),
            (9, "field", "App.LIMIT"),
            (11, "constructor", "App.App"),
            (14, "method", "App.names"),
            (18, "enum", "App.Color"),
            (18, "constant", "App.Color.RED"),
            (18, "constant", "App.Color.GREEN"),
            (19, "interface", "App.Keep"),
            (19, "method", "App.Keep.keep"),
            (20, "class", "App.Point"),
        ),
        ("java.util.List", "org.app.Help.twice"),
        (("LIMIT", 2), ("twice", 2)),
    ),
    "c": Snippet(
        "app.c",
        """#include <stdio.h>
#include "model.h"
#define LIMIT 3
#define TWICE(x) ((x) + (x))

typedef struct shelf {
    int size;
    char *name;
} shelf_t;

enum color { RED, GREEN };
extern int helper(int x);
static int count = 0;

/* Adds. */
API_EXPORT static char *add(int a, int b) {
    return helper(a + b);
}
""",
        (
            (3, "constant", "LIMIT"),
            (4, "macro", "TWICE"),
            (6, "struct", "shelf"),
            (6, "type", "shelf_t"),
            (7, "field", "shelf.size"),
            (8, "field", "shelf.name"),
            (11, "enum", "color"),
            (11, "constant", "color.RED"),
            (11, "constant", "color.GREEN"),
            (12, "prototype", "helper"),
            (13, "variable", "count"),
            (16, "function", "add"),
        ),
        ("stdio.h", "model.h"),
        (("helper", 2), ("a", 2)),
    ),
    "cpp": Snippet(
        "app.cpp",
        """#include "model.hpp"

namespace app {

template <typename T>
class APP_API Shelf : public Base<T> {
public:
    Shelf();
    ~Shelf() { }
    bool operator==(const Shelf& other) const { return true; }
    int size() const { return size_; }
private:
    int size_ = 0;
};

using Name = std::string;

Shelf<int>* Store::find(int key) {
    Value made(key);
    return nullptr;
}

}  // namespace app
""",
        (
            (3, "namespace", "app"),
            (6, "class", "app.Shelf"),
            (8, "prototype", "app.Shelf.Shelf"),
            (9, "method", "app.Shelf.~Shelf"),
            (10, "method", "app.Shelf.operator=="),
            (11, "method", "app.Shelf.size"),
            (13, "field", "app.Shelf.size_"),
            (16, "type", "app.Name"),
            (18, "method", "app.Store.find"),
        ),
        ("model.hpp",),
        (("key", 2), ("size_", 2)),
    ),
    "csharp": Snippet(
        "App.cs",
        """using System.Text;

namespace App.Core
{
    /// <summary>Serves.</summary>
    [Serializable]
    public class Server : Base
    {
        private readonly int limit = 3;
        public string Name { get; set; }

        public Server(string name) { Name = name; }

        [Obsolete]
        public async Task<int> Run(int n)
        {
            int Twice(int x) => x + x;
            return Twice(limit);
        }
    }

    public interface IKeep { void Keep(); }
    public enum Color { Red }
}
""",
        (
            (3, "namespace", "App.Core"),
            (7, "class", "App.Core.Server"),
            (9, "field", "App.Core.Server.limit"),
            (10, "property", "App.Core.Server.Name"),
            (12, "constructor", "App.Core.Server.Server"),
            (15, "method", "App.Core.Server.Run"),
            (17, "function", "App.Core.Server.Run.Twice"),
            (22, "interface", "App.Core.IKeep"),
            (22, "method", "App.Core.IKeep.Keep"),
            (23, "enum", "App.Core.Color"),
            (23, "constant", "App.Core.Color.Red"),
        ),
        ("System.Text",),
        (("Twice", 2), ("limit", 2)),
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
