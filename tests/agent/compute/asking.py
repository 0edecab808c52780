"""Ask questions of small texts as the program does, and the texts that they are asked of."""

from rao_cli.agent.compute.base import Computed, Labelling
from rao_cli.agent.compute.records import answer_records
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.reading import Reading
from tests.agent.helpers import document

WEB = "".join(
    f'{ip} - - [{day:02}/Mar/2022:{clock} +0000] "{method} {path} HTTP/1.1" {status} {size} "-" "{agent}"\n'
    for ip, day, clock, method, path, status, size, agent in (
        ("192.0.2.1", 3, "08:00:01", "GET", "/", 200, 900, "Lynx/2.8"),
        ("192.0.2.2", 3, "08:00:02", "GET", "/shop", 200, 1500, "curl/7.1"),
        ("192.0.2.1", 3, "08:10:00", "POST", "/cart", 302, 20, "Lynx/2.8"),
        ("192.0.2.3", 3, "09:00:00", "GET", "/gone", 404, 210, "BotOne/1.0"),
        ("192.0.2.1", 4, "10:30:00", "GET", "/shop", 200, 1500, "Lynx/2.8"),
        ("192.0.2.3", 4, "10:31:00", "GET", "/lost", 404, 215, "BotOne/1.0"),
        ("192.0.2.1", 4, "10:32:00", "GET", "/pay", 500, 80, "Lynx/2.8"),
        ("192.0.2.4", 4, "23:59:59", "DELETE", "/cart/7", 403, 33, "curl/7.1"),
    )
)
SYSTEM = """\
May  1 06:00:00 oak sshd[101]: Failed password for ann from 198.51.100.7 port 4101 ssh2
May  1 06:00:05 oak sshd[101]: Failed password for ann from 198.51.100.7 port 4102 ssh2
May  1 06:00:09 oak sshd[102]: Accepted password for bob from 198.51.100.8 port 4103 ssh2
May  1 06:00:10 oak sshd[102]: pam_unix(sshd:session): session opened for user bob by (uid=0)
May  2 07:30:00 oak cron[200]: job rotate finished, took 35 ms
May  2 07:40:00 oak cron[201]: job backup finished, took 1250 ms
May  2 08:00:00 oak sshd[103]: Failed password for root from 198.51.100.9 port 4104 ssh2
May  2 08:05:00 oak sshd[102]: pam_unix(sshd:session): session closed for user bob
May  3 09:00:00 oak kernel: oom-killer invoked
"""
SALES = """\
product,region,amount,price,sold_on
Anvil,North,3,120.50,2021-01-05
Bellows,South,10,35.00,2021-01-09
Chisel,North,25,8.25,2021-02-01
Drill,East,4,99.99,2021-02-14
Easel,South,7,42.10,2021-03-03
"""
PLAY = """\
# The Mill

ACT I

SCENE I. A yard.

MILLER: The wheel stands still.

FIRST BOY: The river is low.

MILLER: Then we shall wait.

SCENE II. A loft.

WIFE: Who left the door?

FIRST BOY: Not I.

SECOND BOY: Nor I.

WIFE: Someone did.

ACT II

SCENE I. The yard again.

MILLER: It rains at last, and the river will rise.

WIFE: So it does, so it will.

MILLER: Open the gate, and let the water in.

WIFE: The gate is open.

MILLER: Then hear the wheel.
"""
NOTES = """\
Each line below is one note: a date, a guest and a remark. Every remark is about one of these subjects: food, \
rooms, staff. The subject is not written in the note.

Date: Jan 03, 2024 || Guest: 11 || Remark: The soup was cold
Date: May 20, 2024 || Guest: 12 || Remark: Lovely bed and a quiet view
Date: Feb 02, 2024 || Guest: 11 || Remark: Friendly people at the desk
Date: Jun 07, 2024 || Guest: 13 || Remark: Breakfast was superb
Date: Apr 30, 2024 || Guest: 11 || Remark: The bread was stale
Date: Jul 01, 2024 || Guest: 12 || Remark: The shower leaked
"""
JOINED = f"==> web/access.log <==\n{WEB}==> oak/auth.log <==\n{SYSTEM}"


def found(question: str, text: str, path: str = "notes.txt") -> Computed | Labelling | None:
    """Return what the solver of records finds."""
    read = document(text, path)
    return answer_records(recognise(question), Reading(read, read.root, 2000))


def answer(question: str, text: str, path: str = "notes.txt") -> str | None:
    """Return the computed answer, or None where the question is not understood."""
    result = found(question, text, path)
    assert not isinstance(result, Labelling)
    return result.answer if result else None
