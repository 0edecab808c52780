"""A tiny policy on toy texts: shown how both arms work, then practising; recursion against one agent.

python -m rao_cli.training.toy --seed 1 >> rows.jsonl
"""
