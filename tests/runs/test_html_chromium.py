"""The page of a run in a real browser: clicked, typed at, looked up, attacked. Skipped where no Chromium is."""

import pytest

from rao_cli.runs.blanking import blanked, blanked_kept
from tests.runs.chromium import Chromium, find
from tests.runs.hostile_run import ATTACKS, hostile
from tests.runs.making import kept
from tests.runs.pages import large_page, page, small

pytestmark = pytest.mark.skipif(find() is None, reason="no Chromium on this machine")
SLOWEST = 4_000
"""Milliseconds to the first picture of 5,000 agents; it takes 500 where nothing else runs."""
PHONE = {"width": 390, "height": 844}
PANEL = "document.querySelector('#panel').innerText"
ROWS = "document.querySelectorAll('.row').length"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Return a browser of this module's own."""
    running = Chromium(find(), tmp_path_factory.mktemp("profile"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return the files of a small, a hostile and a large run."""
    folder = tmp_path_factory.mktemp("pages")
    asked, events = hostile()
    made = {
        "small": page(small()),
        "bare": page(small(), texts=False),
        "stopped": page(small()[:6]),
        "empty": page([]),
        "hostile": page(events, asked),
        "large": large_page(),
        "redacted": page([blanked(event) for event in small()], blanked_kept(kept()), texts=False),
    }
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, "utf-8", newline="\n")
    return {name: folder / f"{name}.html" for name in made}


def shown(browser):
    """Return the ids of the agents whose rows are in the page."""
    return browser.run("[...document.querySelectorAll('.row b')].map((one) => one.textContent)")


def cursor(browser):
    """Return the id of the agent at the cursor."""
    return browser.run("document.querySelector('.row.cursor b').textContent")


# ---------------------------------------------------------------------- what is seen


@pytest.mark.parametrize("name", ["small", "bare", "stopped", "empty", "hostile", "large", "redacted"])
def test_pages_open_in_peace(browser, pages, name):
    """No page makes the browser complain, or ask for anything but the file itself."""
    browser.open(pages[name])
    assert browser.complaints() == []
    assert browser.requests() == [pages[name].as_uri()]


def test_the_answer_is_seen_first(browser, pages):
    """The panel begins with the question, the answer and its citation."""
    browser.open(pages["small"])
    told = browser.run(PANEL)
    assert "who?" in told
    assert "forty bar" in told
    assert "a.txt:2" in told
    assert browser.run("document.title") == "rao: who?"


def test_a_strategy_is_told(browser, tmp_path):
    """The panel names the strategy that was followed and why it was left; the action that left it says so too."""
    left = {"strategy": "page-lookup 872bff87f18f63e5", "fell_back": "it found <b>nothing</b>"}
    first, opening, step, *rest = small()
    first = first.model_copy(update={"strategy": left["strategy"]})
    step = step.model_copy(update={"fell_back": left["fell_back"]})
    rest[-1] = rest[-1].model_copy(update={"result": rest[-1].result.model_copy(update=left)})
    path = tmp_path / "followed.html"
    path.write_text(page([first, opening, step, *rest]), "utf-8", newline="\n")
    browser.open(path)
    assert "page-lookup, left: it found <b>nothing</b>" in browser.run(PANEL)
    browser.open(path, "agent/1")
    assert "The strategy was left: it found <b>nothing</b>" in browser.run(PANEL)
    assert browser.complaints() == []


def test_a_click_shows_an_agent(browser, pages):
    """A click on a row shows the agent's handoff, exact prompt, action, report and log-probabilities."""
    browser.open(pages["small"])
    browser.click(".row[data-index='1'] .name")
    told = browser.run(PANEL)
    assert "goal of 1.1" in told
    assert "[2] It is so. The lid opens at forty bar." in told
    assert "absent chosen by the model" in told
    assert "forty bar" in told
    assert browser.run("[...document.querySelectorAll('.token')].map((one) => one.textContent)") == ["a", "b"]
    assert browser.run("location.hash") == "#agent/1.1"


def test_a_token_tells_its_probability(browser, pages):
    """A click on a token tells how probable it was."""
    browser.open(pages["small"], "agent/1.1")
    browser.run("document.querySelector('.token').scrollIntoView()")
    browser.click(".token")
    assert browser.run("document.querySelector('.told').textContent") == '"a": probability 77.9 %, logarithm -0.25'


def test_a_citation_shows_its_passage(browser, pages):
    """A click on a citation shows what agents were shown there, with the cited words marked across white space."""
    browser.open(pages["small"])
    browser.click(".citation")
    assert browser.run("document.querySelector('mark').textContent") == "The lid opens at forty bar"
    around = browser.run("document.querySelector('.source').innerText")
    assert around.startswith("Lids (a.txt:1-3)")
    assert "Before all this nobody knew." in around
    assert "[1]" not in around


def test_a_passage_is_what_was_read(browser, pages):
    """A call that put reports together shows no text of the source, though its agent was given all of it."""
    browser.open(pages["small"], "cite/0")
    assert browser.run("document.querySelectorAll('mark').length") == 1
    assert browser.run("document.querySelectorAll('.source p').length") == 2


def test_a_citation_names_its_readers(browser, pages):
    """A citation leads to the agents that read the place and to those that cite it."""
    browser.open(pages["small"], "cite/0")
    links = "[...document.querySelectorAll('#panel .links')]"
    links += ".map((list) => [...list.querySelectorAll('b')].map((b) => b.textContent))"
    assert browser.run(links) == [["1.1"], ["1", "1.1"]]


def test_without_texts_citations_stay(browser, pages):
    """A page without texts names the place, and says why it cannot show it."""
    browser.open(pages["bare"], "cite/0")
    told = browser.run(PANEL)
    assert "a.txt:2" in told
    assert "written without the text" in told


def test_a_redacted_run_keeps_its_shape(browser, pages):
    """A run without words has its name, tree and log-probabilities, and says that its answer was left out."""
    browser.open(pages["redacted"])
    assert browser.run("document.title") == "rao: Run 20260101-000000-abcdef"
    assert "The answer was left out" in browser.run(PANEL)
    assert shown(browser) == ["1", "1.1", "1.2"]
    browser.click(".row[data-index='1']")
    assert browser.run("document.querySelectorAll('.token').length") == 2
    assert browser.run("document.querySelector('.token').offsetWidth") > 2


def test_coverage_is_told(browser, pages):
    """The strip says in words what it shows: 70 of 200 characters were read, 50 by code, one place is cited."""
    browser.open(pages["small"])
    told = browser.run("document.querySelector('#coverage').getAttribute('aria-label')")
    assert told.startswith("Read by the model 35 %, gone through by code 25 %")
    assert told.endswith("1 place cited")


def test_a_click_on_the_strip_finds_the_reader(browser, pages):
    """The middle of the source was handed to the second child."""
    browser.open(pages["small"])
    browser.click("#coverage")
    assert browser.run("location.hash") == "#agent/1.2"


def test_a_run_that_stopped_says_so(browser, pages):
    """A run without result shows its agents and that it did not come to its end."""
    browser.open(pages["stopped"])
    assert "did not come to its end" in browser.run(PANEL)
    assert shown(browser) == ["1", "1.1", "1.2"]


# ---------------------------------------------------------------------- keys and search


def test_keys_walk_the_tree(browser, pages):
    """Arrows move, open and close; Enter shows; Escape goes back to the answer."""
    browser.open(pages["small"])
    browser.press("ArrowDown", "ArrowDown")
    assert cursor(browser) == "1.2"
    browser.press("ArrowLeft", "ArrowLeft")
    assert shown(browser) == ["1"]
    browser.press("ArrowRight", "ArrowRight", "Enter")
    assert browser.run("location.hash") == "#agent/1.1"
    browser.press("Escape")
    assert browser.run("location.hash") == "#answer"


def test_search_filters(browser, pages):
    """A slash begins a search, which leaves what holds the words and the way to it; Escape ends it."""
    browser.open(pages["small"])
    browser.press("/", *"valves")
    browser.wait_for("document.querySelector('#count').textContent.startsWith('1 of')")
    assert shown(browser) == ["1", "1.2"]
    browser.press("Escape")
    assert shown(browser) == ["1", "1.1", "1.2"]


def test_search_reads_prompts(browser, pages):
    """What an agent was shown is found; Enter shows the first find."""
    browser.open(pages["small"])
    browser.press("/", *"then it shuts", "Enter")
    assert browser.run("location.hash") == "#agent/1.1"


def test_zoom_shows_an_agents_time(browser, pages):
    """The time axis becomes that of the agent at the cursor, and that of the run again."""
    browser.open(pages["small"], "agent/1.1")
    axis = "document.querySelector('#axis').innerText.replace(/\\s+/g, ' ')"
    browser.press("z")
    assert browser.run(axis).startswith("0.30 s")
    assert browser.run(axis).endswith("1.70 s")
    browser.press("z")
    assert browser.run(axis).endswith("2.00 s")


@pytest.mark.parametrize(
    "fragment", ["agent/%zz", "agent/9.9", "agent/__proto__", "cite/99", "cite/x", "constructor", "<b>"]
)
def test_any_address_is_harmless(browser, pages, fragment):
    """An address that names nothing shows the answer."""
    browser.open(pages["small"], fragment)
    assert browser.complaints() == []
    assert "forty bar" in browser.run(PANEL)


# ---------------------------------------------------------------------- sizes and colours


@pytest.mark.parametrize("fragment", ["answer", "agents", "agent/1.1", "cite/0"])
@pytest.mark.parametrize("name", ["small", "hostile"])
def test_nothing_sticks_out_of_a_phone(browser, pages, name, fragment):
    """On a phone no part is wider than the screen."""
    browser.open(pages[name], fragment, **PHONE)
    assert browser.run("document.documentElement.scrollWidth") == PHONE["width"]
    assert browser.run("document.querySelector('main').scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("fragment", ["answer", "agent/1", "cite/0"])
def test_nothing_sticks_out_of_a_screen(browser, pages, fragment):
    """However long a title or a word is, both halves of a wide page stay in sight."""
    browser.open(pages["hostile"], fragment)
    assert browser.run("document.documentElement.scrollWidth") == 1280
    assert browser.run("document.querySelector('#panel').getBoundingClientRect().right") == 1280


def test_a_phone_shows_one_part_at_a_time(browser, pages):
    """On a phone there is the answer or the agents; an agent leads back to the agents."""
    browser.open(pages["small"], **PHONE)
    seen = "['#overview', '#panel'].map((part) => document.querySelector(part).offsetWidth > 0)"
    assert browser.run(seen) == [False, True]
    browser.click("#to-agents")
    assert browser.run(seen) == [True, False]
    browser.click(".row[data-index='2']")
    assert browser.run(seen) == [False, True]
    browser.press("Escape")
    assert browser.run(seen) == [True, False]


def test_dark_and_light(browser, pages):
    """The page is as dark as the system, and the switch turns it over."""
    paper = "getComputedStyle(document.body).backgroundColor"
    browser.open(pages["small"])
    light = browser.run(paper)
    browser.click("#theme")
    dark = browser.run(paper)
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(20, 23, 28)")
    browser.open(pages["small"], dark=True)
    assert browser.run(paper) == dark


# ---------------------------------------------------------------------- thousands of agents


def test_thousands_of_agents_open_fast(browser, pages):
    """The first picture of 5,000 agents stands soon; the best of three counts, as others use the machine too."""
    assert min(browser.open(pages["large"]) for _ in range(3)) < SLOWEST
    assert "5,000 agents" in browser.run("document.querySelector('#count').textContent")


def test_thousands_of_agents_are_few_elements(browser, pages):
    """Only rows that can be seen are in the page, also when all are open and one is at the end."""
    browser.open(pages["large"])
    browser.click("#expand")
    assert browser.run(ROWS) < 80
    browser.press("End")
    assert cursor(browser) == "1.17.17.16"
    assert browser.run(ROWS) < 80
    assert browser.run("document.querySelectorAll('*').length") < 2_000


def test_thousands_of_agents_are_searched(browser, pages):
    """The one agent that a title tells is found among all."""
    browser.open(pages["large"])
    browser.press("/", *"valve 4321 ", "Enter")
    assert "Maintenance of valve 4321" in browser.run(PANEL)


# ---------------------------------------------------------------------- attacks


@pytest.mark.parametrize("fragment", ["answer", "agents", "agent/1", "cite/0"])
def test_hostile_text_does_nothing(browser, pages, fragment):
    """No text of a run acts, wherever it is shown: it is seen as the text that it is."""
    browser.open(pages["hostile"], fragment)
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    browser.settle()
    assert browser.run("typeof window.owned") == "undefined"
    assert browser.run("document.title") != "owned"
    assert browser.run(
        "[document.scripts.length, document.images.length, document.querySelectorAll('svg').length]"
    ) == [2, 0, 0]
    assert browser.complaints() == []


def test_hostile_text_is_shown_to_the_letter(browser, pages):
    """What can be seen of an attack is shown as it is, and what cannot is shown by its number."""
    browser.open(pages["hostile"], "agent/1")
    told = browser.run("document.querySelector('#panel').textContent")
    for attack in ATTACKS[:9]:
        assert attack in told
    for number in ("U+202E", "U+2028", "U+200B", "U+001B", "U+0000"):
        assert f"⟨{number}⟩" in told
    assert not set("\u202e\u2028\u200b\x1b") & set(told)


@pytest.mark.parametrize(
    "attack",
    [
        "document.body.innerHTML = '<img src=x onerror=window.owned=1>'",
        "eval('window.owned=1')",
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.owned=1'}))",
        "document.body.setAttribute('onclick', 'window.owned=1'); document.body.click()",
        "location.href = 'javascript:window.owned=1'",
    ],
)
def test_the_policy_stops_markup_and_code(browser, pages, attack):
    """Even where the viewer's script had such a fault, the page's policy would not let text act."""
    browser.open(pages["small"])
    code = f"const one = document.createElement('p'); try {{ {attack} }} catch (error) {{ error.name }}"
    browser.run(f"setTimeout(() => {{ {code} }}, 0); 1")
    browser.settle()
    browser.settle()
    assert browser.run("typeof window.owned") == "undefined"


def test_the_policy_stops_requests(browser, pages):
    """Nothing can be sent or loaded, not even by the page's own script."""
    browser.open(pages["small"])
    asked = "fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')"
    assert browser.run(asked) == "refused"
    browser.run("Object.assign(new Image(), {src: 'http://127.0.0.1:9/a.png'}); 1")
    browser.settle()
    told = [str(one) for one in browser.complaints()]
    assert sum("Content Security Policy" in one for one in told) >= 2
