"""Data augmentation for other models: real and generated samples in one data set.

mixed = multigan.synthesize("train/", "runs/0007-mnist", ratio=0.5, filter="classifier")
loader = torch.utils.data.DataLoader(mixed, batch_size=64, shuffle=True)
"""

from multigan.runs.synthesis.filters import FILTERS, Filter, Verdict
from multigan.runs.synthesis.mixture import Mixture, Provenance
from multigan.runs.synthesis.synthesize import synthesize
from multigan.runs.synthesis.writing import write_mixture

__all__ = [
    "FILTERS",
    "Filter",
    "Mixture",
    "Provenance",
    "Verdict",
    "synthesize",
    "write_mixture",
]
