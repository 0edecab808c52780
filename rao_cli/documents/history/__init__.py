"""What a range of a git repository changed, as a document."""
