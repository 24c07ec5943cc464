"""Which shapes of waveforms and spectrograms the networks take.

Shapes: C channels, F bins of frequency, T frames or samples of time.
"""

from multigan.errors import ShapeError

SpectrogramShape = tuple[int, int, int]
WaveformShape = tuple[int, int]


def check_spectrogram_shape(
    shape: tuple[int, ...], *, who: str, frequency: int = 1, time: int = 4
) -> SpectrogramShape:
    """Returns `shape` as (C, F, T) if a network can be built for it.

    Args:
        shape: Of one sample.
        who: Names the network in errors.
        frequency, time: What F and T must be multiples of.

    Raises:
        ShapeError: It is not (C, F, T), or F or T is no such multiple.
    """
    if len(shape) != 3 or min(shape) < 1:
        raise ShapeError(
            f"{who} makes spectrograms of shape (channels, bins, frames), but got {tuple(shape)}. "
            "Choose a representation such as log_magnitude, or networks made for waveforms."
        )
    channels, bins, frames = shape
    if bins % frequency or frames % time:
        raise ShapeError(
            f"{who} needs bins in multiples of {frequency} and frames in multiples of {time}, but "
            f"got {bins} x {frames}. Change the representation's n_fft or n_mels, or the length "
            "of the clips."
        )
    return channels, bins, frames


def check_waveform_shape(shape: tuple[int, ...], *, who: str, multiple: int = 1) -> WaveformShape:
    """Returns `shape` as (C, T) if a network can be built for it.

    Raises:
        ShapeError: It is not (C, T), or T is not a multiple of `multiple`.
    """
    if len(shape) != 2 or min(shape) < 1:
        raise ShapeError(
            f"{who} is made for waveforms of shape (channels, samples), but got {tuple(shape)}. "
            "Choose the representation 'waveform', or networks made for spectrograms."
        )
    channels, length = shape
    if length % multiple:
        longer = -(-length // multiple) * multiple
        raise ShapeError(
            f"{who} needs a length in multiples of {multiple} samples, but got {length}. Make the "
            f"clips {longer} samples long."
        )
    return channels, length
