"""Images, as one kind of data."""

from functools import partial

from multigan.core.registries import KINDS
from multigan.metrics.evaluation import Evaluator, FeatureEmbedder
from multigan.modalities.image import augmentations, networks
from multigan.modalities.image.load.load import load_images
from multigan.modalities.image.load.loaded import ImageSet
from multigan.modalities.image.load.options import ImageOptions
from multigan.modalities.image.modality import ImageModality
from multigan.modalities.kind import Kind, refuse_representation
from multigan.registry import Component

__all__ = ["IMAGE", "augmentations", "networks"]


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
    evaluator=Evaluator(partial(FeatureEmbedder, classifier_by_default=True)),
    page="page",
    demo="digits",
)
KINDS["image"] = IMAGE
