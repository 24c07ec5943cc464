"""Loss terms summed on the device, read back only when somebody asks."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from multigan.core.engine import Engine
from multigan.errors import DivergedError


class LossWindow:
    """The sums of named scalars since the window was last cleared.

    Adding costs no transfer to the host. A non-finite value stays in its sum, so a window read
    every hundred steps misses nothing.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}
        self._first_step = 0
        self._told: dict[str, tuple[float, int]] = {}  # what `recent` has told already

    def add(self, logs: Mapping[str, Tensor], step: int) -> None:
        """Adds one step's scalars; a term that is not due every step is simply absent."""
        if not self._sums:
            self._first_step = step
        for name, value in logs.items():
            self._sums[name] = self._sums[name] + value if name in self._sums else value
            self._counts[name] = self._counts.get(name, 0) + 1

    def means(self, step: int, engine: Engine) -> dict[str, float]:
        """Returns each scalar's mean over the steps that had it, and over all processes.

        This is the one transfer to the host.

        Raises:
            DivergedError: One of them is not finite.
        """
        totals = self._totals(step, engine)
        return {name: total / count for name, (total, count) in totals.items()}

    def recent(self, step: int, engine: Engine) -> dict[str, float]:
        """Returns each scalar's mean over the steps since this was last asked, or since the start.

        The window stays as it is, so that `means` does not depend on when somebody looked.

        Raises:
            DivergedError: One of them is not finite.
        """
        totals = self._totals(step, engine)
        before, self._told = self._told, totals
        means = {}
        for name, (total, count) in totals.items():
            told, steps_told = before.get(name, (0.0, 0))
            if count > steps_told:
                means[name] = (total - told) / (count - steps_told)
        return means

    def _totals(self, step: int, engine: Engine) -> dict[str, tuple[float, int]]:
        """Returns each scalar's sum, of all processes on average, and of how many steps it is."""
        if not self._sums:
            return {}
        values = torch.stack([v.float() for v in self._sums.values()])
        engine.average([values])
        sums = dict(zip(self._sums, values.tolist(), strict=True))
        bad = [name for name, value in sums.items() if not math.isfinite(value)]
        if bad:
            first = self._first_step
            when = f"Step {step}" if step == first else f"A step between {first} and {step}"
            raise DivergedError(
                f"{when} made {', '.join(bad)} non-finite. Lower the learning rate, or strengthen "
                "the discriminator's regularizer (e.g. r1.weight)."
            )
        return {name: (total, self._counts[name]) for name, total in sums.items()}

    def clear(self) -> None:
        """Starts a new window."""
        self._sums, self._counts, self._told = {}, {}, {}

    def state_dict(self) -> dict[str, Any]:
        """Returns the sums, so that a resumed run logs what an uninterrupted one would."""
        return {"sums": dict(self._sums), "counts": dict(self._counts), "first": self._first_step}

    def load_state_dict(self, state: Mapping[str, Any], device: torch.device) -> None:
        """Takes over what `state_dict` returned."""
        self._sums = {name: value.to(device) for name, value in state["sums"].items()}
        self._counts, self._first_step = dict(state["counts"]), state["first"]
        self._told = {}
