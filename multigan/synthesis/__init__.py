"""Data augmentation for other models: real and generated samples in one data set.

mixed = multigan.synthesize("train/", "runs/0007-mnist", ratio=0.5, filter="classifier")
loader = torch.utils.data.DataLoader(mixed, batch_size=64, shuffle=True)
"""

from multigan.synthesis.filters import FILTERS, Filter, Verdict
from multigan.synthesis.mixture import Mixture, Provenance
from multigan.synthesis.synthesize import synthesize
from multigan.synthesis.writing import write_mixture

__all__ = [
    "FILTERS",
    "Filter",
    "Mixture",
    "Provenance",
    "Verdict",
    "synthesize",
    "write_mixture",
]
