"""The command as a whole: what it prints, its exit code, and that a broken installation does not break it."""

import io
import json
import os
import sys
from pathlib import Path

import rao_cli
from rao_cli.cli.doctor import show_doctor
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Streams
from rao_cli.models.machine import machine
from tests.checkout import run_python
from tests.cli.console import Screen
from tests.engine.machines import write
from tests.models.machines import BROKEN, PLAIN, linux, processor

CODE = (
    "import sys; sys.path[:0] = {paths!r}\n"
    "from rao_cli.cli.doctor import show_doctor\n"
    "from rao_cli.cli.options import Options\n"
    "from rao_cli.cli.terminal import standard_streams\n"
    "sys.exit(show_doctor(Options({options}), standard_streams()))"
)


def doctor(root, build=PLAIN, out=None, **options):
    """Look at a made-up machine; return exit code and what was printed."""
    made = machine(write(root / "root", processor()), host=linux(), build=build)
    out = out or io.StringIO()
    streams = Streams(io.BytesIO(), out, io.StringIO())
    return show_doctor(Options(**options), streams, lambda: made), out.getvalue()


def real(tmp_path, options="", source=None):
    """Run the checks in a process of their own, with llama_cpp made of a source when one is given."""
    paths = [str(Path(rao_cli.__file__).parents[1])]
    if source is not None:
        write(tmp_path / "broken", {"llama_cpp/__init__.py": source})
        paths.insert(0, str(tmp_path / "broken"))
    return run_python("-c", CODE.format(paths=paths, options=options))


def test_every_line_of_a_pipe_is_plain(tmp_path):
    """In a pipe lines have at most 80 columns, no colours, and a state in front or nothing."""
    _code, text = doctor(tmp_path)
    assert "\x1b" not in text
    words = " ".join(sys.executable.split())
    for line in text.splitlines()[:-2]:
        assert len(line) <= 80 or words in line or str(tmp_path) in line
        assert line.startswith(("ok  ", "warning  ", "problem  ", "         "))


def test_colours_are_for_terminals(tmp_path):
    """A terminal gets colours, unless they are refused."""
    assert "\x1b[32mok" in doctor(tmp_path, out=Screen())[1]
    assert "\x1b" not in doctor(tmp_path, out=Screen(), color="never")[1]


def test_a_problem_fails(tmp_path):
    """The exit code is 1 exactly when there is a problem, and warnings do not count."""
    code, text = doctor(tmp_path, BROKEN)
    assert code == 1
    assert "problem  llama.cpp" in text
    code, text = doctor(tmp_path, model=None)
    assert code == int("problem  " in text)
    assert "warning  instructions" in text


def test_json_is_one_object(tmp_path):
    """The record has the machine and every check, and nothing else is printed."""
    code, text = doctor(tmp_path, BROKEN, json=True)
    record = json.loads(text)
    assert (code, record["schema"]) == (1, "rao.doctor/1")
    assert record["machine"]["build"]["version"] == "0.3.36"
    assert {"name", "state", "text", "remedy", "command"} == set(record["checks"][0])
    assert text.count("\n") == 1


def test_output_goes_to_a_file(tmp_path):
    """With -o the findings are written there, without colours."""
    _code, text = doctor(tmp_path, out=Screen(), output=str(tmp_path / "found.txt"))
    assert text == ""
    assert (tmp_path / "found.txt").read_text().startswith("ok       rao")


def test_this_installation_is_looked_at(tmp_path):
    """The real command prints its list, also for a build of llama.cpp that nobody made up."""
    done = real(tmp_path, "json=True")
    record = json.loads(done.stdout)
    assert done.stderr == ""
    assert record["machine"]["build"]["problem"] == ""
    names = [check["name"] for check in record["checks"]]
    assert names[:3] == ["rao", "llama.cpp", "compiler"]
    assert {"SQLite", "extras", "terminal", "caches"} < set(names)


def test_a_missing_library_does_not_stop_it(tmp_path):
    """A llama_cpp that cannot be imported is a finding; the other checks go on."""
    done = real(tmp_path, source="raise ImportError('libllama.so: cannot open shared object file')")
    assert (done.returncode, done.stderr) == (1, "")
    assert "libllama.so: cannot open" in done.stdout
    assert "SQLite" in done.stdout


def test_a_library_that_kills_its_process_does_not_stop_it(tmp_path):
    """A build that dies of an illegal instruction is a finding."""
    done = real(tmp_path, source="import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    assert (done.returncode, done.stderr) == (1, "")
    assert "instructions that this processor" in done.stdout


def test_nothing_heavy_is_loaded(tmp_path):
    """Neither llama.cpp nor numpy enters the process that reports."""
    code = CODE.format(paths=[str(Path(rao_cli.__file__).parents[1])], options="").replace("sys.exit", "print")
    done = run_python("-c", code + "; print(sorted({'llama_cpp', 'numpy'} & set(sys.modules)))")
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_secrets_in_variables_are_not_printed(tmp_path, monkeypatch):
    """Whatever the environment holds, no value of it that may be secret is shown."""
    for name in ("RAO_API_KEY", "OPENAI_API_KEY", "RAO_BASE_URL", "HF_TOKEN"):
        monkeypatch.setenv(name, "http://hunter2@x")
    assert "hunter2" in os.environ["HF_TOKEN"]
    assert "hunter2" not in doctor(tmp_path)[1] + doctor(tmp_path, json=True)[1]
