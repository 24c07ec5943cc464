"""A classifier of the data's own labels: what makes features without a network from elsewhere.

Shapes: N samples.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from multigan.data.loaded import Loaded
from multigan.data.store import cache_root
from multigan.errors import CheckpointError, ConfigError
from multigan.files import building_alone
from multigan.metrics.classifier import Classifier, train_classifier
from multigan.metrics.extractors import classifier as extractor_of
from multigan.metrics.features import ModuleExtractor
from multigan.metrics.real_samples import AT_ONCE, drawn

CLASSIFIER_IMAGES = 50_000  # more would not make it better, only slower
CLASSIFIER_STEPS = 1000

Note = Callable[[str], None]
Pictures = Callable[[Tensor], Tensor]


def data_classifier(
    loaded: Loaded,
    *,
    seed: int = 0,
    on_note: Note | None = None,
    pictures: Pictures | None = None,
    kind: str = "",
    steps: int | None = None,
) -> Classifier:
    """Returns a classifier of the data's own labels, trained once and then kept in the cache.

    Args:
        loaded: The data.
        seed: Of the training.
        on_note: Called with a sentence where it takes long.
        pictures: Turns raw samples into the uint8 pictures that are classified; None for images,
            which are those themselves.
        kind: Names `pictures` in the cache.
        steps: How long it is trained; None for as long as suits images.
    """
    steps = CLASSIFIER_STEPS if steps is None else steps
    name = f"{loaded.fingerprint}-{seed}-{steps}{kind}"
    folder = cache_root(None) / "classifiers" / name
    stored = _stored_classifier(folder)
    if stored is not None:
        return stored
    with building_alone(folder):
        stored = _stored_classifier(folder)  # by another process, while this one waited
        if stored is not None:
            return stored
        trained = _trained_classifier(loaded, seed, on_note, pictures, steps)
        trained.save(folder)
    return trained


def _stored_classifier(folder: Path) -> Classifier | None:
    try:
        return Classifier.load(folder)
    except CheckpointError:  # there is none yet, or it is damaged
        return None


def _trained_classifier(
    loaded: Loaded, seed: int, on_note: Note | None, pictures: Pictures | None, steps: int
) -> Classifier:
    raw, labels = loaded.source.read(drawn(len(loaded.source), CLASSIFIER_IMAGES, seed))
    if labels is None or loaded.condition is None or loaded.condition.kind != "class":
        raise ConfigError(
            "A classifier needs the data's own labels, and this data has none. "
            "Use --extractor random-conv, or inception:<path> or clip:<path> with local weights."
        )
    images, labels = raw.cpu(), labels.cpu()
    if on_note:
        on_note(f"Training a classifier on {len(images)} samples, once for this data ...")
    if pictures is not None:
        images = torch.cat([pictures(part) for part in torch.split(images, AT_ONCE)])
    return train_classifier(images, labels, loaded.condition.size, seed=seed, steps=steps)


def classifier_extractor(
    loaded: Loaded, on_note: Note | None = None, **options: Any
) -> ModuleExtractor:
    """Returns the features and logits of `data_classifier`; tells how good it is."""
    trained = data_classifier(loaded, on_note=on_note, **options)
    if on_note:
        report = trained.report
        on_note(
            f"The classifier gets {report.accuracy:.2%} of {report.n_held_out} held-out samples "
            "right."
        )
    return extractor_of(trained)
