"""The options that commands of ``rao train`` share, as frozen records."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

Device = Literal["auto", "cuda", "mps", "cpu"]
Precision = Literal["auto", "bfloat16", "float32"]
Actors = Annotated[
    Literal["torch", "llama"],
    typer.Option("--actors", help="What computes the attempts: the network itself, or llama.cpp."),
]


@dataclass(frozen=True)
class Place:
    """Where training computes, and what it starts from."""

    device: Annotated[Device, typer.Option("--device", help="Where to compute.")] = "auto"
    precision: Annotated[
        Precision, typer.Option("--precision", help="Type of the base model's weights; auto: what is fast here.")
    ] = "auto"
    vocabulary: Annotated[
        Path | None,
        typer.Option("--vocabulary", metavar="FILE", help="GGUF file of a --model that is a Hugging Face folder."),
    ] = None
    adapter: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Adapter to go on with, instead of a new one.")
    ] = None


@dataclass(frozen=True)
class Changes:
    """What options change of a recipe's settings of rl."""

    seed: Annotated[int | None, typer.Option("--seed", metavar="N", min=0, help="Another seed, another run.")] = (
        None
    )
    steps: Annotated[int | None, typer.Option("--steps", metavar="N", min=1, help="Steps of the run.")] = None
    prompts: Annotated[
        int | None, typer.Option("--prompts", metavar="N", min=1, help="Questions of one step.")
    ] = None
    attempts: Annotated[
        int | None, typer.Option("--attempts", metavar="N", min=1, help="Trees of agents for each question.")
    ] = None
    bonus: Annotated[
        float | None,
        typer.Option("--bonus", metavar="X", min=0, help="What the mean success of the children adds."),
    ] = None
    sparse: Annotated[bool, typer.Option("--sparse", help="Reward every agent with its root's success alone.")] = (
        False
    )
    no_depth_weight: Annotated[
        bool, typer.Option("--no-depth-weight", help="Weigh all agents alike, at any depth.")
    ] = False
    stratified: Annotated[
        bool, typer.Option("--stratified", help="Compare an agent with those that had its kind of task.")
    ] = False
    alone: Annotated[
        bool, typer.Option("--alone", help="Train a single agent, which reads what search ranks best.")
    ] = False


@dataclass(frozen=True)
class Questions:
    """What an evaluation asks of whom."""

    quizzes: Annotated[
        list[Path] | None,
        typer.Option("--quizzes", metavar="FILE", help="Questions, one JSON object a line, as SQuAD has them."),
    ] = None
    around: Annotated[
        list[Path] | None,
        typer.Option("--around", metavar="FILE", help="Ask the same at each size, with text of this file around."),
    ] = None
    arm: Annotated[
        str,
        typer.Option(
            "--arm",
            metavar="LIST",
            help="Who is asked: single,single-trained,recursion,recursion-trained; all that have an adapter.",
        ),
    ] = ""
    sizes: Annotated[str, typer.Option("--sizes", metavar="LIST", help="Tokens of the texts.")] = "2k,8k"
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, help="Questions of each size.")] = 50
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Another seed asks other questions.")] = 1
