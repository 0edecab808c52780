"""The engine over the network that is trained: the learner's log-probabilities, llama.cpp's rules of writing."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.engine.adapters import Adapter
from rao_cli.engine.base import Completion, Engine, Message, Progress, Request, Sampling
from rao_cli.engine.llama import LlamaEngine
from rao_cli.errors import ModelError
from rao_cli.models.resolve import resolve
from rao_cli.training.base_model import LoraNetwork, LoraSettings, load_base
from rao_cli.training.export import export_adapter
from rao_cli.training.learner import option_logprobs, packs
from rao_cli.training.samples import Sample
from rao_cli.training.tokens import Tokens
from rao_cli.training.torch_engine import TorchEngine
from tests.engine.tiny import TOKENS, write_tiny
from tests.training.reference import FIT

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

pytestmark = pytest.mark.usefixtures("one_thread")

WINDOW = 512
SAME = 1e-5
"""How far two computations of torch's may be apart, in nats."""
LLAMAS = 1e-3
"""How far torch may be from llama.cpp in 32 bits."""
CHOICES = ("Badan", "the boss of Zakel", "Räte 漢字", "x")
ACTION = r"""root ::= "{\"action\":" ("\"absent\"}" | "\"delegate\",\"to\":[" number ("," number)? "]}")
number ::= [1-9] [0-9]?
"""
GRAMMARS = {
    ACTION: r'\{"action":("absent"\}|"delegate","to":\[[1-9]\d?(,[1-9]\d?)?\]\})',
    'root ::= "yes" | "no" | "not known"\n': "yes|no|not known",
    'root ::= [a-c] [a-c] [0-9]* "."\n': r"[a-c]{2}\d*\.",
    'root ::= "é" ("漢" | "字")+ "!"\n': "é[漢字]+!",
}
"""Grammars, and what each allows."""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tiny model with a chat template."""
    return write_tiny(tmp_path_factory.mktemp("engine") / "tiny.gguf", layers=2, template="{{ '<|im_start|>' }}")


@pytest.fixture(scope="module")
def network(tiny: Path) -> LoraNetwork:
    """Return it in torch, with an adapter that changes what is computed."""
    base = load_base(tiny, cache=tiny.parent / "cache", device="cpu", precision="float32")
    network = LoraNetwork(base, LoraSettings(rank=4))
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for lora in network.loras.values():
            lora.b.normal_(0, 0.05, generator=generator)
    return network


@pytest.fixture(scope="module")
def tokens(tiny: Path) -> Iterator[Tokens]:
    """Yield its vocabulary."""
    with closing(Tokens(tiny)) as opened:
        yield opened


@pytest.fixture
def engine(network: LoraNetwork, tokens: Tokens) -> TorchEngine:
    """Return an engine on it."""
    return TorchEngine(network, tokens, WINDOW)


@pytest.fixture(scope="module")
def llama(tiny: Path, network: LoraNetwork) -> Iterator[LlamaEngine]:
    """Yield llama.cpp on the same model with the same adapter, all in 32 bits."""
    adapter = tiny.parent / "adapter.gguf"
    export_adapter(network, adapter, "f32")
    with closing(LlamaEngine(tiny, window=WINDOW, fit=FIT, adapters=(Adapter(adapter),))) as opened:
        yield opened


def ask(text: str = "Who is the boss?", tokens: int = 40, **options: object) -> Request:
    """Return a request for one user message."""
    return Request((Message("user", ("Read this.\n", text)),), tokens, **options)  # type: ignore[arg-type]


def together(engine: Engine, *requests: Request) -> list[Completion]:
    """Run requests at the same time."""

    async def run() -> list[Completion]:
        return await asyncio.gather(*(engine.generate(request) for request in requests))

    return asyncio.run(run())


def logprobs(done: Completion) -> list[float]:
    """Return the log-probabilities of all tokens of a completion."""
    return [token.logprob for token in done.tokens]


def learned(network: LoraNetwork, sample: Sample) -> list[list[float]]:
    """Return what the learner computes of a sample's options."""
    (pack,) = packs([sample])
    with torch.no_grad():
        (options,) = option_logprobs(network, pack)
    return [option.tolist() for option in options]


def test_choices_are_weighed_as_the_learner_does(
    engine: TorchEngine, network: LoraNetwork, tokens: Tokens
) -> None:
    """The log-probabilities of choices that wait with others are the learner's."""
    one, other = ask(choices=CHOICES), ask("Something else.", choices=CHOICES[:2])
    for request, done in zip((one, other), together(engine, one, other), strict=True):
        options = tuple(tuple(tokens.text(choice)) for choice in request.choices)
        wanted = learned(network, Sample(tuple(tokens.prompt(request.messages)), options, 0, (0.0,)))
        for choice, logprobs in zip(done.choices, wanted, strict=True):
            assert [token.logprob for token in choice] == pytest.approx(logprobs, abs=SAME)


def test_choices_are_weighed_as_llama_does(engine: TorchEngine, llama: LlamaEngine) -> None:
    """So are llama.cpp's but for rounding; the tokens are the same."""
    (one,), (other,) = together(engine, ask(choices=CHOICES)), together(llama, ask(choices=CHOICES))
    assert [[(token.id, token.text) for token in choice] for choice in one.choices] == [
        [(token.id, token.text) for token in choice] for choice in other.choices
    ]
    assert logprobs(one) == pytest.approx(logprobs(other), abs=LLAMAS)
    assert (one.text, one.prompt_tokens, one.finish) == (other.text, other.prompt_tokens, other.finish)


def test_a_choice_is_cut_where_the_output_is(engine: TorchEngine, llama: LlamaEngine) -> None:
    """Of each choice no more tokens are weighed than may be written."""
    for each in (engine, llama):
        (done,) = together(each, ask(tokens=3, choices=CHOICES))
        assert [len(choice) for choice in done.choices] == [3, 3, 3, 1]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("grammar", ["", *GRAMMARS])
def test_what_is_written_is_llamas(
    engine: TorchEngine, llama: LlamaEngine, grammar: str, temperature: float
) -> None:
    """With the same seed both write the same, with the same log-probabilities before any constraint."""
    requests = [
        ask(text, grammar=grammar, sampling=Sampling(temperature=temperature, seed=seed))
        for seed, text in enumerate(("Who?", "Who is the boss of Badan?", "Why? " * 20))
    ]
    for one, other in zip(together(engine, *requests), together(llama, *requests), strict=True):
        assert (one.text, one.finish, one.prompt_tokens) == (other.text, other.finish, other.prompt_tokens)
        assert [token.id for token in one.tokens] == [token.id for token in other.tokens]
        assert logprobs(one) == pytest.approx(logprobs(other), abs=LLAMAS)


@pytest.mark.parametrize("grammar", ["", ACTION])
def test_what_is_written_has_the_learners_logprobs(
    engine: TorchEngine, network: LoraNetwork, tokens: Tokens, grammar: str
) -> None:
    """The learner finds the recorded log-probabilities again, so the ratio of policies is 1."""
    for seed in range(3):
        request = ask(grammar=grammar, sampling=Sampling(temperature=1.0, seed=seed))
        (done,) = together(engine, request)
        written = tuple(token.id for token in done.tokens)
        (wanted,) = learned(network, Sample(tuple(tokens.prompt(request.messages)), (written,), 0, (0.0,)))
        assert logprobs(done) == pytest.approx(wanted, abs=SAME * 10)


@pytest.mark.parametrize("kind", ["Llama", "Mistral", "Qwen2", "Qwen3"])
def test_every_kind_goes_on_from_what_it_has_read(kind: str, tokens: Tokens) -> None:
    """So it is with all kinds of models that can be trained, those whose attention has a window too."""
    sizes = {"vocab_size": tokens.size, "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2}
    sizes |= {"num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 16, "sliding_window": 8}
    slides = {"use_sliding_window": True, "max_window_layers": 1} if "Qwen" in kind else {}
    config = getattr(transformers, f"{kind}Config")(initializer_range=0.3, **sizes, **slides)
    network = LoraNetwork(getattr(transformers, f"{kind}ForCausalLM")(config).float().eval())
    request = ask(grammar=ACTION, sampling=Sampling(temperature=1.0, seed=1))
    done, _ = together(TorchEngine(network, tokens, WINDOW), request, replace(request, max_tokens=7))
    written = tuple(token.id for token in done.tokens)
    (wanted,) = learned(network, Sample(tuple(tokens.prompt(request.messages)), (written,), 0, (0.0,)))
    assert logprobs(done) == pytest.approx(wanted, abs=SAME * 10)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.lists(st.integers(0, 2**31), min_size=1, max_size=4), most=st.integers(1, 40))
@pytest.mark.parametrize("grammar", GRAMMARS)
def test_a_grammar_is_kept(engine: TorchEngine, grammar: str, seeds: list[int], most: int) -> None:
    """Whatever the chances, a text that ends is one that its grammar allows, and one cut off is its beginning."""
    asked = [ask("Who?", most, grammar=grammar, sampling=Sampling(temperature=1.0, seed=seed)) for seed in seeds]
    texts = []
    for done in together(engine, *asked):
        texts.append(done.text)
        assert 1 <= len(done.tokens) <= most
        assert done.text == "".join(token.text for token in done.tokens)
        assert done.finish == "length" or re.fullmatch(GRAMMARS[grammar], done.text)
    whole = together(engine, *(replace(request, max_tokens=80) for request in asked))
    for cut, done in zip(texts, whole, strict=True):
        assert done.text.startswith(cut.rstrip("\ufffd"))


def test_seeds_decide(engine: TorchEngine) -> None:
    """With a temperature the seed decides what is written."""
    requests = [ask(sampling=Sampling(temperature=1.0, seed=seed)) for seed in (1, 1, 2, 3)]
    texts = [together(engine, request)[0].text for request in requests]
    assert texts[0] == texts[1]
    assert len(set(texts)) == 3


def test_requests_do_not_disturb_each_other(network: LoraNetwork, tokens: Tokens) -> None:
    """Many at once get what each gets alone, in one tree as in several."""
    sampling = Sampling(temperature=1.0, seed=9)
    requests = [
        *(ask(f"{'The boss of Badan is Zakel. ' * n}Who?", choices=CHOICES[:n]) for n in range(1, 4)),
        *(ask(f"{'The boss is Zakel. ' * n}Who?", 7 * n, grammar=g) for n, g in enumerate(GRAMMARS, start=1)),
        *(ask(f"Who? {n}", 5 * n, sampling=sampling) for n in range(1, 4)),
    ]
    alone = [together(TorchEngine(network, tokens, WINDOW), request)[0] for request in requests]
    for capacity in (100, 10_000):
        for one, many in zip(
            alone, together(TorchEngine(network, tokens, WINDOW, capacity), *requests), strict=True
        ):
            assert (one.text, one.finish) == (many.text, many.finish)
            assert logprobs(one) == pytest.approx(logprobs(many), abs=SAME)


def test_stop_strings_end_a_text(engine: TorchEngine, llama: LlamaEngine) -> None:
    """A text ends before a stop string, as llama.cpp's does."""
    grammar = 'root ::= [a-c]+ "." [a-c]+\n'
    request = ask(grammar=grammar, stop=(".", "a"), sampling=Sampling(temperature=1.0, seed=3))
    (one,), (other,) = together(engine, request), together(llama, request)
    assert (one.text, one.finish) == (other.text, other.finish)
    assert not set(one.text) & {".", "a"}


def test_one_token_may_be_all(engine: TorchEngine) -> None:
    """Where one token is to be written, and one is forced, that is written."""
    texts = [done.text for done in together(engine, ask(tokens=1), ask(tokens=1, grammar='root ::= "yes"\n'))]
    assert [len(text) for text in texts] == [1, 1]
    assert texts[1] == "y"


def test_a_wrong_grammar_fails_alone(engine: TorchEngine, capfd: pytest.CaptureFixture[str]) -> None:
    """A grammar that cannot be read fails its request; those beside it are answered."""

    async def run() -> tuple[Completion, BaseException | Completion]:
        wrong = asyncio.create_task(engine.generate(ask(grammar="root ::= (")))
        right = await engine.generate(ask(grammar='root ::= "yes"\n'))
        return right, (await asyncio.gather(wrong, return_exceptions=True))[0]

    right, wrong = asyncio.run(run())
    assert right.text == "yes"
    assert isinstance(wrong, ModelError)
    assert "grammar is not valid" in str(wrong)
    capfd.readouterr()  # where llama.cpp says why


def test_numbers_that_are_none_are_told(tiny: Path, tokens: Tokens) -> None:
    """A network that computes no numbers is an error, as in llama.cpp's engine."""
    network = LoraNetwork(load_base(tiny, cache=tiny.parent / "cache", device="cpu", precision="float32"))
    with torch.no_grad():
        network.loras["blk.0.attn_q.weight"].b.fill_(float("nan"))
    with pytest.raises(ModelError, match="no numbers"):
        together(TorchEngine(network, tokens, WINDOW), ask(grammar=ACTION))


def test_a_failing_network_is_told(tiny: Path, tokens: Tokens) -> None:
    """What goes wrong in torch is one line with its cause, and a hint at the other engine."""
    network = LoraNetwork(load_base(tiny, cache=tiny.parent / "cache", device="cpu", precision="float32"))
    engine = TorchEngine(network, tokens, WINDOW)
    network.decoder.embed_tokens = torch.nn.Embedding(5, 64)
    for request in (ask(), ask(choices=CHOICES)):
        with pytest.raises(ModelError, match="network in torch failed: index out of range") as caught:
            together(engine, request)
        assert isinstance(caught.value.__cause__, IndexError)
        assert "--actors llama" in caught.value.hint


def test_the_window_is_kept(engine: TorchEngine) -> None:
    """A request that does not fit the window is refused, and those beside it are not."""
    with pytest.raises(ModelError, match="window is 512"):
        together(engine, ask("The boss of Badan. " * 50))
    with pytest.raises(ModelError, match="window is 512"):
        together(engine, ask(tokens=600, choices=("x" * 500,)))
    assert together(engine, ask(tokens=5))[0].text


def test_a_closed_engine_refuses(engine: TorchEngine) -> None:
    """Once closed, an engine answers no more, and what waits fails."""

    async def run() -> None:
        task = asyncio.create_task(engine.generate(ask(choices=CHOICES)))
        await asyncio.sleep(0)
        engine.close()
        engine.close()
        with pytest.raises(ModelError, match="closed"):
            await task
        with pytest.raises(ModelError, match="closed"):
            await engine.generate(ask())

    asyncio.run(run())


def test_a_cancelled_request_is_left_out(engine: TorchEngine) -> None:
    """After a cancelled request the others are answered."""

    async def run() -> Completion:
        task = asyncio.create_task(engine.generate(ask(choices=CHOICES)))
        other = asyncio.create_task(engine.generate(ask("Who?", choices=CHOICES)))
        await asyncio.sleep(0)
        task.cancel()
        return await other

    assert asyncio.run(run()).choices


def test_progress_is_told(engine: TorchEngine) -> None:
    """Whoever asked hears what was written."""
    seen: list[Progress] = []
    done = asyncio.run(engine.generate(ask(tokens=4), seen.append))
    assert seen == [Progress("writing", 4, 4, done.text)]


def test_tokens_are_counted(engine: TorchEngine, llama: LlamaEngine) -> None:
    """Texts and prompts have as many tokens as with llama.cpp."""
    assert engine.count_tokens("Räte <|im_end|>") == llama.count_tokens("Räte <|im_end|>")
    assert engine.count_prompt(ask().messages) == llama.count_prompt(ask().messages)
    assert together(engine, ask())[0].prompt_tokens == engine.count_prompt(ask().messages)


def test_identity_is_of_weights_and_vocabulary(tiny: Path, network: LoraNetwork, tokens: Tokens) -> None:
    """Training changes the name that completions are kept under, and so does another base model."""
    names = {TorchEngine(network, tokens, WINDOW).identity}
    other = write_tiny(tiny.parent / "other.gguf", layers=2, seed=1)
    for path in (tiny, other):
        base = load_base(path, cache=tiny.parent / "cache", device="cpu", precision="float32")
        names.add(TorchEngine(LoraNetwork(base, LoraSettings(rank=4)), tokens, WINDOW).identity)
    assert len(names) == 3
    assert TorchEngine(network, tokens, WINDOW).identity in names


def test_another_models_vocabulary_is_refused(network: LoraNetwork, tmp_path: Path) -> None:
    """A vocabulary of another size cannot be this network's."""
    names = list(TOKENS)
    pairs = {
        "tokenizer.ggml.tokens": [*names, "<new>"],
        "tokenizer.ggml.scores": [0.0] * (len(names) + 1),
        "tokenizer.ggml.token_type": [3, 3, 3, *[6] * 256, 1, *[3] * (len(names) + 1 - 260)],
    }
    path = write_tiny(tmp_path / "more.gguf", pairs=pairs)
    with closing(Tokens(path)) as other, pytest.raises(ModelError, match="vocabulary 266") as caught:
        TorchEngine(network, other, WINDOW)
    assert "--vocabulary" in str(caught.value.hint)


@pytest.mark.model
def test_grammars_go_with_the_embedded_models_vocabulary(smollm2: LlamaEngine) -> None:
    """With its vocabulary of merges, read without weights, grammars force and allow what they do in llama.cpp."""
    config = transformers.LlamaConfig(
        vocab_size=49152, hidden_size=32, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2
    )
    network = LoraNetwork(transformers.LlamaForCausalLM(config).float(), LoraSettings(rank=1))
    forced = "root ::= " + json.dumps('{"action":"delegate","to":[1,12,3]}') + "\n"
    with closing(Tokens(resolve("smollm2").path)) as tokens:
        engine = TorchEngine(network, tokens, WINDOW)
        (one, weighed), (other, known) = (
            together(each, ask(grammar=forced), ask(choices=CHOICES)) for each in (engine, smollm2)
        )
        free = [ask(grammar=ACTION, sampling=Sampling(temperature=1.0, seed=seed)) for seed in range(8)]
        texts = [done.text for done in together(engine, *free) if done.finish == "stop"]
    assert [token.id for token in one.tokens] == [token.id for token in other.tokens]
    assert [token.id for token in weighed.tokens] == [token.id for token in known.tokens]
    assert texts
    assert all(re.fullmatch(GRAMMARS[ACTION], text) for text in texts)
