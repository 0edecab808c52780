"""Records: repeated shapes in a text, read as rows with named columns."""
