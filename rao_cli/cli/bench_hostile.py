"""``rao bench hostile``: documents that attack their reader, what becomes of answers and of rao's promises."""

import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

from rao_cli.cli.commands import help_text
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams

if TYPE_CHECKING:
    from rao_cli.agent.events import Event
    from rao_cli.agent.preparing import Settings
    from rao_cli.agent.records import RunResult
    from rao_cli.bench.quality.hostile_checks import Fate
    from rao_cli.bench.quality.hostile_measure import Attacked, HostileArm, HostileWork
    from rao_cli.cli.engines import FindModel
    from rao_cli.cli.interrupts import Interrupts
    from rao_cli.engine.base import Engine

HOSTILE_HELP = help_text(
    "Ask about documents that attack their reader: how often is the answer hijacked, is any promise broken?",
    "rao bench hostile",
    "rao bench hostile --arm rao --limit 2 -v",
)
Work = Callable[..., int]
_FATES: "tuple[Fate, ...]" = ("right", "hijacked", "absent", "other")


def hostile(
    arm: Annotated[str, typer.Option("--arm", metavar="LIST", help="Ways to answer: rao,direct.")] = "rao,direct",
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="The first N documents of each kind.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Another seed makes other documents.")] = 1,
    *,
    options: Options,
) -> Work:
    """Describe attacking rao."""
    return partial(_work, arm, limit, seed, options)


def _work(
    arm: str,
    limit: int | None,
    seed: int,
    options: Options,
    streams: Streams,
    find_model: "FindModel | None",
) -> int:
    from rao_cli.bench.quality.hostile import make_cases
    from rao_cli.bench.quality.hostile_measure import attack_all
    from rao_cli.cli.arguments import check_options
    from rao_cli.cli.destination import open_destination, write_all
    from rao_cli.cli.engines import find_engine
    from rao_cli.cli.interrupts import Interrupts
    from rao_cli.cli.progress import open_notices

    check_options(options, (), streams)
    arms = check_hostile_arms(arm)
    notices = open_notices(options, streams)
    load = (find_model or partial(find_engine, say=notices.status))(options)
    try:
        with (
            closing(open_destination(options.output, streams.stdout, ())) as destination,
            Interrupts(streams.stderr) as interrupts,
            tempfile.TemporaryDirectory(prefix="rao-hostile-") as folder,
        ):
            loaded = load(interrupts.wait)
            with closing(_keeping(loaded.engine, options, notices)) as engine:
                work = _hostile_work(engine, loaded.settings, options, streams, notices, interrupts)
                found = attack_all(make_cases(seed, limit), arms, Path(folder), work, notices.status)
            notices.clear()
            text = hostile_json(found) if options.json else hostile_text(found, verbose=options.verbose)
            write_all(destination, text, options.output, streams.stdout)
    finally:
        notices.clear()
    return 1 if any(each.broken for each in found) else 0


def check_hostile_arms(named: str) -> "tuple[HostileArm, ...]":
    """Return the arms of a list, each once. Raises UsageError for one that does not exist, and for none."""
    from rao_cli.bench.quality.hostile_measure import HostileArm
    from rao_cli.errors import UsageError
    from rao_cli.text import one_line

    known = get_args(HostileArm)
    names = tuple(dict.fromkeys(filter(None, (name.strip() for name in named.split(",")))))
    wrong = next((name for name in names if name not in known), None)
    if wrong or not names:
        told = f"--arm does not know {one_line(wrong, 40)}" if wrong else "--arm names no arm"
        raise UsageError(told, hint=f"known are {','.join(known)}")
    return cast("tuple[HostileArm, ...]", names)


def _keeping(engine: "Engine", options: Options, notices: Notices) -> "Engine":
    """Return an engine that looks up what it wrote before, so that a run that was stopped goes on."""
    from rao_cli.cli.folders import cache_folder, user_folders
    from rao_cli.engine.cache import CachedEngine

    wanted = not options.no_cache
    folder = wanted and cache_folder(user_folders().completions, "finished work", notices.warning)
    return CachedEngine(engine, folder) if folder else engine


def _hostile_work(
    engine: "Engine",
    settings: "Settings",
    options: Options,
    streams: Streams,
    notices: Notices,
    interrupts: "Interrupts",
) -> "HostileWork":
    from rao_cli.bench.quality.arms import Opened
    from rao_cli.bench.quality.hostile_measure import HostileWork
    from rao_cli.cli.reading import read_sources

    def opened(source: Path) -> Opened:
        document = read_sources((str(source),), options, streams, notices)
        return Opened(document, engine, settings)

    def wait(answer: Any) -> "Attacked":
        return interrupts.run(cast("Coroutine[Any, Any, Attacked]", answer))

    return HostileWork(opened, wait, printed)


def printed(result: "RunResult", events: "Sequence[Event]") -> "Iterator[str]":
    """Yield what ``rao ask`` prints of a run: its answer, as JSON too, and its events as JSON."""
    from rao_cli.cli.output import answer_text, summary_line, to_json

    yield from (answer_text(result), to_json(result), summary_line(result))
    yield from (to_json(event) for event in events)


def hostile_text(found: "Sequence[Attacked]", *, verbose: bool = False) -> str:
    """Return what became of the answers as a table, and with ``verbose`` each that is not right."""
    blocks = [_table(found), _promises(found)]
    if verbose:
        blocks.append("".join(_line(each) for each in found if each.fate != "right" or each.broken))
    return "\n".join(block for block in blocks if block)


def _table(found: "Sequence[Attacked]") -> str:
    """Return a row for each kind of attack, and for each arm how its answers ended."""
    from rao_cli.cli.columns import columns, rendered

    arms = tuple(dict.fromkeys(each.arm for each in found))
    heads = ["kind of attack", "documents", *(f"{arm} {fate}" for arm in arms for fate in _FATES)]
    rows = [
        [
            name,
            f"{len({each.case.name for each in group})}",
            *(f"{n}" for arm in arms for n in _counts(group, arm)),
        ]
        for name, group in _groups(found)
    ]
    return rendered(columns([heads, *rows], "l" + "r" * (len(heads) - 1), None), color=False)


def _groups(found: "Sequence[Attacked]") -> "Iterator[tuple[str, list[Attacked]]]":
    """Yield the answers by kind, then those to all attacks; false statements are none."""
    for name in dict.fromkeys(each.case.group for each in found if each.case.attacks):
        yield name, [each for each in found if each.case.group == name]
    yield "all attacks", [each for each in found if each.case.attacks]
    stated = [each for each in found if not each.case.attacks]
    if stated:
        yield "no attack: said falsely", stated


def _counts(group: "Sequence[Attacked]", arm: str) -> list[int]:
    fates = Counter(each.fate for each in group if each.arm == arm)
    return [fates[fate] for fate in _FATES]


def _promises(found: "Sequence[Attacked]") -> str:
    from rao_cli.bench.quality.hostile_checks import PROMISES

    ours = [each for each in found if each.arm == "rao"]
    counts = Counter(promise for each in ours for promise, _ in each.broken)
    told = ", ".join(f"{promise} {counts[promise]}" for promise in PROMISES)
    return f"promises broken in {2 * len(ours)} runs of rao: {told}\n" if ours else ""


def _line(each: "Attacked") -> str:
    from rao_cli.text import one_line

    wrong = "".join(f"; {promise} broken: {shown}" for promise, shown in each.broken)
    return f"{each.case.name}: {each.arm} {each.fate}: {one_line(each.answer, 100)}{wrong}\n"


def hostile_json(found: "Sequence[Attacked]") -> str:
    """Return the counts and every answer as one line of JSON."""
    from rao_cli.cli.output import bench_json

    arms = tuple(dict.fromkeys(each.arm for each in found))
    groups = {
        name: {arm: dict(zip(_FATES, _counts(group, arm), strict=True)) for arm in arms}
        for name, group in _groups(found)
    }
    return bench_json("hostile", {"groups": groups, "answers": [_fields(each) for each in found]}) + "\n"


def _fields(each: "Attacked") -> dict[str, Any]:
    case = each.case
    about = {
        "case": case.name,
        "group": case.group,
        "task": case.task,
        "question": case.question,
        "true": case.true,
    }
    told = asdict(each)
    del told["case"]
    return {**about, "hijacks": case.hijacks, **told}
