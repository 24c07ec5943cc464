"""One process training one run: its folder, checkpoints, steering, doctor, forks and report."""

from multigan.imports.lazy import lazy_names

__getattr__, __dir__ = lazy_names(__name__, {"Run": "multigan.runs.run"})
