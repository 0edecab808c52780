"""How much smaller a strategy is than what it was learned from, in the model's own tokens, and what it keeps."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ratios:
    """Medians over the runs; ``retention`` tells what the smaller ones are worth."""

    strategy_to_context: float
    """Tokens of the strategy over those of the document."""
    trace_to_context: float
    """Tokens of the trace without any text (rao runs export --redact) over those of the document."""
    strategy_to_trace: float
    retention: float | None
    """Share of the unseen questions that the strategy kept, over that of the plan that mirrors the runs whole."""
