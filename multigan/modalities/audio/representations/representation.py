"""What a sound looks like to a network, and the inverse.

Shapes: B clips, C channels, L samples of a clip, S the shape of a sample, P planes of a picture
(C or 2 C), F frequencies, M frames.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from multigan.errors import ConfigError
from multigan.typed.registry import BUILT_IN, Registry

DEVIATIONS = 3.0  # of scaling by bins: what is farther from the mean is clipped, as in SpecGAN
DIGITS = 6  # of fitted numbers: the order in which threads add must not show
NARROWEST = 1e-3  # of a scale, so that silence is not blown up

Statistics = Mapping[str, Any]


class Representation(nn.Module, ABC):
    """Turns waveforms (B, C, L) into samples (B, *S) in [-1, 1] and back.

    `encode` is differentiable, runs in float32 on the device of its input, and depends on no other
    clip of the batch. What has to be fitted to the data is fitted once, by `fit`, and then part of
    the options, so that a saved pipeline decodes exactly as it did in training.

    A subclass turns waveforms into planes of plain numbers and back; this class scales those.

    Args:
        sample_rate: In Hz.
        channels: C.
        length: L.
        statistics: What `fit` returned; None before anything was fitted.
    """

    name: ClassVar[str]
    scaling: str = "none"
    num_unscaled: int = 0  # of the planes, counted from the last: they are in [-1, 1] already

    def __init__(
        self, *, sample_rate: int, channels: int, length: int, statistics: Statistics | None = None
    ) -> None:
        super().__init__()
        self.sample_rate, self.channels, self.length = sample_rate, channels, length
        given = statistics or {"center": [[0.0]], "scale": [[1.0]]}
        self.register_buffer("center", _as_planes(given, "center"), persistent=False)
        self.register_buffer("scale", _as_planes(given, "scale"), persistent=False)

    center: Tensor  # (P or 1, F or 1, 1)
    scale: Tensor

    @property
    @abstractmethod
    def sample_shape(self) -> tuple[int, ...]:
        """S: (C, L), or (P, F, M) where the sample is a picture, low frequencies first."""

    @abstractmethod
    def analyze(self, waveform: Tensor) -> Tensor:
        """Returns the unscaled planes (B, *S) of waveforms (B, C, L)."""

    @abstractmethod
    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns the waveforms (B, C, L) of unscaled planes (B, *S)."""

    def encode(self, waveform: Tensor) -> Tensor:
        """Returns samples (B, *S) in [-1, 1] for waveforms (B, C, L), floats, full scale at 1."""
        planes = self.analyze(waveform.float())
        return ((planes - self.center) / self.scale).clamp(-1, 1)

    def decode(self, samples: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) for samples (B, *S); what is outside [-1, 1] is clamped."""
        return self.synthesize(samples.float().clamp(-1, 1) * self.scale + self.center)

    def fit(self, batches: Iterable[Tensor]) -> dict[str, Any]:
        """Returns the statistics of waveforms, in batches (B, C, L), as plain numbers for JSON."""
        if self.scaling == "none":
            return {}
        moments = _Moments()
        for batch in batches:
            planes = self.analyze(batch.float())
            moments.add(planes[:, : planes.shape[1] - self.num_unscaled])
        center, scale = moments.scaled(self.scaling)
        rest = center.new_zeros(self.num_unscaled, *center.shape[1:])
        return _rounded(torch.cat([center, rest]), torch.cat([scale, rest + 1]))

    def pinned(self) -> dict[str, Any]:
        """Returns options that tie it to the weights it was built with, if those are elsewhere."""
        return {}


# A representation is built with `sample_rate`, `channels` and `length`, which the data knows, and
# with `statistics`, plus a recipe's options.
REPRESENTATIONS: Registry[type[Representation]] = Registry(
    "representation", known=("sample_rate", "channels", "length", "statistics"), filled_by=BUILT_IN
)


@REPRESENTATIONS.register("waveform")
class Waveform(Representation):
    """The samples of the sound as they are: (C, L)."""

    name: ClassVar[str] = "waveform"

    @property
    def sample_shape(self) -> tuple[int, int]:
        """(C, L)."""
        return self.channels, self.length

    def analyze(self, waveform: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) as they are."""
        return waveform

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) as they are."""
        return planes

    def encode(self, waveform: Tensor) -> Tensor:
        """Returns waveforms (B, C, L), clamped to [-1, 1]."""
        return waveform.float().clamp(-1, 1)

    def decode(self, samples: Tensor) -> Tensor:
        """Returns samples (B, C, L), clamped to [-1, 1]."""
        return samples.float().clamp(-1, 1)


class _Moments:
    """Mean, deviation and limits of planes (B, P, F, M), for each plane and frequency: (P, F, 1).

    Sums are in double precision, so that neither the number of threads nor the size of a batch
    shows in the digits that are kept.
    """

    def __init__(self) -> None:
        self._count = 0
        self._sum: Tensor = torch.zeros(1, dtype=torch.float64)
        self._squares: Tensor = torch.zeros(1, dtype=torch.float64)
        self._low: Tensor = torch.full((1,), torch.inf)
        self._high: Tensor = torch.full((1,), -torch.inf)

    def add(self, planes: Tensor) -> None:
        values = planes.detach().double().cpu()
        self._count += values.shape[0] * values.shape[-1]
        self._sum = self._sum + values.sum((0, -1))
        self._squares = self._squares + values.square().sum((0, -1))
        self._low = torch.minimum(self._low, values.amin((0, -1)))
        self._high = torch.maximum(self._high, values.amax((0, -1)))

    def scaled(self, scaling: str) -> tuple[Tensor, Tensor]:
        """Returns the center and the scale, (P, F, 1) or (P, 1, 1), of a way to scale."""
        if scaling == "bins":
            mean = self._sum / self._count
            deviation = (self._squares / self._count - mean.square()).clamp_min(0).sqrt()
            return mean[..., None], DEVIATIONS * deviation[..., None]
        low, high = self._low.amin(1)[:, None, None], self._high.amax(1)[:, None, None]
        if scaling == "peak":  # zero stays zero, and all planes keep their proportions
            peak = torch.maximum(-low, high).amax().expand_as(high)
            return torch.zeros_like(peak), peak
        return (high + low) / 2, (high - low) / 2


def _rounded(center: Tensor, scale: Tensor) -> dict[str, Any]:
    """Returns center and scale (P, F, 1) as nested lists (P, F)."""

    def plain(values: Tensor) -> list[list[float]]:
        rows = values[..., 0].tolist()
        return [[float(f"{value:.{DIGITS}g}") for value in row] for row in rows]

    return {"center": plain(center), "scale": plain(scale.clamp_min(NARROWEST))}


def _as_planes(statistics: Statistics, name: str) -> Tensor:
    try:
        values = torch.tensor(statistics[name], dtype=torch.float32)
    except (KeyError, TypeError, ValueError):
        raise ConfigError(
            f"The representation's statistics have no table of numbers {name!r}. They are written "
            "by multigan; restore the file."
        ) from None
    if values.ndim != 2 or not values.isfinite().all() or (name == "scale" and values.min() <= 0):
        raise ConfigError(f"The representation's statistics {name!r} are damaged.")
    return values[..., None]
