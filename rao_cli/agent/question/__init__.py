"""Questions: what kind of answer is asked for, and in which form it is wanted."""
