"""Numbers in words, as every command prints them."""


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is one."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def data_size(size: float) -> str:
    """Return a size in bytes, kB, MB or GB with two or three digits."""
    for unit in ("bytes", "kB", "MB"):
        # What is rounded up to the next unit is told in it.
        if size < 999.5:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 99.95 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def seconds(duration: float) -> str:
    """Return a measured time in milliseconds or seconds."""
    return f"{duration * 1000:.0f} ms" if duration < 0.9995 else f"{duration:,.1f} s"
