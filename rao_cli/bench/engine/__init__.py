"""Measurements of the local engine beside other ways to run a model, for `rao bench engine`."""
