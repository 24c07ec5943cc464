"""What networks of several kinds of data have in common."""
