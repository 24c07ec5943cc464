"""From pictures of sounds back to waveforms in real numbers only, as other runtimes want it."""
