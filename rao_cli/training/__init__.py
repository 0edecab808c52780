"""Recursive Agent Optimization (arXiv 2605.06639): train one policy at every node of the delegation tree.

Environments make questions with known answers; the product's own runner makes trees of agents for them; credit
says what each decision was worth; the learner changes a LoRA adapter. Nothing outside this package imports torch.
"""
