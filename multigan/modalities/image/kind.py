"""Images, as one kind of data."""

from multigan.core.registries import KINDS
from multigan.metrics.feature_evaluator import FeatureEvaluator
from multigan.modalities.image import augment, networks
from multigan.modalities.image.load.load import ImageSet, load_images
from multigan.modalities.image.load.options import ImageOptions
from multigan.modalities.image.modality import ImageModality
from multigan.modalities.kind import Kind, refuse_representation
from multigan.registry import Component

__all__ = ["IMAGE", "augment", "networks"]


def _component(images: ImageSet, representation: Component | None) -> Component:
    refuse_representation("Images", representation)
    size = {"channels": images.channels, "height": images.height, "width": images.width}
    return Component("image", size)


IMAGE = Kind(
    loader=load_images,
    options=ImageOptions,
    modality=ImageModality,
    component=_component,
    match_options=lambda modality: {
        "channels": modality.sample_shape[0],
        "size": tuple(modality.sample_shape[1:]),
    },
    subset_options=frozenset({"limit", "split", "streaming"}),
    evaluator=FeatureEvaluator(classifier_by_default=True),
    demo="digits",
)
KINDS["image"] = IMAGE
