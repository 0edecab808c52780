"""The formats of logs: how a record's first line is built, and which of them some lines are.

A format is a pattern for the first line of a record; a line that does not match continues the record before it.
Patterns hold no nested repetition, so each takes time linear in the line. Limits: a format that is not listed is
told by its time stamp (iso), or not at all (plain: each line that is not indented is a record).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

_ZONE = r"(?:Z| ?[+-]\d\d:?\d\d)?"
_ISO = rf"\d{{4}}[-/.]\d\d[-/.]\d\d[T _]\d\d:\d\d:\d\d(?:[.,]\d{{1,9}})?{_ZONE}"
_SYSLOG_TIME = r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
_WORDS = "trace|debug|info|notice|warn|warning|error|err|crit|critical|alert|emerg|fatal|severe|panic"
_NAMES = "|".join(f"{word.upper()}|{word.capitalize()}|{word}" for word in _WORDS.split("|"))
_LEVEL = rf"(?P<level>{_NAMES}|FINE|FINER|FINEST|CONFIG|VERBOSE)"
_MESSAGE = r"(?P<message>.*)"
_QUOTED = r'[^"\\\n]*(?:\\.[^"\\\n]*)*'
_PROGRAM = r"(?P<component>[^\s:\[\]]{1,80})(?:\[(?P<pid>[^\]\n]{1,20})\])?:?[ ]?"


@dataclass(frozen=True)
class Format:
    """A format by its name, and the pattern of a record's first line with its named fields.

    The fields ``time``, ``level``, ``component`` and ``message`` mean the same in all formats. One of the fields
    ``key`` names is in every record.
    """

    name: str
    pattern: str
    key: str = "time"

    @cached_property
    def lines(self) -> re.Pattern[str]:
        """Return the pattern that matches each line once: as a record, or whole in its last group."""
        return re.compile(rf"^(?:{self.pattern})$|^(.*)$", re.MULTILINE)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Return the names of the pattern's groups in their order."""
        return tuple(self.lines.groupindex)

    @cached_property
    def first(self) -> re.Pattern[str]:
        """Return the pattern of a record's first line alone."""
        return re.compile(self.pattern)


_ACCESS = (
    rf'(?P<client>\S+) (?P<ident>\S+) (?P<user>[^\["\n]{{1,80}}) \[(?P<time>[^\]\n]{{10,40}})\] '
    rf'"(?:(?P<method>[A-Z]{{3,20}}) (?P<path>[^"\s\\]*(?:\\.[^"\s\\]*)*)(?: (?P<protocol>[^"\s]{{1,20}}))?|'
    rf'(?P<request>{_QUOTED}))" (?P<status>\d{{3}}) (?P<bytes>\d+|-)'
    rf'(?: "(?P<referrer>{_QUOTED})" "(?P<agent>{_QUOTED})")?(?P<more> .*)?'
)
_RFC5424 = (
    rf"<\d{{1,3}}>\d (?P<time>{_ISO}|-) (?P<host>\S+) (?P<component>\S+) (?P<pid>\S+) (?P<id>\S+) "
    rf"(?:-|(?P<data>\[[^\n]{{0,2000}}?\]))(?: {_MESSAGE})?"
)
PATTERNS = (
    Format("access", _ACCESS),
    Format("syslog 5424", _RFC5424),
    Format("syslog", rf"(?:<\d{{1,3}}>)?(?P<time>{_SYSLOG_TIME}) (?P<host>\S+) {_PROGRAM}{_MESSAGE}"),
    Format(
        "syslog iso",
        rf"(?P<time>\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?{_ZONE}) (?P<host>[\w.-]{{1,80}}) "
        rf"(?P<component>[^\s:\[\]]{{1,80}})(?:\[(?P<pid>\d{{1,10}})\])?: {_MESSAGE}",
    ),
    Format(
        "apache error",
        r"\[(?P<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4})\] "
        r"\[(?:(?P<component>\w+):)?(?P<level>\w+)\](?: \[pid (?P<pid>[^\]\n]{1,40})\])?"
        rf"(?: \[client (?P<client>[^\]\n]{{1,80}})\])? ?{_MESSAGE}",
    ),
    Format(
        "nginx error",
        r"(?P<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(?P<level>\w+)\] (?P<pid>\d+)#\d+: (?:\*\d+ )?" + _MESSAGE,
    ),
    Format(
        "cbs",
        rf"(?P<time>\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d), {_LEVEL} +(?P<component>[A-Z]\w{{1,20}})  +{_MESSAGE}",
    ),
    Format(
        "android",
        r"(?P<time>(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6}) +(?P<pid>\d+) +(?P<tid>\d+) (?P<level>[VDIWEFS]) "
        rf"(?P<component>[^:\n]{{0,100}}?) *: {_MESSAGE}",
    ),
    Format("spark", rf"(?P<time>\d\d/\d\d/\d\d \d\d:\d\d:\d\d) {_LEVEL} +(?P<component>[^\s:]+): {_MESSAGE}"),
    Format("hdfs", rf"(?P<time>\d{{6}} \d{{6}}) (?P<thread>\d+) {_LEVEL} +(?P<component>[^\s:]+): {_MESSAGE}"),
    Format(
        "hadoop",
        rf"(?P<time>{_ISO})(?: -)? +{_LEVEL} +\[(?P<thread>[^\n]{{1,200}}?)\](?: -)? "
        rf"(?:(?P<component>[\w.$/@-]{{1,120}})(?::| -) )?{_MESSAGE}",
    ),
    Format(
        "spring",
        rf"(?P<time>{_ISO}) +{_LEVEL} (?P<pid>\d+) --- \[(?P<thread>[^\]\n]{{1,80}})\] "
        rf"(?:\[[^\]\n]{{0,80}}\] )?(?P<component>\S+) *: {_MESSAGE}",
    ),
    Format("python", rf"(?P<time>{_ISO}) - (?P<component>[\w.-]{{1,100}}) - {_LEVEL} - {_MESSAGE}"),
    Format(
        "openstack",
        rf"(?:\S{{1,100}} )?(?P<time>{_ISO}) (?P<pid>\d+) {_LEVEL} (?P<component>[\w.]{{1,100}}) "
        rf"\[(?P<request>[^\]\n]{{0,200}})\] {_MESSAGE}",
    ),
    Format(
        "glog",
        r"(?P<level>[IWEF])(?P<time>\d{4} \d\d:\d\d:\d\d\.\d{3,6}) +(?P<pid>\d+) "
        rf"(?P<component>[\w./-]{{1,100}}):(?P<line>\d+)\] {_MESSAGE}",
    ),
    Format(
        "health",
        r"(?P<time>\d{8}-\d\d?:\d\d?:\d\d?(?::\d{1,3})?)\|(?P<component>[^|\n]{1,80})\|(?P<pid>\d+)\|" + _MESSAGE,
    ),
    Format("dmesg", rf"\[ *(?P<time>\d{{1,9}}\.\d{{3,9}})\] (?:(?P<component>[\w./ -]{{1,40}}): )?{_MESSAGE}"),
    Format(
        "iso",
        rf"\[?(?P<time>{_ISO})\]?[ \t,:|-]*"
        rf"(?:(?P<thread>\d{{1,10}}|\[[^\]\n]{{1,60}}\])[ \t:|-]+(?=[\[(<]?(?:{_NAMES})\b))?"
        rf"(?:[\[(<]?{_LEVEL}\b[\])>]?[ \t:|-]*)?"
        rf"(?:(?P<component>[A-Za-z_][\w.$/@-]{{1,100}}|\[[A-Za-z_][\w.$/@-]{{1,100}}\])(?::| -)[ ])?{_MESSAGE}",
    ),
    Format(
        "date",
        r"\[?(?P<time>\d\d[-/ ][A-Z][a-z]{2}[-/ ]\d{4}[ :]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?|"
        r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\]?[ \t,:|-]*"
        rf"(?:[\[(<]?{_LEVEL}\b[\])>]?[ \t:|-]*)?{_MESSAGE}",
    ),
)
"""Formats told by a pattern, the more specific before the more general."""
_STACK = r"at |Caused by|\.\.\. \d+ more|Traceback|[\w.]{1,200}(?:Error|Exception)\b|[})\]]"
PLAIN = Format("plain", rf"(?P<message>(?!{_STACK})\S.*)", "message")
"""The format of lines that no pattern tells: each that is not indented or part of a stack trace is a record."""
_BY_NAME = {form.name: form for form in (*PATTERNS, PLAIN)}
# Where a general format matches as many lines, the specific one tells more; it may miss a few odd lines.
_NEARLY = 0.9
_CONTINUES = re.compile(rf"\s|$|{_STACK}")


def by_name(name: str) -> Format | None:
    """Return the format of a name, if a pattern tells it."""
    return _BY_NAME.get(name)


def best_pattern(lines: Sequence[str]) -> tuple[Format, int]:
    """Return the format that matches the most lines, and how many; PLAIN and 0 where none does."""
    counts = [sum(form.first.fullmatch(line) is not None for line in lines) for form in PATTERNS]
    most = max(counts, default=0)
    if not most:
        return PLAIN, 0
    place = next(place for place, count in enumerate(counts) if count >= _NEARLY * most)
    return PATTERNS[place], counts[place]


def continues(line: str) -> bool:
    """Tell whether a line looks like the further lines of a record: indented, or part of a stack trace."""
    return _CONTINUES.match(line) is not None
