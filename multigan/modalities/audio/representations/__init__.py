"""What networks see of sounds: waveforms, magnitudes, frequencies, latents; and the ways back."""
