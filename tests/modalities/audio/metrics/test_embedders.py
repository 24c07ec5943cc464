"""Networks of transformers that hear, tiny and untrained, from local folders."""

import pytest
import torch

from multigan.errors import ConfigError
from multigan.modalities.audio.metrics.embedders import build_embedder

pytestmark = [
    pytest.mark.slow,  # importing transformers takes seconds
    pytest.mark.filterwarnings("ignore"),
]

RATE = 8000


@pytest.fixture(scope="module")
def transformers():
    return pytest.importorskip("transformers", reason="embedders need the extra 'text'")


def test_the_spectrogram_transformer(transformers, tmp_path):
    config = transformers.ASTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        num_mel_bins=32, max_length=64,
    )  # fmt: skip
    transformers.ASTModel(config).save_pretrained(tmp_path)
    transformers.ASTFeatureExtractor(num_mel_bins=32, max_length=64).save_pretrained(tmp_path)
    embedder = build_embedder(f"ast:{tmp_path}", RATE)
    waveform = 0.1 * torch.randn(3, 1, RATE)
    features = embedder(waveform)
    assert features.features.shape == (3, 16)
    assert features.features.isfinite().all()
    assert embedder.describe()["name"] == "ast"
    assert embedder.describe()["weights"].startswith("sha256:")
    torch.testing.assert_close(embedder(waveform[1:2]).features, features.features[1:2])


def test_clap(transformers, tmp_path):
    sizes = {"projection_dim": 16}
    audio = {
        "hidden_size": 16, "patch_embeds_hidden_size": 8, "depths": [1, 1],
        "num_attention_heads": [1, 1], "num_mel_bins": 16, "spec_size": 64, "window_size": 4,
        "num_hidden_layers": 2, **sizes,
    }  # fmt: skip
    text = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 50}
    config = transformers.ClapConfig(
        text_config={**text, "intermediate_size": 16, **sizes}, audio_config=audio, **sizes
    )
    transformers.ClapModel(config).save_pretrained(tmp_path)
    transformers.ClapFeatureExtractor(
        feature_size=16,
        sampling_rate=48_000,
        hop_length=480,
        max_length_s=2,
        truncation="rand_trunc",
    ).save_pretrained(tmp_path)
    features = build_embedder(f"clap:{tmp_path}", RATE)(0.1 * torch.randn(2, 1, RATE)).features
    assert features.shape == (2, 16)
    assert features.isfinite().all()


@pytest.mark.parametrize("channels", [1, 2])
def test_a_codec(transformers, tmp_path, channels):
    config = transformers.EncodecConfig(
        num_filters=4, hidden_size=8, num_lstm_layers=1, codebook_size=16, codebook_dim=8,
        upsampling_ratios=[4, 2], sampling_rate=16_000, audio_channels=channels,
    )  # fmt: skip
    transformers.EncodecModel(config).save_pretrained(tmp_path)
    features = build_embedder(f"codec:{tmp_path}", RATE)(torch.randn(2, 2, 4000)).features
    assert features.shape == (2, 16)
    with pytest.raises(ConfigError, match="of type 'encodec'; clap will do"):
        build_embedder(f"clap:{tmp_path}", RATE)


def test_what_is_missing_is_said(transformers, tmp_path):
    with pytest.raises(ConfigError, match="clap:FOLDER"):
        build_embedder("clap", RATE)
    with pytest.raises(ConfigError, match="no readable model"):
        build_embedder(f"clap:{tmp_path}", RATE)
    with pytest.raises(ConfigError, match="save_pretrained"):
        build_embedder(f"clap:{tmp_path / 'nowhere'}", RATE)
