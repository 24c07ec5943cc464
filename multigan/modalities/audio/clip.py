"""A sound that a person can play."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import torch
from torch import Tensor

from multigan.errors import MissingDependencyError
from multigan.modalities.audio.sound import FULL_SCALE

GAP_SECONDS = 0.1  # between sounds that are played one after the other
FORMATS = {".wav": "WAV", ".flac": "FLAC"}


@dataclass(frozen=True, eq=False)
class Audio:
    """A sound; a notebook shows it with a player.

    Attributes:
        waveform: (C, T) float32 on the CPU, with full scale at 1; writing clamps what goes beyond.
        sample_rate: In Hz.
    """

    waveform: Tensor
    sample_rate: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.waveform.shape[1] / self.sample_rate

    def joined_with(self, others: Sequence["Audio"]) -> "Audio":
        """Returns this sound and others of its kind, one after the other."""
        return joined([self, *others])

    def encoded(self, suffix: str = ".wav") -> bytes:
        """Returns the content of a 16-bit `.wav` or `.flac` file."""
        try:
            import soundfile
        except ImportError:
            raise MissingDependencyError(
                "soundfile", purpose="Writing sounds", extra="audio"
            ) from None
        content = BytesIO()
        values = to_int16(self.waveform).T.numpy()
        soundfile.write(content, values, self.sample_rate, "PCM_16", format=FORMATS[suffix])
        return content.getvalue()

    def _repr_html_(self) -> str:
        data = b64encode(self.encoded()).decode()
        return f'<audio controls src="data:audio/wav;base64,{data}"></audio>'


def turned_down(waveforms: Tensor) -> Tensor:
    """Returns waveforms (B, C, L), each that goes beyond full scale turned down to it as a whole.

    Writing would clip it otherwise. What is within full scale stays as it is.

    Example:
        >>> turned_down(torch.tensor([[[0.5, -2.0]], [[0.5, -0.25]]])).tolist()
        [[[0.25, -1.0]], [[0.5, -0.25]]]
    """
    return waveforms / waveforms.abs().amax((1, 2), keepdim=True).clamp_min(1)


def to_int16(waveform: Tensor) -> Tensor:
    """Returns a waveform, floats with full scale at 1, as int16; what is not finite is silent."""
    scaled = (waveform.detach().float().cpu().nan_to_num(0) * FULL_SCALE).round()
    return scaled.clamp(-FULL_SCALE, FULL_SCALE - 1).to(torch.int16)


def joined(items: list[Audio]) -> Audio:
    """Returns sounds of one kind one after the other, with silence between."""
    first = items[0]
    gap = torch.zeros(first.waveform.shape[0], round(GAP_SECONDS * first.sample_rate))
    parts: list[Any] = [part for item in items for part in (item.waveform, gap)]
    return Audio(torch.cat(parts[:-1], 1), first.sample_rate)
