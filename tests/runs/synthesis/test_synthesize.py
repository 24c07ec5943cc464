"""Mixtures: what is in them, and where it comes from."""

import json
from collections import Counter

import pytest
import torch

import multigan
from multigan import ImageTrainer
from multigan.errors import ConfigError
from multigan.modalities.image.load.load import load_images
from multigan.runs.synthesis import Verdict, synthesize, write_mixture
from multigan.runs.synthesis.filters import FILTERS
from tests.runs.synthesis.conftest import TINY


@pytest.fixture(scope="module")
def digits():
    return load_images("digits", limit=60)


def test_a_mixture_has_the_real_samples_first_and_its_share_of_generated_ones(run, digits):
    mixture = multigan.synthesize(digits, run, ratio=0.25, seed=3)
    kinds = Counter(one.kind for one in mixture.provenance)
    assert kinds == {"real": 60, "generated": 20}
    raw, labels = digits.source.read(torch.tensor([7]))
    sample, label = mixture[7]
    torch.testing.assert_close(sample, raw[0] / 127.5 - 1)
    assert label == labels.item()


def test_provenance_gives_a_generated_sample_again(run, digits):
    mixture = synthesize(digits, run, ratio=0.25, seed=3)
    one, (sample, label) = mixture.provenance[-1], mixture[-1]
    pipeline = run.pipeline()
    latents = pipeline.latents(1, seed=one.seed, start=one.index)
    again = pipeline.generate(latents, torch.tensor([label]))
    torch.testing.assert_close(again[0], sample, atol=1e-5, rtol=0)
    assert (one.origin, one.label) == (run.name, label)


def test_the_proportions_of_the_classes_stay(run, digits):
    _, labels = digits.source.read(torch.arange(60))
    mixture = synthesize(digits, run, ratio=0.5)
    made = Counter(one.label for one in mixture.provenance if one.kind == "generated")
    assert made == Counter(labels.tolist())


def test_balancing_fills_up_the_rare_classes(run):
    pixels = torch.zeros(12, 1, 8, 8, dtype=torch.uint8)
    labels = torch.tensor([0] * 9 + [1] * 2 + [2])
    mixture = synthesize((pixels, labels), run, ratio=15 / 27, balance=True)
    assert Counter(one.label for one in mixture.provenance) == {0: 9, 1: 9, 2: 9}


def test_a_ratio_of_one_has_no_real_samples(run, digits):
    mixture = synthesize(digits, run, ratio=1)
    assert {one.kind for one in mixture.provenance} == {"generated"}
    assert len(mixture) == 60


def test_a_filter_of_ones_own_decides(run, digits):
    def bright(samples, classes):
        scores = samples.flatten(1).mean(1)
        return Verdict(scores >= scores.median(), scores)

    mixture = synthesize(digits, run, ratio=0.5, filter=bright)
    assert mixture.tried > 60
    assert all(one.score is not None for one in mixture.provenance if one.kind == "generated")


def test_the_discriminator_passes_about_what_it_is_to_keep_of_every_class(run, digits):
    mixture = synthesize(digits, run, ratio=0.8, filter="discriminator", keep=0.25)
    assert len(mixture) == 300
    assert 0.15 < 240 / mixture.tried < 0.35  # some of them after its class was full


def test_only_who_has_a_bar_is_told_to_lower_it(run, digits, monkeypatch):
    def nothing(samples, classes):
        return Verdict(torch.zeros(len(samples), dtype=torch.bool))

    with pytest.raises(ConfigError, match="Train the run longer or leave the filter out"):
        synthesize(digits, run, ratio=0.1, filter=nothing)
    monkeypatch.setitem(FILTERS, "discriminator", lambda judging: nothing)
    with pytest.raises(ConfigError, match=r"accept more \(a larger keep\), or leave"):
        synthesize(digits, run, ratio=0.1, filter="discriminator")


@pytest.mark.slow  # trains a classifier
def test_a_classifier_passes_what_it_takes_for_the_class_asked_for(
    run, digits, tmp_path, monkeypatch
):
    monkeypatch.setenv("MULTIGAN_CACHE", str(tmp_path))
    with pytest.raises(ConfigError, match=r"passed the filter, and 540 are wanted"):
        # The generator knows nothing yet, so hardly anything it makes is a digit.
        synthesize(digits, run, ratio=0.9, filter="classifier")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"filter": "critic"}, "no filter called 'critic'"),
        ({"keep": 0}, "keep is a share"),
        ({"ratio": 0}, "ratio is the share"),
    ],
)
def test_wrong_requests_are_named(run, digits, options, message):
    with pytest.raises(multigan.MultiganError, match=message):
        synthesize(digits, run, **options)


def test_a_pipeline_alone_has_no_discriminator(run, digits):
    with pytest.raises(ConfigError, match="this is a pipeline alone"):
        synthesize(digits, run.pipeline(), filter="discriminator")


def test_a_discriminator_of_packs_cannot_filter(tmp_path):
    packed = {**TINY, "conditional": False, "pack": 2}
    run = ImageTrainer("digits", steps=1, out=tmp_path, changes=packed).fit()
    with pytest.raises(ConfigError, match="judges 2 samples at once"):
        run.discriminator()


def test_classes_that_the_run_does_not_know_are_refused(run):
    pixels, labels = torch.zeros(4, 1, 8, 8, dtype=torch.uint8), torch.tensor([0, 1, 2, 77])
    with pytest.raises(ConfigError, match="classes 77, which the run does not know"):
        synthesize((pixels, labels), run)


def test_a_run_that_needs_classes_says_that_the_data_has_none(run):
    with pytest.raises(ConfigError, match="conditioned on a class"):
        synthesize(torch.zeros(4, 1, 8, 8, dtype=torch.uint8), run)


def test_without_classes_there_is_nothing_to_balance(tmp_path):
    changes = {**TINY, "conditional": False}
    blind = ImageTrainer("digits", steps=1, out=tmp_path, changes=changes).fit()
    pixels = torch.zeros(4, 1, 8, 8, dtype=torch.uint8)
    assert len(synthesize(pixels, blind)) == 8
    with pytest.raises(ConfigError, match="fills up the rarest classes"):
        synthesize(pixels, blind, balance=True)


def test_a_written_mixture_is_a_data_set_again(run, digits, tmp_path):
    mixture = synthesize(digits, run, ratio=0.25)
    (tmp_path / ".mixed.ab12cd_3.tmp" / "0").mkdir(parents=True)  # as a killed one leaves it
    (tmp_path / "notes.txt").write_text("not ours")
    folder = write_mixture(mixture, tmp_path / "mixed")
    assert {path.name for path in tmp_path.iterdir()} == {"mixed", "notes.txt"}
    again = load_images(folder)
    assert len(again) == 80
    assert again.condition == digits.condition
    rows = [json.loads(line) for line in (folder / "provenance.jsonl").read_text().splitlines()]
    assert Counter(row["kind"] for row in rows) == {"real": 60, "generated": 20}
    assert all((folder / row["file"]).is_file() for row in rows)
    with pytest.raises(ConfigError, match="is not empty"):
        write_mixture(mixture, folder)


def test_a_transform_changes_every_sample(run, digits):
    mixture = synthesize(digits, run, ratio=0.5, transform=torch.zeros_like)
    assert all((mixture[index][0] == 0).all() for index in (0, -1))
    with pytest.raises(IndexError):
        mixture[len(mixture)]
