"""What the installed llama.cpp says of itself, and builds that do not work."""

import os
import re
import signal
import sys
from pathlib import Path

import pytest

import rao_cli
from rao_cli.engine.build import Build, Device, read_build, read_build_apart
from tests.checkout import run_python
from tests.engine.machines import write

PLACE = str(Path(rao_cli.__file__).parents[1])
OLD = """
import ctypes
_lib = ctypes.CDLL(None)
def llama_log_callback(function): return function
def llama_log_set(function, data): pass
def llama_backend_init(): pass
def llama_print_system_info(): return b"CPU : AVX2 = 1 | AVX512 = 0 | OPENMP = 1 | "
def llama_supports_gpu_offload(): return False
"""


@pytest.fixture(scope="module")
def here():
    """Return what the installed library can do."""
    return read_build()


def apart(tmp_path, source):
    """Ask another process in which llama_cpp is made of one source file."""
    write(tmp_path, {"llama_cpp/__init__.py": "", "llama_cpp/llama_cpp.py": source})
    outside = [path for path in sys.path if path]
    return read_build_apart([str(tmp_path), PLACE, *outside])


def test_the_installed_library_is_described(here):
    """Versions look like versions, and at least the processor is a device."""
    assert here.problem == ""
    assert re.match(r"\d+\.\d+", here.version)
    assert re.match(r"\d+\.\d+", here.ggml)
    (processor,) = [device for device in here.devices if device.kind == "cpu"]
    assert processor.backend == "CPU"
    assert 0 <= processor.free <= processor.total > 1 << 28


def test_features_are_small_letters(here):
    """Names are those of llama.cpp in small letters, none twice."""
    assert len(set(here.features)) == len(here.features) > 0
    assert all(re.fullmatch(r"[a-z0-9_]+", name) for name in here.features)


def test_offload_needs_a_device(here):
    """A build that can offload has a device that is no processor."""
    assert not here.offload or any(device.kind != "cpu" for device in here.devices)


def test_another_process_says_the_same(here):
    """What is asked apart is what is asked here, memory and waiting left out."""
    other = read_build_apart()
    assert (other.version, other.ggml, other.features, other.offload, other.problem) == (
        here.version,
        here.ggml,
        here.features,
        here.offload,
        "",
    )
    assert [device.name for device in other.devices] == [device.name for device in here.devices]


def test_waiting_is_passive_unless_the_user_says_else(monkeypatch, here):
    """Without a word of the user threads sleep; with OMP_WAIT_POLICY=active they spin, and it is said."""
    if "openmp" not in here.features:
        pytest.skip("this build has no OpenMP")
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    assert read_build_apart().waits == "passive"
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    assert read_build_apart().waits == "active"


def test_a_runtime_that_was_there_first_spins(tmp_path, monkeypatch):
    """When OpenMP was loaded before rao could say how to wait, setting the variable is too late."""
    library = "import os\nassert os.environ['OMP_WAIT_POLICY'] == 'passive'\n" + OLD
    maps = write(tmp_path / "root", {"proc/self/maps": "7f00 r-xp 0 fe:00 12   /usr/lib/libgomp.so.1.0.0\n"})
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    write(tmp_path, {"llama_cpp/__init__.py": "", "llama_cpp/llama_cpp.py": library})
    code = f"import sys; sys.path[:0] = {[str(tmp_path), PLACE]!r}; from pathlib import Path\n"
    code += f"from rao_cli.engine.build import read_build; print(read_build(Path({str(maps)!r})))"
    done = run_python("-c", code)
    assert "openmp='libgomp', waits='active'" in done.stdout, done.stderr


def test_a_library_without_devices_is_described(tmp_path):
    """A library too old to list devices has none, and that is no problem."""
    build = apart(tmp_path, OLD)
    assert (build.problem, build.devices, build.ggml, build.features) == ("", (), "", ("avx2", "openmp"))


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("raise ImportError('no libllama')", "no libllama"),
        ("raise OSError('libcudart.so.12: cannot open shared object file')", "libcudart.so.12"),
        ("raise RuntimeError('Unsupported platform')", "Unsupported platform"),
        ("raise AttributeError('undefined symbol: llama_new')", "undefined symbol"),
        ("def f(:", "invalid syntax"),
        ("raise ValueError('odd')", "odd"),
        ("import os; os._exit(3)", "ended without a word"),
        ("print('}{ noise')\nimport sys; sys.exit(0)", "ended without a word"),
        (f"import os; os.kill(os.getpid(), {int(signal.SIGILL)})", "instructions that this processor does not"),
        (f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})", "signal 11"),
    ],
)
def test_a_broken_library_is_a_problem(tmp_path, source, word):
    """However the library fails, the asking process goes on and knows why."""
    build = apart(tmp_path, source)
    assert word in build.problem
    assert (build.features, build.devices, build.offload) == ((), (), False)


def test_a_problem_is_one_clean_line(tmp_path):
    """Control characters and line ends of a foreign message do not reach the user."""
    problem = apart(tmp_path, "raise ImportError('a\\n\\x1b[31mb' + 'c' * 1000)").problem
    assert "\n" not in problem
    assert "\x1b" not in problem
    assert len(problem) <= 300


def test_noise_of_the_library_is_passed_over(tmp_path):
    """What a library prints when it loads is not taken for the answer."""
    assert apart(tmp_path, "print('{}')\n" + OLD).problem == ""


def test_nothing_is_loaded_from_the_working_folder(tmp_path, monkeypatch):
    """A file called llama_cpp.py in the folder where rao runs is not executed."""
    write(tmp_path, {"llama_cpp.py": "raise ImportError('from the working folder')"})
    monkeypatch.chdir(tmp_path)
    paths = [path for path in sys.path if path and path != os.fspath(tmp_path)]
    assert "working folder" not in read_build_apart(paths).problem


def test_records_default_to_unknown():
    """A build of which nothing is known has no devices and no problem."""
    assert Build() == Build("", "", (), (), offload=False)
    assert Device("a", "CPU", "cpu", 1, 0).kind == "cpu"
