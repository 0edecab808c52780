"""The engine on a tiny network: what it promises as an engine, and the product's runner on it."""

import asyncio
import math

import pytest

from rao_cli.agent.preparing import Settings, prepare
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.engine.base import Message, Progress, Request, Sampling
from rao_cli.errors import ModelError
from rao_cli.training.environments.toy import toy_words
from rao_cli.training.packing import Scored, TokenTree, logprobs
from rao_cli.training.tiny import Shape, TinyNetwork
from rao_cli.training.tiny_engine import TREE, TinyEngine
from tests.agent.helpers import document

torch = pytest.importorskip("torch")

WORDS = toy_words()
CHOICES = ("Badan", "the boss of Zakel", "strange")


@pytest.fixture(scope="module")
def network():
    """Return a small network of the toy's words."""
    return TinyNetwork(Shape(WORDS.size, width=16, heads=2))


@pytest.fixture
def engine(network):
    """Return an engine on it."""
    return TinyEngine(network, WORDS)


def ask(text="Who is the boss?", tokens=8, **options):
    """Return a request for one user message."""
    return Request((Message("user", (text,)),), tokens, **options)


def together(engine, *requests):
    """Run requests at the same time."""

    async def run():
        return await asyncio.gather(*(engine.generate(request) for request in requests))

    return asyncio.run(run())


def test_choices_are_weighed(engine, network):
    """Each choice's tokens have the network's own log-probabilities after the prompt."""
    done = together(engine, ask(choices=CHOICES))[0]
    prompt = WORDS.prompt(ask().messages)
    for choice, tokens in zip(CHOICES, done.choices, strict=True):
        tree = TokenTree()
        with torch.no_grad():
            (alone,) = logprobs(network, tree, [Scored(tree.add([*prompt, *WORDS.text(choice)]), len(prompt))])
        assert [token.logprob for token in tokens] == pytest.approx(alone.tolist(), abs=1e-5)


def test_choices_are_their_tokens(engine):
    """The texts of a choice's tokens are the choice; all of them are what it cost."""
    done = together(engine, ask(choices=CHOICES))[0]
    assert tuple("".join(token.text for token in choice) for choice in done.choices) == CHOICES
    assert done.tokens == tuple(token for choice in done.choices for token in choice)


def test_requests_do_not_disturb_each_other(engine):
    """Waiting together changes nothing, also where they do not fit one tree."""
    requests = [ask(f"{'The boss of Badan is Zakel. ' * (n * 40)}", choices=CHOICES) for n in range(1, 5)]
    assert sum(engine.count_prompt(one.messages) for one in requests) > TREE
    for one, many in zip(requests, together(engine, *requests), strict=True):
        apart = together(engine, one)[0]
        found, expected = ([token.logprob for token in each.tokens] for each in (many, apart))
        assert found == pytest.approx(expected, abs=1e-4)


def greedy(network, tokens, most):
    """Return what a network writes when all is computed anew for each token, with its log-probabilities."""
    tokens, start, found = list(tokens), len(tokens), []
    for _ in range(most):
        n = len(tokens)
        states = network.hidden(torch.tensor(tokens), torch.arange(n), torch.ones(n, n).tril().bool())
        best = torch.log_softmax(network.logits(states[-1:]), dim=-1)[0].max(0)
        tokens.append(int(best.indices))
        found.append(float(best.values))
        if tokens[-1] == WORDS.end():
            break
    return tokens[start:], found


@pytest.mark.parametrize("seed", range(4))
def test_what_is_written_is_most_probable(seed):
    """At temperature 0 each token is the most probable one, with its log-probability."""
    network = TinyNetwork(Shape(WORDS.size, width=16, heads=2), seed)
    with torch.no_grad():
        network.weights["scale"].mul_(-1)  # a new network only says its last token again
        tokens, logprobs = greedy(network, WORDS.prompt(ask().messages), 6)
    done = together(TinyEngine(network, WORDS), ask(tokens=6))[0]
    assert [token.id for token in done.tokens] == tokens
    assert done.text == WORDS.decoded(tokens) == "".join(token.text for token in done.tokens)
    assert [token.logprob for token in done.tokens] == pytest.approx(logprobs, abs=1e-4)
    assert done.finish == ("stop" if tokens[-1] == WORDS.end() else "length")


def test_writers_do_not_disturb_each_other(engine):
    """What is written beside others is what would be written alone."""
    requests = [
        ask("Who is the boss?", 3),
        ask("The boss of Badan is Zakel.", 9),
        ask("Who is the boss?", 6, sampling=Sampling(temperature=1.0, seed=4)),
    ]
    many = together(engine, *requests)
    assert [done.text for done in many] == [together(engine, one)[0].text for one in requests]


def test_seeds_decide(engine):
    """With a temperature the seed decides what is written."""
    texts = [together(engine, ask(sampling=Sampling(temperature=1.0, seed=seed)))[0].text for seed in (1, 1, 2, 3)]
    assert texts[0] == texts[1]
    assert len(set(texts)) > 1


def test_prompts_are_counted(engine):
    """The completion's prompt tokens are what count_prompt says."""
    done = together(engine, ask(choices=CHOICES))[0]
    assert done.prompt_tokens == engine.count_prompt(ask().messages) > engine.count_tokens("Who is the boss?")


def test_the_window_is_kept(network):
    """A request that does not fit the window is refused, before others are disturbed."""
    engine = TinyEngine(network, WORDS, window=20)
    with pytest.raises(ModelError, match="window is 20"):
        together(engine, ask("The boss of Badan. " * 20, choices=CHOICES))
    assert together(engine, ask(choices=CHOICES))[0].choices


def test_progress_is_told(engine):
    """Whoever asked hears that it is done."""
    seen: list[Progress] = []
    asyncio.run(engine.generate(ask(choices=CHOICES), seen.append))
    assert [progress.phase for progress in seen] == ["writing"]


def test_a_cancelled_request_is_left_out(engine):
    """After a cancelled request the others are answered."""

    async def run():
        task = asyncio.create_task(engine.generate(ask(choices=CHOICES)))
        other = asyncio.create_task(engine.generate(ask("Who?", choices=CHOICES)))
        await asyncio.sleep(0)
        task.cancel()
        return await other

    assert asyncio.run(run()).choices


def test_a_closed_engine_refuses(network):
    """Once closed, an engine answers no more, and what waits fails."""
    engine = TinyEngine(network, WORDS)

    async def run():
        task = asyncio.create_task(engine.generate(ask(choices=CHOICES)))
        await asyncio.sleep(0)
        engine.close()
        with pytest.raises(ModelError, match="closed"):
            await task
        with pytest.raises(ModelError, match="closed"):
            await engine.generate(ask())

    asyncio.run(run())


def test_a_failing_network_is_an_error(network):
    """What goes wrong inside reaches whoever asked, with its cause."""
    engine = TinyEngine(TinyNetwork(Shape(10, width=16, heads=2)), WORDS)
    with pytest.raises(ModelError, match="tiny network failed"):
        together(engine, ask(choices=CHOICES))


def test_identity_follows_the_weights():
    """Training changes the name that completions are kept under."""
    network = TinyNetwork(Shape(WORDS.size, width=16, heads=2))
    engine = TinyEngine(network, WORDS)
    before = engine.identity
    with torch.no_grad():
        network.weights["scale"].add_(1.0)
    assert before != engine.identity


def test_the_products_runner_runs_on_it(engine):
    """A question is answered, or said to be absent, by one agent that is shown the text."""
    settings = Settings(2048, 400, "model", 24, computes=False, answers="chosen")
    prepared = prepare(document("The boss of Badan is Zakel.\n"), engine, settings)
    task = Task(question="Who is the boss of Badan?")
    result = asyncio.run(run_task(task, prepared, limits=Limits(), emit=lambda event: None))
    assert result.status in ("found", "absent")
    assert result.usage.prompt_tokens > 0
    assert math.isfinite(result.confidence)
