"""Round trips of one's own sounds are measured, shown, and playable."""

import json
import re

import pytest
import torch

from multigan.cli import main
from multigan.errors import ConfigError, DataError
from multigan.modalities.audio.inspection import inspect_sounds, write_inspection, write_pairs
from multigan.modalities.audio.metrics.round_trip import (
    log_spectral_distance_db,
    snr_db,
    spectral_convergence_db,
)
from multigan.modalities.recipes import recipe
from multigan.runs.session import start
from multigan.typed import Component
from tests.data.sounds import tone, write
from tests.modalities.audio.test_evaluator import Replay, notes, pipeline  # noqa: F401  notes is a fixture
from tests.runs.test_report import Page

FEW = {name: Component(name) for name in ("waveform", "log_magnitude_if", "mel_if")}


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    root = tmp_path_factory.mktemp("sounds")
    for index in range(4):
        write(root / f"{index}.wav", tone(hertz=300 + 100 * index))
    return root


def test_distances_have_their_closed_forms():
    clip = torch.randn(2, 1, 4000)
    quieter = 0.9 * clip
    assert snr_db(clip, quieter) == pytest.approx([20, 20], abs=1e-3)
    assert spectral_convergence_db(clip, quieter, 8000) == pytest.approx([-20, -20], abs=1e-3)
    wanted = 20 * torch.tensor(1 / 0.9).log10().item()
    assert log_spectral_distance_db(clip, quieter, 8000) == pytest.approx([wanted] * 2, abs=1e-3)
    assert log_spectral_distance_db(clip, clip, 8000).max() == 0


def test_every_representation_is_measured(sounds):
    found = inspect_sounds(sounds, {"trim_db": None}, representations=FEW, clips=3)
    by_name = {trip.representation: trip for trip in found.trips}
    assert by_name["waveform"].snr_db > 90
    assert by_name["log_magnitude_if"].snr_db > 45 > by_name["mel_if"].snr_db
    assert by_name["log_magnitude_if"].distance_db < by_name["mel_if"].distance_db
    assert [len(clips) for clips in found.clips.values()] == [3] * 4


def test_what_does_not_suit_is_said_and_the_rest_is_measured(sounds):
    odd = {**FEW, "odd": Component("log_magnitude", {"n_fft": 250, "hop_length": 125})}
    found = inspect_sounds(sounds, representations=odd, clips=2)
    assert "no whole number of hops" in found.refused["odd"]
    with pytest.raises(ConfigError, match="No representation"):
        inspect_sounds(sounds, representations={"odd": odd["odd"]}, clips=2)
    with pytest.raises(ConfigError, match="one clip"):
        inspect_sounds(sounds, clips=0)
    with pytest.raises(DataError):
        inspect_sounds(sounds / "nothing")


def test_the_page_holds_pictures_and_players(sounds, tmp_path):
    found = inspect_sounds(sounds, representations=FEW, clips=2)
    page = Page(write_inspection(found, tmp_path / "page.html").read_text())
    assert page.tags.count("audio") == page.tags.count("img") == 2 * 4
    assert all(address.startswith("data:") for address in page.addresses)
    assert "log_magnitude_if" in page.text


def test_hostile_names_are_text(sounds, tmp_path):
    hostile = "<img src=x onerror=alert(1)>"
    odd = {hostile: Component("waveform"), f"odd {hostile}": Component("mel", {"n_mels": 0})}
    found = inspect_sounds(sounds, representations=odd, clips=1)
    html = write_inspection(found, tmp_path / "page.html").read_text()
    assert "onerror=alert(1)>" not in html
    assert f"odd {hostile}: " in Page(html).text


def test_the_command_prints_a_row_for_each(sounds, tmp_path, capsys):
    out = ["--out", str(tmp_path / "page.html")]
    assert main(["inspect", str(sounds), "--clips", "2", "--json", *out]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"waveform", "log_magnitude_if"} <= {row["representation"] for row in rows}
    assert (tmp_path / "page.html").exists()
    assert main(["inspect", str(sounds / "none"), *out]) == 1
    assert "no file or folder" in capsys.readouterr().err


def test_representations_are_chosen_in_the_shell(sounds, tmp_path, capsys):
    command = ["inspect", str(sounds), "--clips", "2", "--out", str(tmp_path / "page.html")]
    asked = ["waveform", 'log_magnitude:n_fft=128,inverter={"name": "griffin_lim"}']
    assert main([*command, "--json", "--representations", *asked]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["representation"] for row in rows] == asked
    assert rows[1]["shape"][1] == 64
    assert main([*command, "--representations", "mle"]) == 1
    assert "mel" in capsys.readouterr().err
    assert main([*command, "--representations", "mel:n_mels"]) == 1
    assert "key=value" in capsys.readouterr().err


def test_the_report_shows_what_sounds_are_most_like(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MULTIGAN_CACHE", str(tmp_path / "cache"))
    small = {"batch_size": 2, "steps": 1, "data.limit": 12, "data.length": 1024, "look_every": 0}
    small |= {"generator.width": 4, "discriminator.width": 4}
    run = start(recipe("notes").changed(small), out=tmp_path, device="cpu").fit()
    assert "Nearest training clips" not in run.report_file.read_text()
    command = ["evaluate", str(run.path), "--metrics", "silence", "-n", "4"]
    assert main([*command, "--extractor", "random-conv"]) == 0
    assert "report.html" in capsys.readouterr().err
    page = Page(run.report_file.read_text())
    assert "Nearest training clips" in page.text
    assert page.tags.count("audio") == 16
    assert len(json.loads(run.nearest_file.read_text())["distance"]) == 8


def test_copies_are_seen_beside_their_originals(notes, tmp_path):  # noqa: F811
    path = write_pairs(pipeline(notes, Replay), notes, tmp_path / "pairs.html", count=3)
    page = Page(path.read_text())
    assert page.tags.count("audio") == 6
    shares = [float(share) for share in re.findall(r"(\d+\.\d+) of the usual", page.text)]
    assert len(shares) == 3
    assert max(shares) < 0.5  # copies, but for the round trip
