"""Facts about made-up machines, and the command that rebuilds llama.cpp for them."""

import shlex
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.build import Device, read_build
from rao_cli.models.hardware import GraphicsCard
from rao_cli.models.machine import Gpu, machine, machine_key, rebuild_command, rebuild_hint
from rao_cli.text import clean
from tests.engine.machines import container, write
from tests.models.machines import BROKEN, CPU, CUDA, METAL, PLAIN, linux, mac, nvidia, on_bus, processor


def seen(root, files=None, build=PLAIN, host=None):
    """Look at a machine made of files."""
    write(root, processor() if files is None else files)
    return machine(root, host=host or linux(), build=build)


def hint(root, files, build=PLAIN):
    """Return the command that a machine made of files is told."""
    return rebuild_hint(seen(root, {**processor(), **files}, build), python="/usr/bin/python3", root=root)


def test_a_processor_is_described(tmp_path):
    """Name, instructions by llama.cpp's names and memory come from the kernel's files."""
    found = seen(tmp_path)
    assert found.cpu == "Some CPU"
    assert found.features == ("avx2", "fma", "f16c", "bmi2", "avx512", "avx512_bf16")
    assert (found.memory, found.available, found.limited) == (32 << 30, 16 << 30, False)
    assert (found.cores, found.processors, found.quota) == (2, 2, None)


def test_what_the_build_does_without_is_told(tmp_path):
    """Instructions that the processor has and the build lacks are named; of a broken build nothing is known."""
    assert seen(tmp_path).unused == ("avx512", "avx512_bf16")
    assert seen(tmp_path, build=BROKEN).unused == ()


def test_an_arm_processor_is_described(tmp_path):
    """ARM's kernels call their instructions otherwise."""
    files = {"proc/cpuinfo": "processor : 0\nFeatures : fp asimd asimddp i8mm sve\nHardware : Some board\n"}
    found = seen(tmp_path, files, host=linux(architecture="aarch64"))
    assert (found.cpu, found.features) == ("Some board", ("neon", "dotprod", "matmul_int8", "sve"))


def test_an_unreadable_proc_is_unknown(tmp_path):
    """Without the kernel's files the facts are unknown, and there is one core at least."""
    found = seen(tmp_path, {}, host=linux(processors=()))
    assert (found.cpu, found.features, found.memory, found.available) == ("x86_64", (), 0, None)
    assert (found.cores, found.cards, found.unused) == (1, (), ())


def test_a_container_limits(tmp_path):
    """Quota and memory limit of a container are the machine's."""
    files = {**processor(), **container(cpu="150000 100000", memory=str(4 << 30), current=str(1 << 30))}
    found = seen(tmp_path, files, host=linux(tuple(range(16))))
    assert (found.cores, found.quota) == (2, 1.5)
    assert (found.memory, found.available, found.limited) == (4 << 30, 3 << 30, True)


def test_a_limit_above_the_memory_limits_nothing(tmp_path):
    """A container that may have more than there is has what there is."""
    found = seen(tmp_path, {**processor(), **container(memory=str(99 << 30))})
    assert (found.memory, found.limited) == (32 << 30, False)


def test_a_mac_is_described(tmp_path):
    """A Mac is asked, its graphics are driven by Metal."""
    found = machine(tmp_path, host=mac(), build=METAL)
    assert (found.cpu, found.features, found.memory) == ("Apple M2", ("neon", "dotprod"), 16 << 30)
    assert found.gpus == (Gpu("Apple M2", 16 << 30, 12 << 30, "Metal"),)
    assert rebuild_hint(found) == ""


def test_a_mac_without_metal_is_told(tmp_path):
    """A Mac whose llama.cpp has no Metal is told how to get it; an Intel Mac is not."""
    plain = replace(PLAIN, devices=(CPU,))
    assert "CMAKE_ARGS=-DGGML_METAL=on " in rebuild_hint(machine(tmp_path, host=mac(), build=plain))
    assert rebuild_hint(machine(tmp_path, host=mac("x86_64"), build=plain)) == ""


def test_cuda_is_used(tmp_path):
    """A card that the build drives has name, memory and backend, and nothing is to be rebuilt."""
    found = seen(tmp_path, {**processor(), **nvidia()}, CUDA)
    assert found.gpus == (Gpu("NVIDIA H100", 80 << 30, 70 << 30, "CUDA"),)
    assert found.backends == ("CUDA", "CPU")
    assert rebuild_hint(found) == ""


def test_a_card_without_offload_is_no_gpu(tmp_path):
    """A device is of no use where llama.cpp cannot put layers on it."""
    assert seen(tmp_path, build=replace(CUDA, offload=False)).gpus == ()


def test_an_nvidia_card_with_a_plain_build_is_told(tmp_path):
    """The command builds the same version, for this Python, with CUDA."""
    words = shlex.split(hint(tmp_path, nvidia()))
    assert words[:4] == ["CMAKE_ARGS=-DGGML_CUDA=on", "/usr/bin/python3", "-m", "pip"]
    assert words[-2:] == ["llama-cpp-python", "llama-cpp-python==0.3.36"]
    assert {"--no-deps", "--no-binary", "--force-reinstall"} < set(words)


def test_an_amd_card_takes_rocm_or_vulkan(tmp_path):
    """ROCm is used where it is installed, Vulkan elsewhere."""
    files = {**on_bus("0x1002"), "dev/kfd": ""}
    assert "GGML_VULKAN" in hint(tmp_path, files)
    assert "GGML_HIP" in hint(tmp_path, {**files, "opt/rocm/lib": ""})


@pytest.mark.parametrize(
    "files", [{}, on_bus("0x10de"), on_bus("0x1002"), on_bus("0x8086"), {"dev/nvidiactl": ""}]
)
def test_no_usable_card_means_no_command(tmp_path, files):
    """Without a card, or without its driver, rebuilding would gain nothing."""
    assert hint(tmp_path, files) == ""


def test_cards_are_counted(tmp_path):
    """Each card given to the container is one, named by the driver."""
    assert seen(tmp_path, nvidia(2)).cards == (GraphicsCard("NVIDIA", "NVIDIA H100", driver=True),) * 2


def test_a_card_without_driver_is_seen(tmp_path):
    """A card on the bus whose driver is missing is known as such; a network card of that vendor is none."""
    assert seen(tmp_path, on_bus("0x10de", "0x030200")).cards == (GraphicsCard("NVIDIA", "NVIDIA", driver=False),)
    write(tmp_path, on_bus("0x10de", "0x020000"))
    assert machine(tmp_path, host=linux(), build=PLAIN).cards == ()


def test_linux_inside_windows_has_a_card(tmp_path):
    """Windows gives its card to Linux by a device and a library of its own."""
    files = {"dev/dxg": "", "usr/lib/wsl/lib/libcuda.so.1": ""}
    assert [card.driver for card in seen(tmp_path, files).cards] == [True]


def test_names_of_cards_are_clean(tmp_path):
    """A driver's text reaches nobody's terminal with control characters in it."""
    files = {**nvidia(), "proc/driver/nvidia/gpus/0000:00:00.0/information": "Model: \x1b[2Jbad\x07\n"}
    assert "\x1b" not in seen(tmp_path, files).cards[0].name


def test_the_key_is_that_of_the_machine(tmp_path):
    """Free memory does not change the key; cores, cards and the build do."""
    found = seen(tmp_path, {**processor(), **nvidia()}, CUDA)
    freer = replace(CUDA, devices=(replace(CUDA.devices[0], free=1), CPU), waits="active")
    assert machine_key(found) == machine_key(replace(found, build=freer, available=5))
    others = [
        replace(found, cores=1),
        replace(found, cpu="Other"),
        replace(found, build=PLAIN),
        replace(found, build=replace(CUDA, version="0.4")),
        replace(found, build=replace(CUDA, devices=(Device("Other", "CUDA", "gpu", 80 << 30, 0), CPU))),
    ]
    assert len({machine_key(other) for other in (found, *others)}) == len(others) + 1


def test_a_path_with_spaces_is_quoted():
    """The command can be pasted whatever Python's path is."""
    assert shlex.split(rebuild_command(PLAIN, "-DA=on -DB=on", python="/a b/python"))[:2] == [
        "CMAKE_ARGS=-DA=on -DB=on",
        "/a b/python",
    ]


@given(st.binary(max_size=300), st.binary(max_size=100))
def test_any_bytes_are_survived(tmp_path_factory, cpuinfo, meminfo):
    """Whatever the kernel's files hold, a machine comes back."""
    root = tmp_path_factory.mktemp("root")
    (root / "proc").mkdir()
    (root / "proc/cpuinfo").write_bytes(b"model name: " + cpuinfo)
    (root / "proc/meminfo").write_bytes(b"MemTotal:" + meminfo)
    found = machine(root, host=linux(), build=PLAIN)
    assert clean(found.cpu) == found.cpu
    assert found.memory >= 0


def test_this_machine_is_described():
    """The real machine has a processor's name, memory and at least one core."""
    found = machine(build=read_build())
    assert found.cpu
    assert found.memory > 1 << 28
    assert 1 <= found.cores <= found.processors
    assert len(machine_key(found)) == 16
