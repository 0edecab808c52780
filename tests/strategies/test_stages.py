"""Several stages of a plan that ask the same: what they come to together, and audits that are not wanted."""

from rao_cli.agent.events import ActionTaken
from tests.agent.helpers import ABSENT, answer, made_ready, view_of
from tests.strategies.making import follow, stage, strategy

QUESTION = "Which colour has the harbour gate?"


def text(colours=("green", "amber", "violet")):
    """Return sections of which each names the gate and another colour."""
    lines = [f"# Part {n}\n\nThe harbour gate has the colour {colour}.\n\n" for n, colour in enumerate(colours)]
    return "".join(line + "Nothing else is told of it here. " * 40 + "\n\n" for line in lines)


def reader(logprobs):
    """Read each section as saying its colour, as surely as is given."""

    def respond(request):
        for colour, logprob in logprobs.items():
            if colour in view_of(request):
                return answer(colour, 1), logprob
        return ABSENT

    return respond


def colours_in_order(prepared):
    """Return the colours in the order in which sections are read."""
    ran = follow(QUESTION, prepared, strategy(*stage(3, least=0.0)))
    views = [view_of(request) for request in ran.requests]
    return [colour for view in views for colour in ("green", "amber", "violet") if colour in view]


def test_a_later_stage_counts_what_an_earlier_one_found():
    """The first stage's report, not sure enough there, is answered where the second one's is believed less."""
    even = dict.fromkeys(("green", "amber", "violet"), -0.1)
    first, second, third = colours_in_order(made_ready(text(), reader(even), view=200))
    prepared = made_ready(text(), reader({first: -0.5, second: -2.0, third: -2.0}), view=200)
    ran = follow(QUESTION, prepared, strategy(*stage(1, least=0.99), *stage(2, least=0.05)))
    assert ran.result.answer == first
    assert not ran.result.fell_back
    assert len(ran.requests) == 3


def test_an_audit_is_left_out_where_it_is_not_wanted():
    """An imported strategy, each of whose answers is audited, reads nothing more without audits."""
    prepared = made_ready(text(), reader({"green": -0.1, "amber": -0.1, "violet": -0.1}), view=200)
    imported = strategy(*stage(1, least=0.0), trust="imported")
    audited, plain = (follow(QUESTION, prepared, imported, audits=audits) for audits in (True, False))
    assert [len(ran.requests) for ran in (audited, plain)] == [2, 1]
    assert len(plain.all(ActionTaken)) < len(audited.all(ActionTaken))
