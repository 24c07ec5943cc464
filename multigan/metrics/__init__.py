"""Quality of generated samples: distances between feature sets, and what they may be called.

real = extract(extractor, real_samples)
fake = extract(extractor, fake_samples)
for result in evaluate(real, fake, ["frechet", "precision", "recall"], split="test"):
    print(result)
"""

from multigan.metrics.baseline import RealBaseline, evaluate
from multigan.metrics.catalog import METRICS, Comparison, Measured, Metric, MetricOptions
from multigan.metrics.classifier import Classifier, ClassifierReport, train_classifier
from multigan.metrics.diversity import (
    class_agreement,
    class_diversity_ratio,
    duplicate_shares,
    mean_pairwise_distance,
    within_class_diversity,
)
from multigan.metrics.extractors import RandomConv
from multigan.metrics.features import (
    EXTRACTORS,
    FeatureExtractor,
    Features,
    ModuleExtractor,
    build_extractor,
    extract,
)
from multigan.metrics.frechet import Gaussian, frechet_distance
from multigan.metrics.kernel import kernel_distance
from multigan.metrics.modes import ClassCoverage, ModeCoverage, class_coverage, mode_coverage
from multigan.metrics.neighbors import density_coverage, precision_recall
from multigan.metrics.pretrained_extractors import INCEPTION_SHA256
from multigan.metrics.result import MetricResult
from multigan.metrics.score import inception_score

__all__ = [
    "EXTRACTORS",
    "INCEPTION_SHA256",
    "METRICS",
    "ClassCoverage",
    "Classifier",
    "ClassifierReport",
    "Comparison",
    "FeatureExtractor",
    "Features",
    "Gaussian",
    "Measured",
    "Metric",
    "MetricOptions",
    "MetricResult",
    "ModeCoverage",
    "ModuleExtractor",
    "RandomConv",
    "RealBaseline",
    "build_extractor",
    "class_agreement",
    "class_coverage",
    "class_diversity_ratio",
    "density_coverage",
    "duplicate_shares",
    "evaluate",
    "extract",
    "frechet_distance",
    "inception_score",
    "kernel_distance",
    "mean_pairwise_distance",
    "mode_coverage",
    "precision_recall",
    "train_classifier",
    "within_class_diversity",
]
