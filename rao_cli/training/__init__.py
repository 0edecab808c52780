"""Recursive Agent Optimization (arXiv 2605.06639): train one policy at every node of the delegation tree.

Environments make questions with known answers; the product's own runner makes trees of agents for them; credit
says what each decision was worth; the learner changes a LoRA adapter. Nothing outside this package imports torch.

This is the one place that sets OMP_WAIT_POLICY, which must be set before torch is first imported: threads that
wait by spinning take a shared machine's cores from those that work (measured: 13 tokens a second against 230).
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
