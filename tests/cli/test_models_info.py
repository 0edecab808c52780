"""``rao models info``: facts from the header, the fit that is kept, and strange templates as data."""

import pytest

from rao_cli.cli.models_known import hanging
from tests.cli.console import Screen, rao
from tests.engine.tiny import write_tiny

STRANGE = "{% for m in messages %}<<{{ m.role }}>>{{ m.content }}{% endfor %}"


def facts(done):
    """Return the facts by name."""
    lines = [line.partition("  ") for line in done.out.splitlines()]
    return {name: value.strip() for name, _, value in lines if name}


@pytest.fixture
def tiny(tmp_path):
    """Return a model file."""
    return write_tiny(tmp_path / "tiny.gguf", template="<|im_start|>{{ x }}")


def test_the_header_is_told(tiny):
    """Size, licence, context, weights, memory and chat format come from the file."""
    done = rao("models", "info", tiny)
    assert done.code == 0, done.err
    told = facts(done)
    assert told["file"] == str(tiny)
    assert told["context"] == "4,096 tokens"
    assert told["licence"] == "the file names none"
    assert told["weights"].endswith("in 1 layers, llama")
    assert told["memory"].endswith("for each token")
    assert told["fit"].startswith("not measured here yet")
    assert "chat format: chatml" in done.out


def test_without_a_name_it_is_the_one_in_use(tiny, monkeypatch):
    """The model that would answer is described."""
    monkeypatch.setenv("RAO_MODEL", str(tiny))
    assert facts(rao("models", "info"))["file"] == str(tiny)


def test_a_model_that_is_not_here_is_described():
    """What the catalogue knows is told before a download, with the command for it."""
    done = rao("models", "info", "qwen3-4b")
    assert done.code == 0
    told = facts(done)
    assert told["installed"] == "no; rao models add qwen3-4b"
    assert told["context"] == "262,144 tokens"
    assert "not measured" in told["window"]
    assert told["source"].startswith("hf:unsloth/")
    assert rao("models", "info", "qwen3-4b", "--json").json["installed"] is False


def test_json_has_the_same_facts(tiny):
    """The object holds the header's facts as numbers."""
    done = rao("models", "info", tiny, "--json").json
    assert done["schema"] == "rao.models.info/1"
    assert (done["context"], done["layers"], done["chat_format"]) == (4096, 1, "chatml")
    assert (done["fit"], done["chat_template"]) == (None, None)


def test_a_strange_template_is_shown_as_data(tmp_path):
    """A template of no known family is printed behind a note, not run."""
    path = write_tiny(tmp_path / "tiny.gguf", template=STRANGE)
    out = rao("models", "info", path).out
    assert "chat format: unknown" in out
    assert "only data here" in out
    assert f"  | {STRANGE}\n" in out
    assert rao("models", "info", path, "--json").json["chat_template"] == STRANGE


@pytest.mark.parametrize(
    "template",
    [
        "\x1b]0;title\x07\x1b[2J{{ x }}",
        "a\u202eb\u2066c{{ x }}",
        "{{ x }}\r\nrao: error: forged\n\n\n" * 5,
        "x" * 200_000,
        "{{ x }}\n" * 20_000,
        "{{ cycler.__init__.__globals__.os.popen('touch M') }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    ],
)
def test_hostile_templates_are_cleaned_cut_and_not_run(tmp_path, monkeypatch, template):
    """Whatever a template holds, it is a few clean lines behind a bar, and nothing happens."""
    monkeypatch.chdir(tmp_path)
    path = write_tiny(tmp_path / "tiny.gguf", template=template)
    done = rao("models", "info", path)
    assert done.code == 0
    assert all(line.isprintable() for line in done.out.splitlines())
    shown = done.out.partition("only data here")[2].splitlines()[1:]
    assert 0 < len(shown) <= 25
    assert all(line.startswith("  | ") and len(line) <= 104 for line in shown if line.strip(" |"))
    assert not (tmp_path / "M").exists()


def test_hostile_names_are_cleaned(tmp_path):
    """A name inside the file cannot forge a line."""
    path = write_tiny(tmp_path / "tiny.gguf", pairs={"general.name": "x\n\x1b[31mlicence  MIT"})
    out = rao("models", "info", path).out
    assert "\x1b" not in out
    assert "licence  the file names none" in out


def test_the_adapter_in_use_is_told(tiny, tmp_path, monkeypatch):
    """The option goes before the variable; none means none; one that is not there is an error."""
    (tmp_path / "a.gguf").write_bytes(b"a")
    (tmp_path / "b.gguf").write_bytes(b"b")
    assert "adapter" not in facts(rao("models", "info", tiny))
    monkeypatch.setenv("RAO_ADAPTER", str(tmp_path / "a.gguf"))
    assert facts(rao("models", "info", tiny))["adapter"] == str(tmp_path / "a.gguf")
    assert facts(rao("models", "info", tiny, "--adapter", tmp_path / "b.gguf"))["adapter"].endswith("b.gguf")
    assert "adapter" not in facts(rao("models", "info", tiny, "--adapter", "none"))
    done = rao("models", "info", tiny, "--adapter", "missing.gguf")
    assert (done.code, done.out) == (4, "")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_screen(tiny, monkeypatch, width):
    """On a terminal text is wrapped; only a path, which must stay whole, may be wider."""
    monkeypatch.setenv("COLUMNS", str(width))
    lines = rao("models", "info", "qwen3-4b", out=Screen()).out.splitlines()
    assert [line for line in lines if len(line) > width and "hf:" not in line] == []


def test_text_hangs_behind_its_start():
    """Later lines stand below the first; words stay whole."""
    assert hanging("ab  ", "one two three four five six", 24) == "ab  one two three four\n    five six\n"
    assert hanging("ab  ", "", 24) == ""


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        (("none.gguf",), 4, "No such file"),
        (("smolm2",), 4, "did you mean smollm2?"),
        ((".",), 4, "is not a file"),
        (("",), 4, "the model's name is empty"),
        (("a", "b"), 2, "unexpected"),
    ],
)
def test_errors(argv, code, message):
    """A missing file, a misspelt name and too many arguments are one line with a hint."""
    done = rao("models", "info", *argv)
    assert (done.code, done.out) == (code, "")
    assert message in done.err


def test_a_damaged_file_is_one_line(tmp_path):
    """A file that lies about itself is refused before llama.cpp sees it."""
    (tmp_path / "bad.gguf").write_bytes(b"GGUF\x03\0\0\0" + b"\xff" * 64)
    done = rao("models", "info", tmp_path / "bad.gguf")
    assert (done.code, done.out) == (4, "")
    assert "is damaged" in done.err
