"""Averages of any length, chosen after training.

How long to average is a guess made before training, and it matters. Two averages whose memory grows
with the run are stored every now and then; any other length is a sum of what was stored.

Source: Karras et al. (2024), "Analyzing and Improving the Training Dynamics of Diffusion Models",
section 3 and appendix C. A length is given as sigma_rel, the standard deviation of the average's
profile in time over the length of training: 0.1 averages over about the last tenth.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from multigan.core.ema import Average
from multigan.core.trainer import Callback, Logs, Trainer
from multigan.errors import CheckpointError, ConfigError
from multigan.files import write_atomic
from multigan.runs.folder import RunFolder

LENGTHS = (0.05, 0.10)  # sigma_rel of the two that are stored, as in the paper
SHORTEST, LONGEST = 0.01, 0.25  # that can be asked for
_SNAPSHOT = re.compile(r"([0-9]{6,})\.safetensors")


def exponent_of(length: float) -> float:
    """Returns gamma, the power of the profile whose sigma_rel is `length`.

    Inverts sigma_rel = sqrt(gamma + 1) / ((gamma + 2) sqrt(gamma + 3)).
    """
    t = length**-2
    return float(np.roots([1, 7, 16 - t, 12 - t]).real.max())


class PowerAverage(Average):
    """The average with weights proportional to (time)^gamma.

    Args:
        networks: What to average, by name.
        length: Its sigma_rel.
    """

    def __init__(self, networks: Mapping[str, nn.Module], length: float) -> None:
        super().__init__(networks)
        self.exponent = exponent_of(length)

    def decay(self, samples: int, samples_seen: int) -> float:
        """Returns (1 - 1/t)^(gamma + 1) at step t; the first step forgets the random weights."""
        return (1 - min(samples / max(samples_seen, 1), 1)) ** (self.exponent + 1)


class Profiles(Callback):
    """Keeps the two averages and stores them at regular steps.

    Args:
        run: Where to write profiles/<step>.safetensors.
        trainer: Whose networks are averaged.
        every: Interval in steps.
    """

    def __init__(self, run: RunFolder, trainer: Trainer, *, every: int) -> None:
        self.run, self.every = run, every
        self._has_begun = False
        averaged = trainer.objective.averaged
        self.averages = nn.ModuleList(PowerAverage(averaged, length) for length in LENGTHS)

    def on_fit_start(self, trainer: Trainer) -> None:
        """Drops what a resumed run will store again.

        Averages that nothing is known of begin with the networks as they are, which may have been
        loaded since this was made.
        """
        if not self._has_begun:
            for average in self.averages:
                average.begin()  # type: ignore[operator]
        if trainer.engine.is_main:
            for step, path in snapshots_in(self.run.profiles).items():
                if step > trainer.steps_done:
                    path.unlink()

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Moves the averages, and stores them on every `every`-th step."""
        self._has_begun = True
        for average in self.averages:
            average.update(trainer.data.batch_size, trainer.samples_seen)  # type: ignore[operator]
        if trainer.steps_done % self.every == 0 and trainer.engine.is_main:
            trainer.check_finite()
            tensors = {
                f"{index}.{name}": tensor.detach().cpu().contiguous()
                for index, average in enumerate(self.averages)
                for name, tensor in average.state_dict().items()
            }
            write_atomic(self.run.profiles / f"{trainer.steps_done:06d}.safetensors", save(tensors))

    def state_dict(self) -> dict[str, Any]:
        """Returns the averages as they stand."""
        return {"averages": self.averages.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over the averages."""
        self._has_begun = True
        self.averages.load_state_dict(state["averages"])


def snapshots_in(folder: Path) -> dict[int, Path]:
    """Returns the snapshots in profiles/ by their steps, rising."""
    files = (path for path in folder.glob("*.safetensors") if path.is_file())
    found = {_SNAPSHOT.fullmatch(path.name): path for path in files}
    steps = {int(match[1]): path for match, path in found.items() if match is not None}
    return dict(sorted(steps.items()))


def averaged_weights(folder: Path, length: float, network: str = "generator") -> dict[str, Tensor]:
    """Returns a network's weights as an average of another length would have them.

    Args:
        folder: A run's profiles/.
        length: The sigma_rel that is wanted.
        network: The network's name.

    Raises:
        ConfigError: The length cannot be had.
        CheckpointError: Nothing has been stored.
    """
    if not SHORTEST <= length <= LONGEST:
        raise ConfigError(f"A length lies between {SHORTEST} and {LONGEST}, not {length}.")
    snapshots = snapshots_in(folder)
    if not snapshots:
        raise CheckpointError(
            f"{folder} holds no averages. Ask a run to store them: --set profile_every=100"
        )
    steps = list(snapshots)
    shares = mixture(steps, steps[-1], length).reshape(len(steps), len(LENGTHS))
    result: dict[str, Tensor] = {}
    for path, row in zip(snapshots.values(), shares.tolist(), strict=True):
        try:
            stored = load_file(path)
        except (SafetensorError, OSError) as error:
            raise CheckpointError(f"The averages in {path} are damaged: {error}") from None
        for index, share in enumerate(row):
            prefix = f"{index}.networks.{network}."
            for name in (n for n in stored if n.startswith(prefix)):
                _add(result, name.removeprefix(prefix), stored[name], share)
    return {name: _as_stored(tensor) for name, tensor in result.items()}


def mixture(steps: list[int], end: int, length: float) -> Tensor:
    """Returns the shares of all stored averages, a pair a step, whose sum comes nearest.

    It is the least-squares solution over the profiles in time, found in float64.

    Args:
        steps: When averages were stored, rising.
        end: The step at which the wanted average ends.
        length: Its sigma_rel.
    """
    times = [step for step in steps for _ in LENGTHS]
    exponents = [exponent_of(one) for _ in steps for one in LENGTHS]
    wanted = exponent_of(length)
    products = [
        [_product(t, g, u, h) for u, h in zip(times, exponents, strict=True)]
        for t, g in zip(times, exponents, strict=True)
    ]
    targets = [_product(t, g, end, wanted) for t, g in zip(times, exponents, strict=True)]
    matrix = torch.tensor(products, dtype=torch.float64)
    found = torch.linalg.lstsq(
        matrix, torch.tensor(targets, dtype=torch.float64).unsqueeze(1), driver="gelsd"
    ).solution.squeeze(1)
    return found / found.sum()  # rounding must not scale the weights


def _product(t: float, g: float, u: float, h: float) -> float:
    """Returns the integral of the product of two profiles: ends t, u and exponents g, h."""
    power = h if t < u else -g
    return (g + 1) * (h + 1) * (t / u) ** power / ((g + h + 1) * max(t, u))


def _add(result: dict[str, Tensor], name: str, tensor: Tensor, share: float) -> None:
    if not tensor.is_floating_point():
        result[name] = tensor  # a counter: the latest
        return
    part = share * tensor.double()
    result[name] = result[name] + part if name in result else part


def _as_stored(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.dtype == torch.float64 else tensor
