"""Latent directions, found once each, and ahead of the hand that will ask for them."""

import copy
import threading

from multigan.sampling.latents import Directions
from multigan.sampling.pipeline import Pipeline

Key = tuple[int | None, float | None, str, int | None]  # step, average, method, class


class Found:
    """The directions of the pipelines of one explorer.

    They are found on a copy of the generator, whose layers are listened to meanwhile, so the
    pipeline itself goes on making samples.
    """

    def __init__(self) -> None:
        self._known: dict[Key, Directions] = {}
        self._finding = threading.Lock()

    def __contains__(self, key: Key) -> bool:
        return key in self._known

    def of(self, key: Key, pipeline: Pipeline, count: int) -> Directions:
        """Returns a pipeline's directions; the first time this takes a second or two."""
        with self._finding:
            known = self._known  # what is forgotten meanwhile stays forgotten
            if key not in known:
                _, _, method, condition = key
                apart = copy.copy(pipeline)
                apart.generator = copy.deepcopy(pipeline.generator)
                known[key] = apart.directions(count, method=method, condition=condition)
            return known[key]

    def begin(self, key: Key, pipeline: Pipeline, count: int) -> None:
        """Begins to find a pipeline's directions on a thread."""
        threading.Thread(target=self.of, args=(key, pipeline, count), daemon=True).start()

    def forget(self) -> None:
        """Forgets them all."""
        self._known = {}
