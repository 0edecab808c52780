"""TextCraft-Synth (arXiv 2605.06639, section 3): agents craft items, and hand ingredients to agents of their own.

The paper's crafting world with its rules and its own tasks; JSON actions chosen among offered ones stand in
place of the paper's code. It shows that the trainer is the published method, apart from documents.
"""
