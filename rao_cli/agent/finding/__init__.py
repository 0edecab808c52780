"""Find by code where a text answers a question: its best sentences, and the short spans that may be the answer."""
