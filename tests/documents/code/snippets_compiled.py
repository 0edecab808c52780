"""A short source in each compiled language."""

from tests.documents.code.snippet import Snippet

COMPILED = {
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
}
