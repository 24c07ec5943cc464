"""The adversarial game, on tensors. Nothing here knows what an image, a text or a sound is."""
