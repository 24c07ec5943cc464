"""Images, as one kind of data."""

from functools import partial

from multigan.core.registries import KINDS
from multigan.metrics.evaluation import Evaluator, FeatureEmbedder
from multigan.modalities.image import augmentations, networks
from multigan.modalities.image.load.decode import PICTURES
from multigan.modalities.image.load.load import load_images
from multigan.modalities.image.load.loaded import ImageSet
from multigan.modalities.image.load.options import ImageOptions
from multigan.modalities.image.load.stacked import PREFIX
from multigan.modalities.image.modality import ImageModality
from multigan.modalities.image.sight import FEW, look_at_images
from multigan.modalities.image.suit import VARIED, suit_images, suit_number_of_images
from multigan.modalities.kind import Kind, refuse_representation
from multigan.modalities.suit import Traits
from multigan.typed import Component

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
    traits=Traits(
        suffixes=PICTURES.suffixes | {".npz"},
        names=frozenset({"digits"}),
        prefixes=frozenset({PREFIX}),
        columns=frozenset(PICTURES.columns),
        feature=PICTURES.feature,
    ),
    general="image",
    size="data.size",
    suit=suit_images,
    suit_number=suit_number_of_images,
    few=FEW,
    varied=VARIED,
    sight=look_at_images,
    page="page",
    demo="digits",
)
KINDS["image"] = IMAGE
