"""The recursion: handoffs, views, actions, policy, budget, combining, and the runner that drives them."""
