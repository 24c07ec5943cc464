"""Text from wherever it is, cut into samples, as rows of token numbers."""
