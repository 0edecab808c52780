"""From sources to a document: loaders, the section tree, packing into views, and search."""
