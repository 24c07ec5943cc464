"""What the shell's commands and the notebook's do alike: train in sight, resolve, sample, print."""
