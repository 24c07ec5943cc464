"""Sounds: 16-bit samples outside, the samples of a representation inside.

Shapes: B clips, C channels, L samples of a clip, S the shape of a sample.
"""

import json
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import torch
from PIL.PngImagePlugin import PngInfo
from torch import Tensor

from multigan.core.modality import Modality
from multigan.errors import ConfigError, ShapeError
from multigan.files import write_atomic
from multigan.modalities.audio.clip import GAP_SECONDS, Audio, joined, turned_down
from multigan.modalities.audio.representations.learned import LearnedInverter
from multigan.modalities.audio.representations.representation import REPRESENTATIONS, Representation
from multigan.modalities.audio.representations.spectral import Mel
from multigan.modalities.audio.sound import FULL_SCALE
from multigan.modalities.audio.spectrogram_sheet import draw_audio_sheet
from multigan.typed import Component, checked

DEFAULT = "log_magnitude_if"
INVERTER = "inverter"  # the folder of a learned one, in a saved pipeline's


@checked
class AudioModality(Modality):
    """Sounds of one sample rate, number of channels and length, in a representation of choice.

    `encode` takes what `load_audio` gives, int16 (B, C, L) with full scale at 32768, and returns
    samples (B, *S) in [-1, 1]; S is (C, L) for `waveform` and else a picture (planes, frequencies,
    frames). `decode` takes samples (B, *S) and returns B `Audio`s, each with a `waveform` (C, L),
    float32 on the CPU, and a `sample_rate`. `waveforms` is the part of it that has gradients; there
    magnitudes that do not fit together, or are too large, can go beyond full scale. `decode` turns
    such a sound down as a whole, so that it is not clipped.

    Args:
        sample_rate: In Hz.
        channels: C.
        length: L.
        representation: Its name and options, {"name": ..., "options": {...}}, with the fitted
            `statistics` among the options; all of it is plain JSON and saved with a pipeline.

    Raises:
        ConfigError: There is no such representation, or it does not suit the length.

    Example:
        >>> modality = AudioModality(8000, 1, 4096, {"name": "waveform", "options": {}})
        >>> raw = torch.full((1, 1, 4096), 16384, dtype=torch.int16)
        >>> modality.encode(raw).max().item(), modality.decode(modality.encode(raw))[0].seconds
        (0.5, 0.512)
    """

    name: ClassVar[str] = "audio"

    def __init__(
        self,
        sample_rate: int,
        channels: int,
        length: int,
        representation: Component | None = None,
    ) -> None:
        super().__init__()
        self.sample_rate, self.channels, self.length = sample_rate, channels, length
        self.suffix = ".wav"  # or ".flac": of the files that `write` makes
        self.representation: Representation = REPRESENTATIONS.build(
            representation or Component(DEFAULT),
            sample_rate=sample_rate,
            channels=channels,
            length=length,
        )

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """S: (C, L), or (planes, frequencies, frames)."""
        return self.representation.sample_shape

    def encode(self, raw: Tensor) -> Tensor:
        """Turns 16-bit sound, int16 (B, C, L), into samples (B, *S) in [-1, 1].

        Raises:
            ShapeError: The sound has another shape or type.
        """
        expected = (self.channels, self.length)
        if raw.ndim != 3 or tuple(raw.shape[1:]) != expected or raw.dtype != torch.int16:
            raise ShapeError(
                f"AudioModality(channels={self.channels}, length={self.length}) encodes int16 of "
                f"shape (B, {self.channels}, {self.length}), but got {raw.dtype} of shape "
                f"{tuple(raw.shape)}. Read the data with load_audio and the same options."
            )
        return self.representation.encode(raw.float() / FULL_SCALE)

    def waveforms(self, samples: Tensor) -> Tensor:
        """Turns samples (B, *S) into waveforms (B, C, L), floats with full scale at 1, or beyond.

        Gradients pass where the representation's inverse has them.

        Raises:
            ShapeError: The samples have another shape.
        """
        if tuple(samples.shape[1:]) != tuple(self.sample_shape):
            raise ShapeError(
                f"Samples of shape {tuple(samples.shape)} are not (B, *{self.sample_shape}), which "
                f"the representation {self.representation.name!r} has."
            )
        return self.representation.decode(samples.to(self._device(samples)))

    def _device(self, samples: Tensor) -> torch.device:
        """Where the representation's statistics are: pipelines hand samples over on the CPU."""
        return next((buffer.device for buffer in self.buffers()), samples.device)

    def decode(self, samples: Tensor) -> list[Any]:
        """Turns samples (B, *S) into B `Audio`s, none of them beyond full scale."""
        waveforms = self.waveforms(samples.detach()).float().nan_to_num(0).cpu()
        return [Audio(waveform, self.sample_rate) for waveform in turned_down(waveforms)]

    def save_parts(self, folder: Path) -> None:
        """Writes a learned inverter into a pipeline's folder, which then needs no other."""
        representation = self.representation
        if isinstance(representation, Mel) and isinstance(representation.inverter, LearnedInverter):
            representation.inverter.save(folder / INVERTER)

    @classmethod
    def with_parts(cls, named: Component, folder: Path) -> Component:
        """Returns the component with the learned inverter that `save_parts` wrote, if it did."""
        if not (folder / INVERTER).is_dir():
            return named
        representation = Component.read(named.options["representation"])
        inverter = {"name": "learned", "options": {"path": str(folder / INVERTER)}}
        plain = {"name": representation.name, "options": representation.options}
        plain["options"] = representation.options | {"inverter": inverter}
        return Component(named.name, named.options | {"representation": plain})

    def write(self, item: Any, stem: Path) -> Path:
        """Writes one sound as 16-bit `.wav`, or `.flac` if `suffix` says so."""
        return write_atomic(stem.with_name(stem.name + self.suffix), item.encoded(self.suffix))

    def write_sheet(self, items: Sequence[Any], stem: Path, *, columns: int) -> Path:
        """Writes the spectrograms of many sounds as one `.png`, row by row.

        All of the sounds, one after the other, are written beside it as a `.wav`. The picture's
        text "sounds" says how many there are and how far apart they begin, so that whoever shows
        the sheet can play each of them.
        """
        content = BytesIO()
        spacing = self.length + round(GAP_SECONDS * self.sample_rate)
        layout = {"count": len(items), "columns": columns, "spacing": spacing}
        text = PngInfo()
        text.add_text("sounds", json.dumps(layout))
        draw_audio_sheet(items, columns=columns).save(content, "PNG", pnginfo=text)
        write_atomic(stem.with_name(stem.name + ".wav"), joined(list(items)).encoded())
        return write_atomic(stem.with_name(stem.name + ".png"), content.getvalue())


def fitted_component(
    sample_rate: int,
    channels: int,
    length: int,
    batches: Iterable[Tensor],
    representation: Component | None = None,
) -> Component:
    """Returns the modality's name and options, with a representation that is fitted to sounds.

    Args:
        sample_rate, channels, length: Of the sounds.
        batches: All of them, or enough of them, int16 (B, C, L).
        representation: Its name and options; None for the default.

    Raises:
        ConfigError: There is no such representation, or it does not suit the sounds.
    """
    chosen = representation or Component(DEFAULT)
    if "statistics" in chosen.options:
        raise ConfigError("A representation's statistics are fitted to the data; leave them out.")
    built: Representation = REPRESENTATIONS.build(
        chosen, sample_rate=sample_rate, channels=channels, length=length
    )
    statistics = built.fit(batch.float() / FULL_SCALE for batch in batches)
    options = chosen.options | built.pinned() | ({"statistics": statistics} if statistics else {})
    return Component(
        "audio",
        {
            "sample_rate": sample_rate,
            "channels": channels,
            "length": length,
            "representation": {"name": chosen.name, "options": options},
        },
    )
