"""Sounds that are held for longer than they were made: a loop in their last steady part.

Shapes: C channels, T samples of a sound.
"""

import torch
from torch import Tensor

# In seconds. The loop has many periods of any tone, and its ends are faded into one another.
LONGEST_LOOP, SHORTEST_LOOP, FADE = 0.25, 0.05, 0.04
QUIET = 0.05  # of the loudest: a sound is looped before it is quieter than this for good


def sustained(waveform: Tensor, length: int, sample_rate: int) -> Tensor:
    """Returns a sound (C, T) that goes on for `length` samples, (C, length).

    From its last loud moment it goes back by as much as makes what comes then most like what was
    before, and so on; the ends are faded into one another. A sound that decays goes on decaying
    as fast: each turn is as much quieter than the one before as its end is than its beginning.

    A sound that is long enough already is cut, one too short to be looped is followed by silence.
    """
    if length <= waveform.shape[1]:
        return waveform[:, :length]
    end, fade = _last_loud(waveform), round(FADE * sample_rate)
    period = _period(waveform.mean(0), end, fade, sample_rate)
    if period is None:
        return torch.nn.functional.pad(waveform, (0, length - waveform.shape[1]))
    loop = waveform[:, end - period - fade : end]  # begins with what its end is faded into
    decay = (_loudness(loop[:, -fade:]) / _loudness(loop[:, :fade])).clamp(max=1)
    rising = torch.linspace(0, 1, fade + 2)[1:-1]
    parts, tail, gain = [waveform[:, : end - fade]], waveform[:, end - fade : end], decay
    for _ in range(-(-(length - end) // period) + 1):
        turn = gain * loop
        parts += [(1 - rising) * tail + rising * turn[:, :fade], turn[:, fade:-fade]]
        tail, gain = turn[:, -fade:], gain * decay
    return torch.cat([*parts, tail], 1)[:, :length]


def _last_loud(waveform: Tensor) -> int:
    """Returns the sample before which the last one lies that is loud."""
    loud = waveform.abs().amax(0) > QUIET * waveform.abs().amax()
    return int(loud.nonzero().max()) + 1 if loud.any() else 0


def _period(mono: Tensor, end: int, fade: int, sample_rate: int) -> int | None:
    """Returns by how many samples to go back at `end`: where it was most like what it is there."""
    shortest = round(SHORTEST_LOOP * sample_rate)
    longest = min(round(LONGEST_LOOP * sample_rate), end // 2 - fade)
    if longest <= shortest:
        return None
    last = mono[end - fade : end]
    before = mono[end - fade - longest : end - shortest].unfold(0, fade, 1)  # (lags, fade)
    likeness = before @ last / before.norm(dim=1).clamp_min(1e-9)
    return longest - int(likeness.argmax())


def _loudness(part: Tensor) -> Tensor:
    return part.square().mean().sqrt().clamp_min(1e-9)
