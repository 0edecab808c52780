"""Summaries: code chooses what is told, composes it to the asked length and cites it; a model may phrase it."""
