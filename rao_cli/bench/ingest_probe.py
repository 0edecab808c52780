"""Read something once and say how long it took: one measurement, run as a process of its own.

Standard input holds the job as JSON, standard output the result: ``seconds``, ``cpu_seconds`` and ``amount``, or
``missing`` where the library to compare with is not installed, or ``failed`` with the reason. Started as a plain
script, by any Python: only jobs that read with rao import it, so that other readers can live elsewhere. Time to
start Python does not count; imports that reading needs do.
"""

import importlib
import json
import os
import resource
import sys
import time
from typing import Any

Result = dict[str, Any]


def main() -> None:
    """Do the job on standard input."""
    job = json.load(sys.stdin)
    sys.path.extend(job.get("paths", ()))
    try:
        result = _JOBS[job["reader"]](job) if _bound(job) else {"failed": "no process can be bound to a core here"}
    except ImportError as error:
        result = {"missing": str(error)}
    json.dump({**result, "cpu_seconds": _cpu_seconds()}, sys.stdout)


def _bound(job: Result) -> bool:
    """Bind this process to one core where the job asks for it; tell whether that was possible."""
    if not job.get("one_core"):
        return True
    if not hasattr(os, "sched_setaffinity"):
        return False
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return True


def _cpu_seconds() -> float:
    """Return the processor time of this process and of the workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _read(job: Result) -> Result:
    from rao_cli.documents.load import ReadOptions, open_sources
    from rao_cli.errors import RaoError

    options = ReadOptions(cache=_folder(job["cache"]))
    started = time.perf_counter()
    try:
        document = open_sources([job["source"]], options)
    except RaoError as error:
        return {"failed": error.message}
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "amount": _amount(document, job["unit"])}


def _amount(document: Any, unit: str) -> float:
    match unit:
        case "pages":
            return float(sum(len(origin.pages) for origin in document.origins))
        case "lines":
            size, step = len(document.text), 1 << 22
            return float(sum(document.text[at : at + step].count("\n") for at in range(0, size, step)))
        case "files":
            return float(len(document.origins))
        case _:
            return len(document.text) / 1e6


def _walk(job: Result) -> Result:
    from pathlib import Path

    from rao_cli.documents.load import ReadOptions
    from rao_cli.documents.walk.folder import list_files

    started = time.perf_counter()
    listing = list_files(Path(job["source"]), ReadOptions())
    return {"seconds": time.perf_counter() - started, "amount": len(listing.files)}


def _folder(name: str | None) -> Any:
    from pathlib import Path

    return Path(name) if name else None


def _pypdf(job: Result) -> Result:
    from pypdf import PdfReader

    started = time.perf_counter()
    pages = PdfReader(job["source"]).pages
    amount = min(len(pages), int(job["most"]))
    for number in range(amount):
        pages[number].extract_text()
    return {"seconds": time.perf_counter() - started, "amount": amount}


def _drain3(job: Result) -> Result:
    # By name: it is no dependency of ours, and is compared with only where somebody installed it.
    settings = importlib.import_module("drain3.template_miner_config").TemplateMinerConfig()
    miner = importlib.import_module("drain3").TemplateMiner(config=settings)
    amount = 0
    started = time.perf_counter()
    with open(job["source"], encoding="utf-8", errors="replace") as lines:  # noqa: PTH123 - any Python runs this
        for line in lines:
            miner.add_log_message(line.rstrip("\n"))
            amount += 1
            if amount >= int(job["most"]):
                break
    return {"seconds": time.perf_counter() - started, "amount": amount}


_JOBS = {"rao": _read, "walk": _walk, "pypdf": _pypdf, "drain3": _drain3}

if __name__ == "__main__":
    main()
