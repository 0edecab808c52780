"""Logs: formats, records, templates, and the facts that can be counted in them."""
