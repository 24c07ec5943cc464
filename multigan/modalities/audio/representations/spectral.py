"""Pictures of magnitudes: of the spectrogram's bins, and of mel bands.

Shapes: B clips, C channels, L samples, F frequencies, K = n_fft / 2 + 1 bins, M frames.
"""

import math
from typing import Annotated, Any, ClassVar, Literal

import torch
from torch import Tensor

from multigan.errors import ConfigError, MissingDependencyError
from multigan.modalities.audio.representations.inversion import (
    GRIFFIN_LIM,
    INVERTERS,
    Inverter,
    MelInverter,
)
from multigan.modalities.audio.representations.representation import (
    REPRESENTATIONS,
    Representation,
    Statistics,
)
from multigan.modalities.audio.representations.stft import Stft, Window
from multigan.typed import Above, AtLeast, Below, Component, Count, Fraction, MultipleOf, Weight
from multigan.typed.registry import NamedIn

FLOOR = 1e-4  # about where the noise of 16 bits lies; SpecGAN's and GANSynth's is 1e-6
MEL_FLOOR = 1e-5  # HiFi-GAN's (Kong et al. 2020), for bands of unit area
SIDE_STEP = 4  # networks double their resolution at least twice
Scaling = Literal["bins", "range"]
Floor = Annotated[float, Above(0), Below(1)]  # of a logarithm
Drop = Literal["nyquist", "dc"]


class Spectral(Representation):
    """What rests on a short-time Fourier transform, with one bin less: F = n_fft / 2.

    Args:
        sample_rate, channels, length, statistics: As of `Representation`.
        n_fft: Samples of a window. None takes the power of two that makes the picture about as
            high as wide.
        hop_length: Samples between windows. None takes a quarter of the window; SpecGAN's half
            loses much when phases are estimated.
        drop: The bin that is left out, so that the picture's height is even: "nyquist", which
            resampling has emptied, or "dc", as GANSynth does.
    """

    def __init__(
        self,
        *,
        sample_rate: int,
        channels: int,
        length: int,
        statistics: Statistics | None = None,
        n_fft: Window | None = None,
        hop_length: Count | None = None,
        drop: Drop = "nyquist",
    ) -> None:
        super().__init__(
            sample_rate=sample_rate, channels=channels, length=length, statistics=statistics
        )
        n_fft = square_window(length) if n_fft is None else n_fft
        self.stft = Stft(n_fft, n_fft // 4 if hop_length is None else hop_length, length)
        self.drop = drop
        height, width = self.picture
        if height % SIDE_STEP or width % SIDE_STEP:
            raise ConfigError(
                f"The picture would be {height} frequencies x {width} frames; networks need "
                f"multiples of {SIDE_STEP}. Choose another n_fft, hop_length or data.length."
            )

    @property
    def picture(self) -> tuple[int, int]:
        """(F, M)."""
        return self.stft.num_bins - 1, self.stft.num_frames

    def spectrum(self, waveform: Tensor) -> Tensor:
        """Returns the complex bins that are kept, (B, C, F, M), of waveforms (B, C, L)."""
        bins = by_clip(self.stft(waveform.flatten(0, 1)), self.channels)
        return bins[:, :, 1:] if self.drop == "dc" else bins[:, :, :-1]

    def all_bins(self, kept: Tensor) -> Tensor:
        """Returns bins (B, C, K, M) for those that are kept, (B, C, F, M), with zeros elsewhere."""
        above, below = (1, 0) if self.drop == "dc" else (0, 1)
        return torch.nn.functional.pad(kept, (0, 0, above, below))

    def inverse(self, bins: Tensor) -> Tensor:
        """Returns the waveforms (B, C, L) of complex bins (B, C, K, M)."""
        return by_clip(self.stft.inverse(bins.flatten(0, 1)), self.channels)


@REPRESENTATIONS.register("log_magnitude")
class LogMagnitude(Spectral):
    """The logarithm of the spectrogram's magnitude: (C, F, M). The phase is found by an inverter.

    With scaling "bins" and a floor of 1e-6 this is SpecGAN's.
    Source: Donahue, McAuley, Puckette (2019), "Adversarial Audio Synthesis".

    Args:
        scaling: "bins" brings each frequency to zero mean and clips at three standard deviations;
            "range" maps the smallest and largest value of all to -1 and 1, and loses nothing.
        floor: Added to the magnitude before the logarithm.
        inverter: A name in `INVERTERS`, or one with options.
        others: As of `Spectral`.
    """

    name: ClassVar[str] = "log_magnitude"

    def __init__(
        self,
        *,
        scaling: Scaling = "bins",
        floor: Floor = FLOOR,
        inverter: Annotated[Component, NamedIn(INVERTERS)] = GRIFFIN_LIM,
        **others: Any,
    ) -> None:
        super().__init__(**others)
        self.scaling, self.floor = scaling, floor
        self.inverter: Inverter = INVERTERS.build(inverter)
        if isinstance(self.inverter, MelInverter):
            raise ConfigError("This inverter takes mel bands: --set representation=mel")

    @property
    def sample_shape(self) -> tuple[int, int, int]:
        """(C, F, M)."""
        return (self.channels, *self.picture)

    def analyze(self, waveform: Tensor) -> Tensor:
        """Returns log(magnitude + floor) (B, C, F, M) of waveforms (B, C, L)."""
        return (self.spectrum(waveform).abs() + self.floor).log()

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns waveforms (B, C, L), with phases that the inverter finds."""
        magnitude = self.all_bins((planes.exp() - self.floor).clamp_min(0))
        return by_clip(self.inverter(magnitude.flatten(0, 1), self.stft), self.channels)


@REPRESENTATIONS.register("mel")
class Mel(Spectral):
    """The logarithm of the magnitude in mel bands: (C, n_mels, M).

    Back it goes by the pseudo-inverse of the bands' matrix, clamped, and an inverter; or by an
    inverter that takes mel bands as they are, such as a vocoder.

    Args:
        n_mels: How many bands, a multiple of 4.
        f_min, f_max: Their limits in Hz; None is half of the sample rate.
        log10: Whether the logarithm has base 10, as some vocoders want it, instead of e.
        scaling: "bins" for zero mean in each band, "range" for -1 to 1 of all; see `LogMagnitude`.
        floor: Added to the magnitude before the logarithm.
        inverter: A name in `INVERTERS`, or one with options.
        others: As of `Spectral`.
    """

    name: ClassVar[str] = "mel"
    bands: Tensor
    inverse_bands: Tensor

    def __init__(
        self,
        *,
        n_mels: Annotated[int, AtLeast(SIDE_STEP), MultipleOf(SIDE_STEP)] = 64,
        f_min: Weight = 0.0,
        f_max: Annotated[float | None, Above(0)] = None,
        scaling: Scaling = "bins",
        floor: Floor = MEL_FLOOR,
        log10: bool = False,
        inverter: Annotated[Component, NamedIn(INVERTERS)] = GRIFFIN_LIM,
        **others: Any,
    ) -> None:
        super().__init__(**others)
        self.n_mels = n_mels
        self.scaling, self.floor = scaling, floor
        self._named = inverter
        self.inverter: Inverter = INVERTERS.build(inverter)
        self.unit = math.log(10) if log10 else 1.0
        if isinstance(self.inverter, MelInverter):
            self.inverter.check(n_mels, self.stft.hop_length, self.sample_rate, self.floor)
        bands = mel_bands(self.stft.num_bins, f_min, f_max, n_mels, self.sample_rate)
        self.register_buffer("bands", bands, persistent=False)
        inverse = torch.linalg.pinv(bands.double()).float()
        self.register_buffer("inverse_bands", inverse, persistent=False)

    @property
    def sample_shape(self) -> tuple[int, int, int]:
        """(C, n_mels, M)."""
        return self.channels, self.n_mels, self.stft.num_frames

    def pinned(self) -> dict[str, Any]:
        """Returns the inverter's name and options, with what ties it to its weights."""
        pins = self.inverter.pinned()
        named = {"name": self._named.name, "options": self._named.options | pins}
        return {"inverter": named} if pins else {}

    def analyze(self, waveform: Tensor) -> Tensor:
        """Returns log(magnitude in bands + floor) (B, C, n_mels, M) of waveforms (B, C, L)."""
        bins = self.stft(waveform.flatten(0, 1)).abs()
        return by_clip((self.bands @ bins + self.floor).log() / self.unit, self.channels)

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns waveforms (B, C, L), with phases that the inverter finds."""
        rows = planes.flatten(0, 1)
        if isinstance(self.inverter, MelInverter):
            return by_clip(self.inverter(rows, self.stft), self.channels)
        magnitude = bins_of_bands(rows * self.unit, self.inverse_bands, self.floor)
        return by_clip(self.inverter(magnitude, self.stft), self.channels)


@REPRESENTATIONS.register("complex")
class Complex(Spectral):
    """Real and imaginary parts, with the magnitude compressed: (2 C, F, M), all real parts first.

    The magnitude m becomes (m + floor)^power - floor^power, since a network would hardly see quiet
    partials otherwise; the floor keeps the slope at silence finite. The inverse is exact and has
    gradients.

    Source: Ephrat et al. (2018), "Looking to Listen at the Cocktail Party", whose power 0.3 is the
    default.

    Args:
        power: Above 0, at most 1.
        floor: Above 0.
        others: As of `Spectral`.
    """

    name: ClassVar[str] = "complex"
    scaling = "peak"

    def __init__(self, *, power: Fraction = 0.3, floor: Floor = FLOOR, **others: Any) -> None:
        super().__init__(**others)
        self.power, self.floor = power, floor

    @property
    def sample_shape(self) -> tuple[int, int, int]:
        """(2 C, F, M)."""
        return (2 * self.channels, *self.picture)

    def analyze(self, waveform: Tensor) -> Tensor:
        """Returns compressed real and imaginary parts (B, 2 C, F, M) of waveforms (B, C, L)."""
        spectrum = self.spectrum(waveform)
        magnitude = (spectrum.abs() + self.floor) ** self.power - self.floor**self.power
        compressed = torch.polar(magnitude, spectrum.angle())
        return torch.cat([compressed.real, compressed.imag], 1)

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns the waveforms (B, C, L) of compressed parts (B, 2 C, F, M)."""
        compressed = torch.complex(*torch.split(planes, self.channels, 1))
        magnitude = (compressed.abs() + self.floor**self.power) ** (1 / self.power) - self.floor
        return self.inverse(self.all_bins(torch.polar(magnitude, compressed.angle())))


def by_clip(rows: Tensor, channels: int) -> Tensor:
    """Returns what was computed for each channel, (B * C, ...), by clip: (B, C, ...)."""
    return rows.view(-1, channels, *rows.shape[1:])


def mel_bands(
    num_bins: int, f_min: float, f_max: float | None, n_mels: int, sample_rate: int
) -> Tensor:
    """Returns Slaney's triangular mel bands, of unit area in Hz, as a matrix (n_mels, K)."""
    try:
        from torchaudio.functional import melscale_fbanks
    except ImportError:
        raise MissingDependencyError("torchaudio", purpose="Mel bands", extra="audio") from None
    f_max = sample_rate / 2 if f_max is None else f_max
    if not 0 <= f_min < f_max <= sample_rate / 2:
        raise ConfigError(
            f"Mel bands lie between 0 and half of the sample rate, {sample_rate / 2:g} Hz; not "
            f"from f_min={f_min:g} to f_max={f_max:g}."
        )
    bands: Tensor = melscale_fbanks(num_bins, f_min, f_max, n_mels, sample_rate, "slaney", "slaney")
    return bands.T.contiguous()


def bins_of_bands(logarithm: Tensor, inverse_bands: Tensor, floor: float) -> Tensor:
    """Returns the magnitudes (B, K, M) that log mel spectrograms (B, F, M) tell of.

    Args:
        logarithm: log(magnitude in bands + floor), to the base e.
        inverse_bands: The pseudo-inverse (K, F) of the bands' matrix.
        floor: Above 0.
    """
    in_bands = (logarithm.exp() - floor).clamp_min(0)
    return (inverse_bands @ in_bands).clamp_min(0)


def square_window(length: int) -> int:
    """Returns the window whose picture, with a quarter as the hop, is at most as high as wide.

    With F = n / 2 and M = 4 L / n both are equal for n = sqrt(8 L).

    Example:
        >>> square_window(8192), square_window(16384)
        (256, 256)
    """
    return max(16, 1 << ((8 * length).bit_length() - 1) // 2)
