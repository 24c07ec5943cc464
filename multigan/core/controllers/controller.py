"""What all controllers share: a signal, a knob, an interval, and the memory to resume exactly."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from multigan.core.trainer import Callback, Logs, Trainer
from multigan.errors import ConfigError
from multigan.typed import Count, checked
from multigan.typed.registry import Registry

CONTROLLERS: Registry[type] = Registry("controller")


@checked
class Controller(Callback):
    """Turns the knob `knob` by the mean of the logged term `signal`, every `every` steps.

    The signal is summed on the device; reading its mean is one transfer every `every` steps. The
    knob's value goes into the log as `knob/<name>`, and with the sums into the checkpoint.

    Args:
        knob: The knob's name.
        signal: What is measured, as the log calls it.
        every: Interval in steps.

    Raises:
        ConfigError: `every` is below 1.
    """

    def __init__(self, knob: str, signal: str, every: Count) -> None:
        self.knob, self.signal, self.every = knob, signal, every
        self._sum = torch.zeros(())
        self._count = 0
        self._value: float | None = None  # None until a checkpoint or a decision says otherwise

    @abstractmethod
    def decide(self, value: float, signal: float, trainer: Trainer) -> float:
        """Returns the knob's next value, given its present one and the signal's mean."""

    def check(self, trainer: Trainer) -> None:
        """Raises a `ConfigError` unless the trainer has the knob and no schedule moves it."""
        if self.knob not in trainer.knobs:
            raise ConfigError(
                f"{type(self).__name__} turns {self.knob}, which this game does not have. "
                f"It has: {', '.join(trainer.knobs)}."
            )
        if self.knob in trainer.schedules:
            raise ConfigError(
                f"{self.knob} has a schedule, so {type(self).__name__} cannot turn it. Remove one."
            )

    def on_fit_start(self, trainer: Trainer) -> None:
        """Puts the knob where it was when the checkpoint was saved."""
        self.check(trainer)
        if self._value is not None and self.knob not in trainer.overrides:
            trainer.knobs[self.knob].set(self._value)

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Adds the signal, and decides every `every` steps."""
        self._sum = self._sum.to(self._of(logs).device) + self._of(logs)
        self._count += 1
        if trainer.steps_done % self.every:
            return
        mean = self._sum / self._count
        trainer.engine.average([mean])
        self._sum, self._count = torch.zeros_like(self._sum), 0
        if self.knob in trainer.overrides:  # a person's word counts more
            return
        knob = trainer.knobs[self.knob]
        wanted = self.decide(knob.get(), float(mean), trainer)
        self._value = min(max(wanted, knob.minimum), knob.maximum)
        knob.set(self._value)
        logged = {f"knob/{self.knob}": torch.tensor(self._value, device=self._sum.device)}
        trainer.window.add(logged, trainer.steps_done)

    def state_dict(self) -> dict[str, Any]:
        """Returns the sums so far and the knob's value."""
        return {"sum": self._sum, "count": self._count, "value": self._value}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over the sums; the knob follows when training starts."""
        self._sum, self._count, self._value = state["sum"], state["count"], state["value"]

    def _of(self, logs: Logs) -> Tensor:
        try:
            return logs[self.signal]
        except KeyError:
            raise ConfigError(
                f"{type(self).__name__} reads {self.signal}, which this objective does not log. "
                f"It logs: {', '.join(logs)}."
            ) from None
