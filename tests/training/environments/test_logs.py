"""Questions on logs: the evidence holds the answer, the lines that fit agree, and absent answers are absent."""

import re
from datetime import UTC, datetime
from itertools import islice, pairwise

import pytest

from rao_cli.training.environments.asked import within
from rao_cli.training.environments.invented import chance_of, read_data
from rao_cli.training.environments.log_values import Pool, fresh, moments, time_value
from rao_cli.training.environments.logs import Line, Logs, fits, programs

MESSAGES = [message for messages in programs().values() for message in messages]


def episodes(seed, number=80, **settings):
    """Return episodes on short logs."""
    return list(islice(Logs(**{"smallest": 200, "largest": 1500, **settings}).episodes(seed), number))


@pytest.mark.parametrize("seed", range(6))
def test_evidence_is_the_answer(seed):
    """Each place of evidence holds exactly the answer."""
    for episode in episodes(seed, absent=0.0):
        assert {episode.text[span.start : span.end] for span in episode.evidence} == {episode.answers[0]}


@pytest.mark.parametrize("seed", range(6))
def test_absent_questions_have_nothing(seed):
    """A question that fits no line has neither answer nor evidence, and its answer is nowhere in the log."""
    assert all(episode.absent and not episode.evidence for episode in episodes(seed, 20, absent=1.0))
    for number in range(30):
        text, made = Logs(200, 900, absent=1.0).draw(chance_of(seed, number))
        assert not any(one.places or within(one.answer, text) for one in made)


def test_lines_fit_by_what_is_given():
    """A question fits the lines of its message that agree in the forms that it gives."""
    message, other = programs()["sshd"][:2]
    question = message.asks["user"][0]
    values = {"time": time_value(datetime(2021, 3, 7, 1, 2, 3, tzinfo=UTC), "syslog")}
    later = {"time": time_value(datetime(2021, 3, 8, 1, 2, 3, tzinfo=UTC), "syslog")}
    assert question.source == "Whose login failed at {time.clock}?"
    assert fits(question, Line(message, values), Line(message, later))
    assert not fits(question, Line(message, values), Line(other, later))
    assert not fits(message.asks["user"][3], Line(message, values), Line(message, later))


@pytest.mark.parametrize("seed", range(4))
def test_given_values_point_to_the_evidence(seed):
    """A question on a name has its evidence in a line that holds the name."""
    for episode in episodes(seed, absent=0.0):
        lines = {episode.text[: span.start].count("\n") for span in episode.evidence}
        told = [episode.text.splitlines()[number] for number in lines]
        for word in re.findall(
            r"\b[\w.]+@[\w.]+\w|\b10(?:\.\d+){3}\b|\b\w+\.(?:service|timer|socket)\b", episode.question
        ):
            assert all(word in line for line in told)


def test_same_seed_same_episodes():
    """A seed determines the episodes."""
    assert episodes(4) == episodes(4)


def test_different_seeds_differ():
    """Two seeds have no text in common."""
    assert not {episode.text for episode in episodes(1)} & {episode.text for episode in episodes(2)}


def test_shares_are_kept():
    """About the wanted share of the questions has no answer."""
    made = episodes(5, 300, absent=0.3)
    assert 0.22 < sum(episode.absent for episode in made) / 300 < 0.38


@pytest.mark.parametrize("size", [300, 1200])
def test_sizes_are_kept(size):
    """Logs have about the wanted size."""
    lengths = [len(episode.text) / 4 for episode in episodes(1, 20, smallest=size, largest=size)]
    assert 0.6 * size < sum(lengths) / 20 < 1.5 * size


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.template.source[-30:])
def test_a_message_is_asked_in_four_ways(message):
    """Each slot that is asked for has four questions or more, none of which names it; all slots are known."""
    for slot, questions in message.asks.items():
        assert len({question.source for question in questions}) >= 4
        assert all(slot not in question.slots <= message.template.slots for question in questions)
    assert all(fresh(slot, chance_of(slot)).text for slot in message.template.slots - {"time"})


def test_there_are_many_messages():
    """Ten programs or more have some thirty messages."""
    assert len(read_data("logs.toml")) >= 10
    assert len(MESSAGES) >= 28


def test_pools_are_small():
    """Of a pooled sort a log has few values, of another one each is new."""
    pool = Pool(chance_of(1))
    assert len({pool.draw("user").text for _ in range(200)}) <= pool.size
    assert len({pool.draw("hash").text for _ in range(200)}) == 200


@pytest.mark.parametrize(
    ("stamp", "text", "clock"),
    [
        ("syslog", "Mar  7 01:02:03", "01:02:03"),
        ("access", "07/Mar/2021:01:02:03 +0000", "01:02:03"),
        ("slashed", "2021/03/07 01:02:03", "01:02:03"),
        ("spaced", "2021-03-07 01:02:03.045", "01:02:03.045"),
        ("iso", "2021-03-07T01:02:03Z", "01:02:03"),
        ("bracket", "2021-03-07 01:02:03,045", "01:02:03,045"),
        ("epoch", "1615078923.045", "1615078923.045"),
    ],
)
def test_times_are_written_as_programs_do(stamp, text, clock):
    """Each way to write a time has the time of day as a part of it."""
    value = time_value(datetime(2021, 3, 7, 1, 2, 3, 45_000, tzinfo=UTC), stamp)
    assert (value.text, value.form("clock")) == (text, clock)


def test_times_go_on():
    """The times of a log are in order."""
    assert all(one <= other for one, other in pairwise(moments(chance_of(1), 100)))


def test_a_question_fits_few_lines():
    """An answer stands in three lines at most."""
    assert all(1 <= len(episode.evidence) <= 3 for episode in episodes(7, 200, absent=0.0))


def test_journals_have_several_programs():
    """Some logs are journals of several programs, others are of one program or two."""
    texts = {episode.text for episode in episodes(8, 120, smallest=900)}
    programs_of = [
        set(re.findall(r"(\w+)(?:\[\d+\])?: ", text)) & {"sshd", "systemd", "CRON", "kernel", "dhcpd"}
        for text in texts
    ]
    assert any(len(found) > 1 for found in programs_of)
    assert any(not found for found in programs_of)


def test_times_of_a_log_are_in_order():
    """The lines of a log are in the order of their times."""
    for episode in episodes(9, 60):
        found = re.findall(r"^(\d{4}-\d\d-\d\dT\S+Z)", episode.text, re.MULTILINE)
        assert found == sorted(found)


def test_many_programs_are_asked_about():
    """Over many logs nearly all questions differ."""
    made = episodes(10, 300)
    assert len({episode.question for episode in made}) > 270


def test_log_names_are_unique():
    """No two episodes of a seed have one name; their files are logs."""
    made = episodes(11)
    assert len({episode.name for episode in made}) == len(made)
    assert {episode.suffix for episode in made} == {".log"}


def test_values_of_pools_come_again():
    """In a log of some length the same user or host stands in several lines."""
    for episode in episodes(12, 30, smallest=1500, largest=1500):
        values = re.findall(r"10\.\d+\.\d+\.\d+|w\d+-\w+|store=\w+|gate/\w+", episode.text)
        assert len(values) < 20 or len(set(values)) < len(values)
