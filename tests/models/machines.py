"""Made-up machines and builds of llama.cpp, as a test needs them."""

from rao_cli.engine.build import Build, Device
from rao_cli.models.machine import Host

CPU = Device("Some CPU", "CPU", "cpu", 16 << 30, 16 << 30)
PLAIN = Build(
    "0.3.36", "0.25.3", ("avx2", "fma", "f16c", "bmi2", "openmp"), (CPU,), openmp="libgomp", waits="passive"
)
CUDA = Build(
    "0.3.36", "0.25.3", PLAIN.features, (Device("NVIDIA H100", "CUDA", "gpu", 80 << 30, 70 << 30), CPU), True
)
METAL = Build(
    "0.3.36", "0.25.3", ("neon", "dotprod"), (Device("Apple M2", "Metal", "gpu", 16 << 30, 12 << 30),), True
)
BROKEN = Build("0.3.36", problem="libllama.so: cannot open shared object file")


def linux(processors=(0, 1), architecture="x86_64"):
    """Return a Linux host that may run on some processors."""
    return Host("linux", architecture, processors, lambda name: b"")


def mac(architecture="arm64"):
    """Return a Mac with 16 GB, by default one with Apple's own chip."""
    facts = {
        "machdep.cpu.brand_string": b"Apple M2\0",
        "hw.memsize": (16 << 30).to_bytes(8, "little"),
        "hw.optional.arm.FEAT_DotProd": b"\1\0\0\0",
        "hw.optional.arm.FEAT_I8MM": b"\0\0\0\0",
    }
    return Host("darwin", architecture, (0, 1, 2, 3), lambda name: facts.get(name, b""))


def processor(flags="fpu avx2 fma f16c bmi2 avx512f avx512_bf16"):
    """Return the files of an x86 processor and 32 GB of memory."""
    return {
        "proc/cpuinfo": f"processor\t: 0\nmodel name\t: Some\x1b  CPU\nflags\t\t: {flags}\n\nprocessor\t: 1\n",
        "proc/meminfo": "MemTotal:       33554432 kB\nMemFree: 100 kB\nMemAvailable:   16777216 kB\n",
    }


def nvidia(count=1):
    """Return the files of NVIDIA's driver and its cards."""
    files = {f"dev/nvidia{number}": "" for number in range(count)}
    files["dev/nvidiactl"] = ""
    for number in range(count):
        files[f"proc/driver/nvidia/gpus/0000:0{number}:00.0/information"] = "Model: \t\t NVIDIA H100\nIRQ: 1\n"
    return files


def on_bus(vendor, kind="0x030000"):
    """Return the files of a card on the bus."""
    return {
        "sys/bus/pci/devices/0000:01:00.0/vendor": f"{vendor}\n",
        "sys/bus/pci/devices/0000:01:00.0/class": f"{kind}\n",
    }
