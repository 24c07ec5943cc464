"""What happens when things are imported: names on demand, old paths, torchaudio's guard."""
