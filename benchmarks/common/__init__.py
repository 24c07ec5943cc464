"""What the benches share: their frame, the turns that sides take, pictures of curves."""
