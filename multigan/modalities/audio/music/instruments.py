"""Instruments built in: notes as sums of partials, so their pitch is exact and nothing aliases.

Shapes: B notes, P partials, T samples.
"""

from dataclasses import dataclass
from math import ceil, pi

import torch
from torch import Tensor

from multigan.errors import UnknownNameError

MOST_PARTIALS = 40
VARIATIONS = 3  # how many numbers say how a note is struck
HIGHEST_SHARE = 0.95  # of half the sample rate: partials above it are left out


@dataclass(frozen=True)
class Instrument:
    """How an instrument's partials are weighted, and how they come and go.

    Attributes:
        family: "plucked", "struck", "blown" or "bowed": what the class of a note may be.
        position: Where a string is plucked, as a share of its length; 0 for no string.
        slope: Partial n is n^-slope as strong as the first, before `position` shapes it.
        even: How strong the even partials are: 1 as they come, 0 for a closed pipe.
        attack: Seconds until the note is there.
        decay: Seconds in which the first partial of C4 falls to 1/e; 0 for a note that is held.
        damping: How much faster each higher partial decays than the one before.
        inharmonicity: B in f_n = n f sqrt(1 + B n^2), the stiffness of a string.
        tremolo: By which share its loudness swells and falls.
    """

    family: str
    position: float = 0.0
    slope: float = 1.0
    even: float = 1.0
    attack: float = 0.004
    decay: float = 0.0
    damping: float = 0.3
    inharmonicity: float = 0.0
    tremolo: float = 0.0


# Of their time constants and slopes none is measured: they are set by ear, to differ from one
# another as the instruments do. A plucked string's partials are exact (see `_strengths`).
INSTRUMENTS: dict[str, Instrument] = {
    "guitar": Instrument("plucked", position=0.18, slope=0.0, decay=0.6, inharmonicity=4e-5),
    "harp": Instrument("plucked", position=0.45, slope=0.0, decay=0.9, damping=0.5),
    "banjo": Instrument("plucked", position=0.08, slope=-0.3, decay=0.25, damping=0.12),
    "piano": Instrument("struck", slope=1.3, decay=1.1, damping=0.25, inharmonicity=2e-4),
    "marimba": Instrument("struck", slope=3.0, decay=0.2, damping=1.5),
    "flute": Instrument("blown", slope=2.2, attack=0.06, tremolo=0.12),
    "clarinet": Instrument("blown", slope=1.1, even=0.08, attack=0.03),
    "violin": Instrument("bowed", slope=1.0, attack=0.08, tremolo=0.08),
}


def instrument(name: str) -> Instrument:
    """Returns a built-in instrument.

    Raises:
        UnknownNameError: There is none of that name.
    """
    if name not in INSTRUMENTS:
        raise UnknownNameError("instrument", name, known=INSTRUMENTS)
    return INSTRUMENTS[name]


def play_notes(
    played: Instrument,
    frequency: Tensor,
    velocity: Tensor,
    variation: Tensor,
    *,
    sample_rate: int,
    num_samples: int,
    held: float,
    release: float = 0.08,
) -> Tensor:
    """Returns notes (B, T), each with its loudest sample at its velocity, at most 0.95.

    Args:
        played: The instrument.
        frequency: (B,) of the first partials, in Hz.
        velocity: (B,) in (0, 1]; a note struck harder is louder and brighter.
        variation: (B, 3) in [-1, 1]: brighter or darker, longer or shorter, pluck further out or
            in. No two strokes of a hand are the same.
        sample_rate: In Hz.
        num_samples: T.
        held: Seconds until the note is let go.
        release: Seconds in which it then falls silent.
    """
    number = torch.arange(1, _most_partials(frequency, sample_rate) + 1).double()  # (P,)
    stretch = (1 + played.inharmonicity * number.square()).sqrt()
    partials = frequency[:, None] * number * stretch / (1 + played.inharmonicity) ** 0.5  # (B, P)
    strength = _strengths(played, number, velocity, variation)
    strength = strength * (partials < HIGHEST_SHARE * sample_rate / 2)
    rate = torch.complex(-_decay(played, number, frequency, variation), 2 * pi * partials)
    sound = _sum_of_partials(strength, rate / sample_rate, num_samples)
    sound = sound * _loudness(played, num_samples, sample_rate, held, release, variation)
    peak = sound.abs().amax(1, keepdim=True).clamp_min(1e-9)
    return (0.95 * velocity[:, None] * sound / peak).float()


def _sum_of_partials(strength: Tensor, rate: Tensor, num_samples: int) -> Tensor:
    """Returns the imaginary parts (B, T) of `sum_p strength_p exp(rate_p t)`, t = 0, 1, ...

    Since exp(r (n L + l)) = exp(r n L) exp(r l), blocks of L samples are one product of matrices
    instead of P exponentials for each sample.
    """
    length = 64
    start = torch.arange(-(-num_samples // length)) * length
    blocks = torch.exp(rate[:, None, :] * start[:, None]) * strength[:, None, :]  # (B, N, P)
    within = torch.exp(rate[:, :, None] * torch.arange(length))  # (B, P, L)
    product = blocks.to(torch.complex64) @ within.to(torch.complex64)
    return product.imag.flatten(1)[:, :num_samples]


def _most_partials(frequency: Tensor, sample_rate: int) -> int:
    return min(MOST_PARTIALS, max(1, ceil(sample_rate / 2 / float(frequency.min()))))


def _strengths(played: Instrument, number: Tensor, velocity: Tensor, variation: Tensor) -> Tensor:
    """Returns how strong each partial starts, (B, P).

    A string plucked at the share p of its length starts as a triangle, whose Fourier series is
    sin(n pi p) / (n^2 p (1 - p)) up to a constant.
    """
    brightness = 0.6 * (1 - velocity[:, None]) - 0.35 * variation[:, :1]
    strength = number ** (-played.slope - brightness)
    if played.position:
        position = played.position * (1 + 0.3 * variation[:, 2:])
        triangle = torch.sin(pi * number * position) / (number.square() * position * (1 - position))
        strength = strength * triangle
    is_even = number % 2 == 0
    return torch.where(is_even, played.even * strength, strength)


def _decay(played: Instrument, number: Tensor, frequency: Tensor, variation: Tensor) -> Tensor:
    """Returns the decay rates (B, P) in 1/s: high notes and high partials fade sooner."""
    if not played.decay:
        return torch.zeros(len(frequency), len(number), dtype=torch.double)
    seconds = played.decay * 2 ** (0.5 * variation[:, 1:2]) * (261.63 / frequency[:, None]) ** 0.5
    return (1 + played.damping * (number - 1)) / seconds


def _loudness(
    played: Instrument,
    num_samples: int,
    sample_rate: int,
    held: float,
    release: float,
    variation: Tensor,
) -> Tensor:
    """Returns the loudness (B, T) of a key pressed at 0 and let go at `held` seconds."""
    time = torch.arange(num_samples) / sample_rate
    rise = (time / played.attack).clamp(max=1)
    fall = (1 - (time - held) / release).clamp(0, 1)
    # Half a cosine has no corners, so neither end clicks.
    gate = (1 - torch.cos(pi * rise)) * (1 - torch.cos(pi * fall)) / 4
    speed = 5.0 + variation[:, 1:2]  # Hz, about a player's
    return gate * (1 + played.tremolo * torch.sin(2 * pi * speed * time))
