"""Comparisons that people publish, and what they are measured with; not part of the wheel."""
