"""Durable runs: what a run did is kept as it happens, can be taken up again, and can be looked at afterwards."""
