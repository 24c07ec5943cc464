"""Streams of raw tensors: images from wherever they are, and synthetic points.

`load_images` reads any of the known layouts once, into memory or into a memory-mapped file, and
reports what it did. `Stream` turns what it returns, or any other `Source`, into endless batches
that are a pure function of (seed, position).
"""
