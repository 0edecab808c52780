"""The rows: each measures what it says, and one that cannot run says so without ending the others."""

import json
import sys
from collections import Counter

import pytest

from rao_cli.bench.engine.again import again, rerun
from rao_cli.bench.engine.figures import Figure
from rao_cli.bench.engine.growth import growth
from rao_cli.bench.engine.limit import Rates, least_seconds, limit
from rao_cli.bench.engine.loop import loop
from rao_cli.bench.engine.others import server
from rao_cli.bench.engine.rows import ROWS, Row, measure
from rao_cli.bench.engine.setup import Sizes
from rao_cli.engine.fit import Fit
from rao_cli.errors import RaoError, UsageError
from tests.bench.engine.making import absent, python_with, python_without_libraries, setup_in
from tests.bench.engine.test_child import SERVER
from tests.engine.tiny import write_tiny


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Return a model file."""
    return write_tiny(tmp_path_factory.mktemp("rows") / "tiny.gguf")


def long_answer(request):
    """Answer with as many tokens as there may be."""
    return "".join(f"w{number}" if number % 2 else "," for number in range(request.max_tokens))


def test_the_loop_has_a_figure_for_each_width(tiny, tmp_path):
    """Each number of sequences and the mix are measured twice on both sides, in tokens a second."""
    figures = list(loop(setup_in(tmp_path, model=tiny)[0]))
    assert [figure.name for figure in figures] == ["1 writing", "2 writing", "3 agents, 2 tokens, 8 wide"]
    assert all(len(figure.ours) == len(figure.other) == 2 and figure.value > 0 for figure in figures)
    assert all(figure.target == 0.95 for figure in figures)


def test_a_second_question_is_measured_with_an_engine_of_its_own(tmp_path):
    """Two questions read the whole text with two engines that share only a folder, empty at first."""
    setup, opened = setup_in(tmp_path, respond=absent)
    (figure,) = again(setup)
    assert (figure.measure, figure.target, len(figure.ours)) == ("share", 0.15, 1)
    (first, _, states), (second, _, same) = opened
    assert first is not second
    assert states == same
    assert not list(states.iterdir()) if states.exists() else True
    assert len(first.requests) == len(second.requests) > 2


def test_a_rerun_is_a_whole_command(tmp_path):
    """The same command runs once and then as often as asked, with a cache and settings of its own."""
    log = tmp_path / "log"
    script = tmp_path / "rao.py"
    script.write_text(
        "import json, os, sys\n"
        f"with open({str(log)!r}, 'a') as file:\n"
        "    print(json.dumps([sys.argv[1:], os.environ['RAO_CACHE_DIR'], os.environ['RAO_CONFIG']]), file=file)\n"
    )
    setup, _ = setup_in(tmp_path, respond=absent, rao=(sys.executable, str(script)))
    (figure,) = rerun(setup)
    calls = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(calls) == 2 + len(figure.ours) == 4
    assert calls[0] != calls[1]
    assert all(call == calls[1] for call in calls[1:])
    assert calls[0][0][0] == "ask"
    assert calls[0][1].startswith(str(tmp_path))
    assert figure.value < 1
    assert figure.met


def test_a_command_that_fails_is_no_measurement(tmp_path):
    """A rerun that fails fast is not a fast rerun."""
    rao = (sys.executable, "-c", "import sys; sys.exit('error: no such model')")
    with pytest.raises(RaoError, match="ended with 1: error: no such model"):
        list(rerun(setup_in(tmp_path, respond=absent, rao=rao)[0]))


def test_growth_reads_some_wholly_and_computes_the_rest(tmp_path):
    """Selective and affordable thorough questions are measured; what is computed is marked and in proportion."""

    def respond(request):
        return long_answer(request) if request.grammar.startswith("root ::= [^") else absent(request)

    figures = {figure.name: figure for figure in growth(setup_in(tmp_path, respond=respond)[0])}
    assert list(figures) == [
        *(f"{length} tokens, selective" for length in ("600", "1,200", "2,400")),
        *(f"{length} tokens, thorough" for length in ("600", "1,200", "2,400")),
        *("1 agents together", "2 agents together"),
    ]
    assert figures["2,400 tokens, thorough"].note == "computed, not measured"
    computed, read = (figures[f"{length} tokens, thorough"].ours[0] for length in ("2,400", "1,200"))
    assert computed == pytest.approx(2 * read)
    assert figures["1 agents together"].tokens > 1000


def test_nothing_affordable_is_not_computed_from_nothing(tmp_path):
    """Without a thorough question that was measured there is none that is computed."""
    sizes = Sizes(lengths=(600,), affordable=0, crowds=())
    (figure,) = growth(setup_in(tmp_path, respond=absent, sizes=sizes)[0])
    assert figure.name == "600 tokens, selective"


def test_the_limit_is_measured_on_a_processor(tiny, tmp_path):
    """Writing and reading are compared with what the machine could do; a GPU's limits are not known."""
    figures = list(limit(setup_in(tmp_path, model=tiny)[0]))
    assert [figure.name for figure in figures] == ["1 writing", "8 writing", "reading"]
    assert all(figure.value > 0 for figure in figures)
    gpu = Fit(threads=1, gpu_layers=99)
    (figure,) = limit(setup_in(tmp_path, model=tiny, fit=gpu)[0])
    assert "GPU" in figure.problem


@pytest.mark.parametrize(("width", "seconds"), [(1, 1.0), (4, 0.25), (100, 0.02)])
def test_the_least_time_is_memorys_or_arithmetics(width, seconds):
    """Few sequences wait for the weights, many for the arithmetic."""
    assert least_seconds(Rates(100.0, 1000.0), size=100, count=10, width=width) == pytest.approx(seconds)


def test_the_server_is_measured_where_it_is_installed(tiny, tmp_path):
    """With a Python that has the server there is a figure for each file, else the reason."""
    sizes = Sizes(repeats=1, agents=3, answers=(5, 9))
    python = python_with(tmp_path, "xllamacpp", SERVER)
    setup, _ = setup_in(tmp_path, model=tiny, respond=long_answer, sizes=sizes, peer_python=python)
    (figure,) = server(setup)
    assert figure.against == "8.8"
    assert figure.value > 0
    other = write_tiny(tmp_path / "other.gguf", seed=1)
    setup, _ = setup_in(tmp_path, model=tiny, original=other, respond=long_answer, sizes=sizes, peer_python=python)
    assert [figure.name.split(", ")[-1] for figure in server(setup)] == ["same file", "file as it came"]


def test_without_a_python_the_server_says_what_to_name(tmp_path):
    """The row is there, with the option that it needs."""
    (figure,) = server(setup_in(tmp_path, respond=absent)[0])
    assert "--against-python" in figure.problem
    assert figure.met is None


def test_a_row_that_fails_is_a_figure(tmp_path):
    """A missing library in the other Python takes its row, not the run."""
    setup, _ = setup_in(tmp_path, respond=absent, peer_python=python_without_libraries(tmp_path))
    figures = list(measure(setup, ("server", "rerun")))
    assert Counter(figure.row for figure in figures) == {"server": 1, "rerun": 1}
    assert "xllamacpp" in figures[0].problem


def test_the_users_mistake_ends_the_run(tmp_path):
    """A Python that does not exist is refused, not measured around."""
    setup, _ = setup_in(tmp_path, respond=absent, peer_python=str(tmp_path / "none"))
    with pytest.raises(UsageError, match="cannot run"):
        list(measure(setup, ("server",)))


def test_every_row_has_a_title():
    """Rows are found by the names that their figures carry."""
    assert set(ROWS) == {"loop", "server", "tree", "again", "rerun", "busy", "growth", "limit"}
    assert all(isinstance(row, Row) and row.title for row in ROWS.values())
    assert isinstance(Figure("loop", "x"), Figure)


def test_a_gpu_has_targets_of_its_own(tmp_path):
    """Where layers are on a GPU the second target counts, also where it is none."""
    setup, _ = setup_in(tmp_path, respond=absent, fit=Fit(threads=1, gpu_layers=5))
    assert (setup.target(0.95, 0.85), setup.target(5.0, None)) == (0.85, None)


def test_quick_is_smaller():
    """A quick look measures at most as much of everything."""
    quick, whole = Sizes.quick(), Sizes()
    assert quick.repeats == 1
    assert quick.tree * sum(quick.answers) < whole.tree * sum(whole.answers) / 8
    assert max(quick.lengths) < max(whole.lengths)
