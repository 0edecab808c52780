"""Made-up machines: the files of the kernel that rao reads, written below a folder."""


def write(root, files):
    """Write files by their path below the root; return the root."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def siblings(*groups):
    """Return the files that say which processors are threads of one core: ``siblings("0,2", "1,3")``."""
    return {
        f"sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list": f"{group}\n"
        for group in groups
        for number in group.split(",")
    }


def container(cpu="max 100000", memory="max", current="0", idle=0, group="/"):
    """Return the files of a container as cgroup version 2 shows it from inside."""
    return {
        "proc/self/cgroup": f"0::{group}\n",
        "sys/fs/cgroup/cpu.max": f"{cpu}\n",
        "sys/fs/cgroup/memory.max": f"{memory}\n",
        "sys/fs/cgroup/memory.current": f"{current}\n",
        "sys/fs/cgroup/memory.stat": f"anon 5\nfile 7\ninactive_file {idle}\nactive_file 3\n",
    }


def old_container(quota="-1", period="100000", memory="9223372036854771712", used="0", group="/"):
    """Return the files of a container as cgroup version 1 shows it."""
    return {
        "proc/self/cgroup": f"4:memory:{group}\n2:cpuacct,cpu:{group}\n0::/\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": f"{quota}\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": f"{period}\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{memory}\n",
        "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{used}\n",
    }
