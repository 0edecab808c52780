"""Strategies: how a kind of question was answered on a kind of document, as a plan that the runner carries out."""
