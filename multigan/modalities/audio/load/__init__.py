"""Sounds from wherever they are: decoded once to 16 bits, of one rate, channels and length."""
