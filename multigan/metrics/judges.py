"""A classifier of the data's own labels: a judge that needs no network from elsewhere.

Shapes: N samples.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.data.loaded import Loaded
from multigan.data.store import cache_root
from multigan.errors import CheckpointError, ConfigError
from multigan.files import building_alone
from multigan.metrics import METRICS, Classifier, RandomConv, train_classifier
from multigan.metrics.classes import classes_of
from multigan.metrics.classifier import FEATURES

CLASSIFIER_IMAGES = 50_000  # more would not make a better judge, only a slower one
CLASSIFIER_STEPS = 1000
AT_ONCE = 256  # samples

Note = Callable[[str], None]
Pictures = Callable[[Tensor], Tensor]


def labelled_samples(loaded: Loaded, limit: int, seed: int) -> tuple[Tensor, Tensor]:
    """Returns up to `limit` raw samples (N, ...) and their classes (N,), drawn by `seed`.

    Raises:
        ConfigError: The data has no classes.
    """
    raw, labels = loaded.source.read(drawn(len(loaded.source), limit, seed))
    if labels is None or loaded.condition is None or loaded.condition.kind != "class":
        raise ConfigError(
            "A classifier needs the data's own labels, and this data has none. "
            "Use --extractor random-conv, or inception:<path> or clip:<path> with local weights."
        )
    return raw.cpu(), labels.cpu()


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
        on_note: Told that it takes long.
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
    images, labels = labelled_samples(loaded, CLASSIFIER_IMAGES, seed)
    assert loaded.condition is not None  # labelled_samples has checked
    if on_note:
        on_note(f"Training a classifier on {len(images)} samples, once for this data ...")
    if pictures is not None:
        images = torch.cat([pictures(part) for part in torch.split(images, AT_ONCE)])
    return train_classifier(images, labels, loaded.condition.size, seed=seed, steps=steps)


def drawn(total: int, count: int, seed: int) -> Tensor:
    """Returns the places (N,) of at most `count` of `total` samples, in an order by `seed`."""
    generator = torch.Generator().manual_seed(seed_from(seed, "evaluate"))
    return torch.randperm(total, generator=generator)[:count]


def require_enough(names: Sequence[str], own: Loaded, count: int) -> None:
    """Refuses metrics for which there is too little data, before anything takes long.

    Args:
        names: The metrics.
        own: The data that is learned from, judged by what is picked where nothing is asked for.
        count: How many samples a side are measured at most.

    Raises:
        ConfigError: One of them wants more samples.
    """
    features = FEATURES if classes_of(own.condition) else RandomConv.features
    count = min(count, len(own.source))
    for name in names:
        fewest = METRICS[name].samples_a_feature * features if name in METRICS else 0
        if count < fewest:
            raise ConfigError(
                f"{name} wants at least {fewest} samples a side of {features} features, and there "
                f"would be {count}. Name another metric, such as frechet."
            )


def same_data(own: Loaded, compared: Loaded) -> bool:
    """Returns whether what is compared with is what was learned from."""
    return compared is own or compared.fingerprint == own.fingerprint


def places(own: Loaded, compared: Loaded, count: int, seed: int) -> tuple[Tensor, Tensor | None]:
    """Returns which samples to compare with, (N,), and which to put in the generator's place.

    The latter are samples of what was learned from that are not among the former, nor equal to one
    of them, as they would be where a reference holds the training data too; None if there are less
    than half as many, when halves of the former will do better.

    Args:
        own: What the generator learned from.
        compared: The real samples; may be `own`.
        count: How many of both are wanted.
        seed: Decides which.
    """
    both = drawn(len(own.source), 2 * count, seed)
    real, others = both[:count], both[count:]
    if not same_data(own, compared):
        real = drawn(len(compared.source), count, seed)
        known = set(_contents(compared, real))
        unlike = [content not in known for content in _contents(own, both)]
        others = both[torch.tensor(unlike)][:count]
    return real, others if 2 * len(others) >= min(count, len(real)) else None


def _contents(loaded: Loaded, which: Tensor) -> Iterator[bytes]:
    """Yields what is the same for equal samples only."""
    for part in torch.split(which, AT_ONCE):
        for sample in loaded.source.read(part)[0].cpu().contiguous():
            yield blake2b(sample.numpy().data, digest_size=16).digest()
