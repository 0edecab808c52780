"""What is said about made-up machines and builds."""

from dataclasses import replace

import pytest

from rao_cli.cli.doctor_machine import machine_findings
from rao_cli.engine.build import Build
from rao_cli.models.machine import machine
from tests.engine.machines import container, write
from tests.models.machines import BROKEN, CUDA, METAL, PLAIN, linux, mac, nvidia, on_bus, processor

FULL = replace(PLAIN, features=(*PLAIN.features, "avx512", "avx512_bf16"))


def everything(name):
    """Find every program."""
    return f"/usr/bin/{name}"


def nothing(name):
    """Find no program."""


def found(root, files=(), build=FULL, which=everything, host=None):
    """Return the findings about a machine made of files, by name."""
    write(root, {**processor(), **dict(files)})
    made = machine(root, host=host or linux(), build=build)
    return {finding.name: finding for finding in machine_findings(made, which)}


def test_a_sound_machine_is_in_order(tmp_path):
    """A build that uses all there is gives no warning."""
    findings = found(tmp_path)
    assert {finding.state for finding in findings.values()} == {"ok"}
    assert list(findings) == ["llama.cpp", "compiler", "GPU", "instructions", "threads", "waiting"]


def test_backends_are_named(tmp_path):
    """What the build computes on stands beside its version."""
    assert (
        found(tmp_path, nvidia(), CUDA)["llama.cpp"].text == "llama-cpp-python 0.3.36, ggml 0.25.3, for CUDA, CPU"
    )


def test_a_missing_library_is_a_problem(tmp_path):
    """Without llama-cpp-python the command that installs it is given, and nothing else is judged."""
    findings = found(tmp_path, build=Build(problem="No module named 'llama_cpp'"))
    assert findings["llama.cpp"].state == "problem"
    assert findings["llama.cpp"].command.endswith("-m pip install llama-cpp-python")
    assert list(findings) == ["llama.cpp", "compiler"]


def test_a_broken_library_is_a_problem(tmp_path):
    """Why it does not load is said, with the command that builds the same version again."""
    finding = found(tmp_path, build=BROKEN)["llama.cpp"]
    assert finding.state == "problem"
    assert "libllama.so: cannot open" in finding.text
    assert finding.command.endswith("llama-cpp-python==0.3.36")


@pytest.mark.parametrize(("build", "state"), [(FULL, "ok"), (PLAIN, "warning"), (BROKEN, "warning")])
def test_a_missing_compiler_matters_when_there_is_something_to_build(tmp_path, build, state):
    """Who has nothing to build needs no compiler."""
    finding = found(tmp_path, build=build, which=nothing)["compiler"]
    assert finding.state == state
    assert bool(finding.command) == (state == "warning")
    assert "no C++ compiler and no CMake" in finding.text


def test_a_card_that_is_not_used_gets_the_command(tmp_path):
    """An NVIDIA card with a plain build is a warning with the command."""
    finding = found(tmp_path, nvidia())["GPU"]
    assert finding.state == "warning"
    assert "NVIDIA H100" in finding.text
    assert finding.command.startswith("CMAKE_ARGS=-DGGML_CUDA=on ")


def test_a_missing_toolkit_is_named(tmp_path):
    """Building for a card needs its vendor's compiler, which is named when it is not there."""
    finding = found(tmp_path, {**on_bus("0x1002"), "dev/kfd": ""}, which=nothing)["GPU"]
    assert finding.remedy.startswith("install the Vulkan SDK")


def test_a_card_without_driver_is_told(tmp_path):
    """Without a driver no command would help."""
    finding = found(tmp_path, on_bus("0x10de"))["GPU"]
    assert (finding.state, finding.command) == ("warning", "")
    assert "driver" in finding.remedy


def test_used_cards_show_their_memory(tmp_path):
    """A card in use is in order, with its backend and free memory."""
    finding = found(tmp_path, nvidia(), CUDA)["GPU"]
    assert (finding.state, finding.text) == ("ok", "NVIDIA H100 by CUDA, 75.2 GB of 85.9 GB free")


def test_a_mac_is_in_order(tmp_path):
    """A Mac with Metal and all its instructions has nothing to do."""
    findings = found(tmp_path, build=METAL, host=mac())
    assert {finding.state for finding in findings.values()} == {"ok"}
    assert "waiting" not in findings


def test_unused_instructions_are_a_warning(tmp_path):
    """What the processor has and the build lacks is named, with the command."""
    finding = found(tmp_path, build=PLAIN)["instructions"]
    assert finding.state == "warning"
    assert "avx512, avx512_bf16" in finding.text
    assert "CMAKE_ARGS" not in finding.command


def test_a_quota_is_shown(tmp_path):
    """A container's quota stands beside the cores."""
    host = linux(tuple(range(8)))
    text = found(tmp_path, container(cpu="150000 100000"), host=host)["threads"].text
    assert text == "Some CPU, 2 cores to compute on, of 8 processors; a container's quota gives the time of 1.5"


def test_spinning_threads_are_a_warning(tmp_path):
    """Threads that spin while they wait are told to sleep."""
    finding = found(tmp_path, build=replace(FULL, waits="active"))["waiting"]
    assert (finding.state, finding.command) == ("warning", "export OMP_WAIT_POLICY=passive")
