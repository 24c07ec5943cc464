"""Notes: names and pitches, melodies, and instruments that render labelled sets of them."""
