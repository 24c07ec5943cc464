"""Codecs and vocoders of transformers, tiny and untrained, from local folders."""

import pytest
import torch

from multigan.core.registries import build_modality
from multigan.errors import ConfigError
from multigan.modalities.audio.modality import AudioModality
from multigan.modalities.recipes import recipe
from multigan.runs.session import start
from tests.modalities.audio.test_representations import LENGTH, component, fitted, notes

pytestmark = pytest.mark.slow  # importing transformers takes seconds

RATE = 8000


def codec(kind: str):
    transformers = pytest.importorskip("transformers", reason="codecs need the extra 'text'")
    small = {"codebook_size": 16, "sampling_rate": RATE}
    match kind:
        case "encodec":
            options = {"num_filters": 4, "hidden_size": 8, "num_lstm_layers": 1, "codebook_dim": 8}
            config = transformers.EncodecConfig(**small, **options, upsampling_ratios=[4, 2])
            return transformers.EncodecModel(config)
        case "dac":
            options = {"encoder_hidden_size": 4, "decoder_hidden_size": 16, "n_codebooks": 2}
            ratios = {"downsampling_ratios": [2, 4], "upsampling_ratios": [4, 2]}
            config = transformers.DacConfig(**small, **options, **ratios, codebook_dim=4)
            return transformers.DacModel(config)
    options = {"num_filters": 4, "hidden_size": 16, "num_hidden_layers": 1, "head_dim": 8}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 2, "intermediate_size": 16}
    books = {"num_quantizers": 2, "codebook_dim": 8, "vector_quantization_hidden_dimension": 8}
    config = transformers.MimiConfig(
        **small, **options, **heads, **books, upsampling_ratios=[4, 2], frame_rate=500,
        upsample_groups=16,
    )  # fmt: skip
    return transformers.MimiModel(config)


@pytest.mark.parametrize("kind", ["encodec", "dac", "mimi"])
def test_a_codecs_latents_are_a_representation(tmp_path, kind):
    model = codec(kind).eval()
    model.save_pretrained(tmp_path)
    raw = notes(3)
    modality = fitted("codec", raw, path=str(tmp_path))
    samples = modality.encode(raw)
    assert samples.shape == (3, *modality.sample_shape)
    assert samples.abs().max() <= 1
    assert not next(modality.parameters()).requires_grad
    assert modality.decode(samples)[0].waveform.shape == (1, LENGTH)
    # The inverse is the codec's own.
    latent = modality.representation.analyze(raw / 32768)[:, 0, :, : LENGTH // 8]
    with torch.no_grad():
        match kind:
            case "encodec":
                expected = model.encoder(raw / 32768)
            case "dac":
                expected = model.encode(raw / 32768).quantized_representation
            case _:
                expected = model.encoder(raw / 32768).latents
        torch.testing.assert_close(latent, expected[..., : LENGTH // 8], atol=1e-4, rtol=1e-3)
        heard = modality.representation.synthesize(modality.representation.analyze(raw / 32768))
        own = model.decoder(expected)
        own = own if isinstance(own, torch.Tensor) else own.audio_values
    torch.testing.assert_close(heard, own[..., :LENGTH], atol=1e-4, rtol=1e-3)


def test_a_generator_learns_a_codecs_latents(tmp_path):
    codec("encodec").save_pretrained(tmp_path / "codec")
    representation = {"name": "codec", "options": {"path": str(tmp_path / "codec")}}
    data = {"name": "notes", "options": {"sample_rate": RATE, "length": 3000, "limit": 16}}
    small = recipe("notes").changed(
        {"data": data, "representation": representation, "steps": 2, "batch_size": 4}
        | {"generator.width": 8, "discriminator.width": 8, "look_every": 0}
    )
    run = start(small, out=tmp_path, device="cpu").fit()
    assert run.pipeline().modality.sample_shape == (1, 8, 376)  # of 375 frames
    assert run.pipeline()(2)[0].waveform.shape == (1, 3000)


def test_a_codec_must_suit_the_data(tmp_path):
    codec("encodec").save_pretrained(tmp_path)
    component = {"name": "codec", "options": {"path": str(tmp_path)}}
    with pytest.raises(ConfigError, match=r"8000 Hz.*data\.sample_rate=8000"):
        AudioModality(16_000, 1, LENGTH, component)
    with pytest.raises(ConfigError, match="1 channels, not 2"):
        AudioModality(RATE, 2, LENGTH, component)
    with pytest.raises(ConfigError, match="no folder"):
        AudioModality(RATE, 1, LENGTH, {"name": "codec", "options": {"path": "nowhere"}})
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="no readable model"):
        AudioModality(
            RATE, 1, LENGTH, {"name": "codec", "options": {"path": str(tmp_path / "empty")}}
        )


def test_a_vocoder_inverts_mel(tmp_path):
    transformers = pytest.importorskip("transformers", reason="vocoders need the extra 'text'")
    config = transformers.SpeechT5HifiGanConfig(
        model_in_dim=8,
        sampling_rate=RATE,
        upsample_initial_channel=16,
        upsample_rates=[8, 8],
        upsample_kernel_sizes=[16, 16],
        resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1, 3]],
    )
    model = transformers.SpeechT5HifiGan(config).eval()
    model.save_pretrained(tmp_path)
    raw = notes(2)
    inverter = {"name": "vocoder", "options": {"path": str(tmp_path)}}
    options = {"n_mels": 8, "n_fft": 256, "hop_length": 64, "log10": True, "inverter": inverter}
    modality = fitted("mel", raw, **options, scaling="range")
    heard = modality.waveforms(modality.encode(raw))
    planes = modality.representation.analyze(raw / 32768)
    torch.testing.assert_close(heard[:, 0], model(planes[:, 0].transpose(1, 2)), atol=1e-4, rtol=0)
    with pytest.raises(ConfigError, match="8 bands, not 16"):
        fitted("mel", raw, **{**options, "n_mels": 16})
    with pytest.raises(ConfigError, match="hop_length=64"):
        fitted("mel", raw, **{**options, "hop_length": 32})
    with pytest.raises(ConfigError, match="takes mel bands"):
        fitted("log_magnitude", raw, inverter=inverter)
    codec("dac").save_pretrained(tmp_path / "dac")
    inverter["options"] = {"path": str(tmp_path / "dac")}
    with pytest.raises(ConfigError, match="no vocoder"):
        fitted("mel", raw, **options)


def test_weights_that_have_changed_are_refused(tmp_path):
    codec("encodec").save_pretrained(tmp_path)
    made = component("codec", notes(3), path=str(tmp_path))
    assert made.options["representation"]["options"]["weights"]
    build_modality(made)
    codec("encodec").save_pretrained(tmp_path)  # others
    with pytest.raises(ConfigError, match="not those that this was trained with"):
        build_modality(made)


def test_univnet_is_not_random(tmp_path):
    transformers = pytest.importorskip("transformers", reason="vocoders need the extra 'text'")
    config = transformers.UnivNetConfig(
        model_in_channels=4,
        model_hidden_channels=4,
        num_mel_bins=8,
        resblock_kernel_sizes=[3],
        resblock_stride_sizes=[64],
        resblock_dilation_sizes=[[1, 3]],
        kernel_predictor_hidden_channels=4,
    )
    transformers.UnivNetModel(config).save_pretrained(tmp_path)
    raw = notes(2)
    inverter = {"name": "vocoder", "options": {"path": str(tmp_path)}}
    options = {"n_mels": 8, "n_fft": 256, "hop_length": 64, "inverter": inverter}
    made = component("mel", raw, scaling="range", **options)
    pinned = made.options["representation"]["options"]["inverter"]["options"]
    assert set(pinned) == {"path", "weights"}
    modality = build_modality(made)
    samples = modality.encode(raw)
    both = modality.waveforms(samples)
    assert both.abs().max() > 0
    torch.testing.assert_close(modality.waveforms(samples), both, rtol=0, atol=0)
    alone = modality.waveforms(samples[1:])
    torch.testing.assert_close(alone, both[1:], rtol=1e-4, atol=1e-5)
