"""Sounds are written, drawn and played."""

import numpy as np
import soundfile
import torch
from PIL import Image

from multigan.modalities.audio.clip import Audio
from multigan.modalities.audio.modality import AudioModality
from multigan.modalities.audio.spectrogram_sheet import draw_audio


def tone(hertz: float = 1000.0, level: float = 0.5, rate: int = 8000) -> Audio:
    time = torch.arange(rate) / rate
    return Audio(level * (2 * torch.pi * hertz * time).sin()[None], rate)


def test_written_files_hold_the_16_bit_samples(tmp_path):
    modality = AudioModality(8000, 1, 8000, {"name": "waveform"})
    item = tone()
    for suffix in (".wav", ".flac"):
        modality.suffix = suffix
        path = modality.write(item, tmp_path / "a.b")
        assert path.name == f"a.b{suffix}"
        values, rate = soundfile.read(path, dtype="int16")
        assert rate == 8000
        assert torch.equal(torch.from_numpy(values), (item.waveform[0] * 32768).round().short())


def test_what_is_beyond_full_scale_or_no_number_is_written_safely(tmp_path):
    modality = AudioModality(8000, 2, 8000, {"name": "waveform"})
    wild = torch.tensor([[3.0, -3.0, torch.nan, 0.0], [0.0, 0.0, 0.0, torch.inf]])
    values, _ = soundfile.read(modality.write(Audio(wild, 8000), tmp_path / "a"), dtype="int16")
    assert values.T.tolist() == [[32767, -32768, 0, 0], [0, 0, 0, 32767]]


def test_a_sound_beyond_full_scale_is_turned_down_as_a_whole_and_others_are_left_alone():
    options = {"n_fft": 64, "hop_length": 16, "floor": 1e-4}
    options["statistics"] = {"center": [[0.0], [0.0]], "scale": [[9.0], [1.0]]}
    modality = AudioModality(8000, 1, 1024, {"name": "log_magnitude_if", "options": options})
    sound = torch.stack([tone(level=0.5).waveform[:, :1024], tone().waveform[:, :1024] * 3])
    samples = modality.representation.encode(sound)
    exact, decoded = modality.waveforms(samples), modality.decode(samples)
    assert exact[1].abs().max() > 1.4
    assert decoded[1].waveform.abs().max() == 1
    torch.testing.assert_close(decoded[0].waveform, exact[0])
    torch.testing.assert_close(decoded[1].waveform * exact[1].abs().max(), exact[1])


def test_a_sheet_is_a_picture_and_a_sound(tmp_path):
    modality = AudioModality(8000, 1, 8000, {"name": "waveform"})
    path = modality.write_sheet([tone(), tone(500), tone(2000)], tmp_path / "000100", columns=2)
    with Image.open(path) as picture:
        assert picture.size == (2 * 130 + 2, 2 * 98 + 2)
    assert soundfile.info(tmp_path / "000100.wav").duration == 3.2  # two gaps of 0.1 s


def test_a_picture_shows_the_frequency_and_the_level():
    picture = np.asarray(draw_audio(tone(1000, 1.0), 64, 100).convert("L"), dtype=float)
    rows = picture[20:].mean(1)  # the lower 80 are the spectrogram
    assert abs((79 - rows.argmax()) / 80 - 0.25) < 0.02  # 1000 of 4000 Hz
    quiet = draw_audio(tone(1000, 0.01), 64, 100).convert("L").crop((0, 20, 64, 100))
    assert quiet.getextrema()[1] < rows.max()


def test_runs_at_full_scale_are_red_and_single_samples_are_not():
    def is_red(waveform) -> bool:
        picture = np.asarray(draw_audio(Audio(waveform, 8000), 64, 100)).astype(int)
        return bool((picture[:20, :, 0] > picture[:20, :, 2] + 50).any())

    assert is_red((2 * tone().waveform).clamp(-1, 1) * 1.5)
    peak = tone().waveform.clone()
    peak[0, 4000] = 1.0
    assert not is_red(peak)


def test_a_notebook_gets_a_player():
    html = tone()._repr_html_()
    assert html.startswith("<audio controls")
    assert tone().seconds == 1.0
