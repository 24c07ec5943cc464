"""Phase-gradient heap integration: phases from magnitudes in one pass, without iterations.

The phase's slopes in time and frequency follow from the slopes of the logarithm of the magnitude.
They are integrated from the loudest place outwards, along the loudest way.

Source: Průša, Balazs, Søndergaard (2017), "A Noniterative Method for Reconstruction of Phase From
STFT Magnitude". The formulas below were derived anew, for the phases that `torch.stft` gives.

Shapes: N spectrograms, K bins, M frames.
"""

from heapq import heappop, heappush

import numpy as np
import torch
from torch import Tensor

from multigan.core.draws import seeded
from multigan.modalities.audio.representations.inversion import INVERTERS, GriffinLim, Inverter
from multigan.modalities.audio.representations.stft import Stft
from multigan.typed import Natural

QUIET = 1e-6  # of the loudest: below it phases cannot be told, and hardly matter; they are drawn


@INVERTERS.register("pghi")
class HeapIntegration(Inverter):
    """One pass on the CPU, each clip by itself; exact only for a Gaussian window.

    A Hann window is close to one. Nothing in it has gradients.

    Args:
        iterations: Of fast Griffin-Lim, which start from the phases that were found.
    """

    def __init__(self, iterations: Natural = 0) -> None:
        super().__init__()
        self.refine = GriffinLim(iterations) if iterations else None

    def forward(self, magnitude: Tensor, stft: Stft) -> Tensor:
        """Returns waveforms (N, L) for magnitudes (N, K, M)."""
        angles = torch.polar(torch.ones_like(magnitude), heap_phases(magnitude, stft))
        if self.refine is None:
            return stft.inverse(magnitude * angles)
        return self.refine.from_angles(magnitude, angles, stft)


def heap_phases(magnitude: Tensor, stft: Stft) -> Tensor:
    """Returns phases (N, K, M) in radians, as `stft` would give them, for magnitudes (N, K, M)."""
    batch = magnitude.detach().double().cpu().numpy()
    with seeded(0, "heap phases"):
        drawn = 2 * torch.pi * torch.rand(magnitude.shape[1:], dtype=torch.float64)
    phases = np.stack([_integrated(one, drawn.numpy(), stft) for one in batch])
    return torch.from_numpy(phases).to(magnitude.device, torch.float32)


def gaussian_variance(window: Tensor) -> float:
    """Returns the variance, in samples squared, of the Gaussian that is most like a window.

    That is the one with the largest inner product when both have norm 1.
    """
    values = window.double().cpu()
    values = values / values.norm()
    time = torch.arange(len(values), dtype=torch.float64) - len(values) / 2
    deviations = len(values) * torch.linspace(0.05, 0.5, 2000, dtype=torch.float64)
    gaussians = torch.exp(-(time**2) / (2 * deviations[:, None] ** 2))
    likeness = (gaussians / gaussians.norm(dim=1, keepdim=True)) @ values
    return deviations[likeness.argmax()].item() ** 2


def phase_slopes(magnitude: np.ndarray, stft: Stft) -> tuple[np.ndarray, np.ndarray]:
    """Returns how far the phase advances per frame and per bin, (K, M) each, in radians.

    With a Gaussian window of variance v, a hop h, windows of n samples and the log magnitude s:

        per frame: 2 pi k h / n + n h / (2 pi v) ds/dk
        per bin: -2 pi v / (n h) ds/dm - pi

    They are the Cauchy-Riemann equations of the Gaussian's transform, which is an analytic function
    but for a known factor. The last term is there because torch counts from a window's first
    sample instead of its middle.
    """
    n, h = stft.n_fft, stft.hop_length
    variance = gaussian_variance(stft.window)
    logarithm = np.log(np.maximum(magnitude, QUIET * 1e-4 * magnitude.max()))
    by_bin, by_frame = np.gradient(logarithm)
    bins = np.arange(len(magnitude))[:, None]
    per_frame = 2 * np.pi * h / n * bins + n * h / (2 * np.pi * variance) * by_bin
    per_bin = -2 * np.pi * variance / (n * h) * by_frame - np.pi
    return per_frame, per_bin


def _integrated(magnitude: np.ndarray, drawn: np.ndarray, stft: Stft) -> np.ndarray:
    """Returns the phases (K, M) of one magnitude (K, M); quiet places take those in `drawn`."""
    if magnitude.max() <= 0:
        return np.zeros_like(magnitude)
    steps = [
        _between(slope, axis) for axis, slope in enumerate(phase_slopes(magnitude, stft)[::-1])
    ]
    by_bin, by_frame = (step.ravel().tolist() for step in steps)
    width = magnitude.shape[1]
    loudness = magnitude.ravel()
    levels = loudness.tolist()
    phases = drawn.ravel().tolist()
    open_places = (loudness > QUIET * loudness.max()).tolist()
    for start in np.argsort(-loudness, kind="stable").tolist():
        if not open_places[start]:
            continue
        phases[start], open_places[start] = 0.0, False
        _spread(start, width, levels, phases, open_places, by_bin, by_frame)
    return np.array(phases).reshape(magnitude.shape)


def _between(slope: np.ndarray, axis: int) -> np.ndarray:
    """Returns the step from each place to the next along an axis: the mean of both slopes."""
    after = np.roll(slope, -1, axis)
    return (slope + after) / 2


def _spread(
    start: int,
    width: int,
    levels: list[float],
    phases: list[float],
    open_places: list[bool],
    by_bin: list[float],
    by_frame: list[float],
) -> None:
    """Fills everything that can be reached from `start` without crossing a quiet place."""
    count = len(levels)
    heap = [(-levels[start], start)]
    while heap:
        _, place = heappop(heap)
        phase, column = phases[place], place % width
        for there, step in (
            (place + 1 if column + 1 < width else -1, by_frame[place]),
            (place - 1 if column else -1, -by_frame[place - 1]),
            (place + width if place + width < count else -1, by_bin[place]),
            (place - width, -by_bin[place - width]),
        ):
            if there >= 0 and open_places[there]:
                phases[there], open_places[there] = phase + step, False
                heappush(heap, (-levels[there], there))
