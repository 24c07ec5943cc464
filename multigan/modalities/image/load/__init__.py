"""Images from wherever they are, decoded once to uint8 of one size."""
