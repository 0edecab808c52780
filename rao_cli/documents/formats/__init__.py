"""Loaders for documents that people write: PDF, Markdown, HTML, office files, mail, tables, plain text."""
