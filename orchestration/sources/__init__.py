"""Reading a source into raw batches: the declaration, the lake, and one module per kind of source."""
