"""Measurements of rao on inputs of any size, for `rao bench`."""
