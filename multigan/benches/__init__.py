"""Benches that ship with the package: what can be measured anew anywhere, by one command."""
