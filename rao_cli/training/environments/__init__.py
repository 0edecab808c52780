"""Where episodes come from. Each environment knows the answers, and where they stand, by construction."""
