"""``.ci/run`` in small projects of its own: what makes it pass, and that every kind of failure ends it."""

import os
import shutil
import subprocess

import pytest

from tests.checkout import ROOT

TOOLS = "mkdir -p .venv/bin && ln -s /bin/true .venv/bin/ruff && ln -s /bin/{mypy} .venv/bin/mypy && "
README = "# Title\n\n<!-- command: tests -->\n```sh\n{command}\n```\n"

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the script is for bash")


def run_ci(folder, readme):
    """Run the script in a project that holds nothing but itself and a README."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
    (folder / "README.md").write_text(readme, "utf-8")
    return subprocess.run(
        [folder / ".ci" / "run"],
        env={**os.environ, "TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def readme(command, mypy="true"):
    """Return a README whose test command first lays out stand-ins for the checkers."""
    return README.format(command=TOOLS.format(mypy=mypy) + command)


def test_a_passing_project_passes(tmp_path):
    """All stages run, and the copy is removed."""
    done = run_ci(tmp_path, readme('echo "12 passed in 1s"'))
    assert (done.returncode, done.stderr) == (0, "")
    assert [stage in done.stdout for stage in ("=== lint: ok", "=== format: ok", "=== types: ok")] == [True] * 3
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ci", "README.md"]


@pytest.mark.parametrize(
    "text",
    [
        readme('echo "3 passed, 1 failed" && false'),
        readme('echo "no tests ran in 0.01s"'),
        readme('echo "0 passed in 1s"'),
        readme('echo "12 passed in 1s"', mypy="false"),
        README.format(command='echo "1 passed"\necho more'),
        README.format(command=""),
        README.format(command='echo "1 passed"') * 2,
        "# no command\n",
        "<!-- command: tests -->\nprose\n```sh\necho 1 passed\n```\n",
    ],
    ids=[
        "failed",
        "none ran",
        "none passed",
        "types",
        "two lines",
        "no line",
        "twice",
        "no marker",
        "prose between",
    ],
)
def test_each_failure_ends_the_run(tmp_path, text):
    """The script ends non-zero and never says that everything passed."""
    done = run_ci(tmp_path, text)
    assert done.returncode == 1
    assert "FAILED" in done.stdout
    assert "everything passed" not in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ci", "README.md"]


def test_the_command_cannot_ask(tmp_path):
    """A command that reads its standard input gets its end at once."""
    assert run_ci(tmp_path, readme('cat && echo "1 passed"')).returncode == 0


def test_passive_waiting_is_set(tmp_path):
    """Threads of OpenMP do not spin while they wait; spinning made inference many times slower."""
    done = run_ci(tmp_path, readme('echo "policy $OMP_WAIT_POLICY" && echo "1 passed"'))
    assert "policy passive" in done.stdout
