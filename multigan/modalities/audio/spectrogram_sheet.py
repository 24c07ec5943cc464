"""Pictures of sounds: one spectrogram, and a contact sheet of many.

Shapes: C channels, T samples, K bins, M frames.
"""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import adaptive_max_pool1d, max_pool1d

from multigan.modalities.audio.clip import Audio
from multigan.modalities.audio.sound import CLIPPED, CLIPPED_RUN, window_samples
from multigan.modalities.shared.contact_sheet import draw_sheet

WIDTH, HEIGHT = 128, 96  # pixels of one sound
RANGE_DB = 80.0  # what is so far below the loudest is black
FULL_DB = 0.0  # a sine of full scale, which is white

BLUE, RED = (120, 200, 240), (255, 60, 60)

# Dark violet over red to light yellow, in about equal steps of lightness: louder looks brighter.
COLORS = np.array(
    [
        *([0, 0, 4], [40, 11, 84], [101, 21, 110], [159, 42, 99]),
        *([212, 72, 66], [245, 125, 21], [250, 193, 39], [252, 255, 164]),
    ]
)


def draw_audio(audio: Audio, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Returns a spectrogram of a sound, low frequencies below, above it how loud it is.

    The colors are those of -80 dB to 0 dB of full scale, for every sound alike.
    """
    wave_height = height // 5
    levels = _levels(audio, width, height - wave_height)
    picture = np.concatenate([_envelope(audio, width, wave_height), _colored(levels)])
    return Image.fromarray(picture)


def draw_audio_sheet(items: Sequence[Audio], *, columns: int) -> Image.Image:
    """Returns many sounds, row by row."""
    return draw_sheet([draw_audio(item) for item in items], columns=columns)


def _levels(audio: Audio, width: int, height: int) -> Tensor:
    """Returns how loud each place is, (height, width) in [0, 1], high frequencies first."""
    waveform = audio.waveform.float().nan_to_num(0).mean(0)
    n_fft = max(64, window_samples(audio.sample_rate))
    hop = max(1, min(n_fft // 4, len(waveform) // width))
    window = torch.hann_window(n_fft)
    spectrum = torch.stft(
        waveform, n_fft, hop, window=window, pad_mode="constant", return_complex=True
    )
    magnitude = spectrum.abs() * (2 / window.sum())  # 1 for a sine of full scale
    picture = torch.nn.functional.adaptive_max_pool2d(magnitude[None], (height, width))[0]
    decibels = 20 * picture.clamp_min(1e-10).log10()
    return ((decibels - FULL_DB) / RANGE_DB + 1).clamp(0, 1).flip(0)


def _colored(levels: Tensor) -> np.ndarray:
    """Returns colors (height, width, 3) uint8 of levels in [0, 1]."""
    places = levels.numpy() * (len(COLORS) - 1)
    steps = np.arange(len(COLORS))
    parts = [np.interp(places, steps, COLORS[:, part]) for part in range(3)]
    return np.stack(parts, -1).round().astype(np.uint8)


def _envelope(audio: Audio, width: int, height: int) -> np.ndarray:
    """Returns the largest amplitudes over time around a middle line, red where they clip.

    A single sample at full scale is no clipping: a sound that was turned down has one.
    """
    peaks = audio.waveform.float().nan_to_num(0).abs().amax(0)[None, None]
    pooled = adaptive_max_pool1d(peaks, width)[0, 0].clamp_max(1)
    # The least of neighbors.
    run = -max_pool1d(-peaks, CLIPPED_RUN, stride=1, padding=CLIPPED_RUN // 2)
    clipped = adaptive_max_pool1d(run, width)[0, 0] >= CLIPPED
    distance = (torch.arange(height) - (height - 1) / 2).abs() / ((height - 1) / 2)
    inside = (distance[:, None] <= pooled.clamp_min(1 / height)[None]).numpy()
    picture = np.zeros((height, width, 3), dtype=np.uint8)
    picture[inside] = BLUE
    picture[inside & clipped.numpy()] = RED
    return picture
