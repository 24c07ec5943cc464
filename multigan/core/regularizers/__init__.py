"""Extra terms that keep a player well behaved. Any loss goes with any of them.

Each is a small dataclass whose `weight` is a knob that a schedule or a person may turn while the
run trains. Weights follow the cited papers' definitions, so their published values carry over.
"""

from multigan.core.regularizers.approximate import ApproximateR1, ApproximateR2
from multigan.core.regularizers.auxiliary import AuxiliaryFake, AuxiliaryReal
from multigan.core.regularizers.common import REGULARIZERS
from multigan.core.regularizers.constraints import WeightClipping
from multigan.core.regularizers.logits import Drift
from multigan.core.regularizers.matching import FeatureMatching, LeCam
from multigan.core.regularizers.orthogonal import Orthogonal
from multigan.core.regularizers.path_length import PathLength
from multigan.core.regularizers.penalties import (
    DRAGAN,
    R1,
    R2,
    WassersteinGradientPenalty,
    squared_gradient_norm,
)
from multigan.core.regularizers.transport import Transport

__all__ = [
    "DRAGAN",
    "R1",
    "R2",
    "REGULARIZERS",
    "ApproximateR1",
    "ApproximateR2",
    "AuxiliaryFake",
    "AuxiliaryReal",
    "Drift",
    "FeatureMatching",
    "LeCam",
    "Orthogonal",
    "PathLength",
    "Transport",
    "WassersteinGradientPenalty",
    "WeightClipping",
    "squared_gradient_norm",
]
