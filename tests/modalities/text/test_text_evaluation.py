"""Text is measured with real text beside it, and what cannot be measured is said."""

import math

import pytest
import torch

from multigan.errors import ConfigError, UnknownNameError
from multigan.modalities.kind import kind_of
from multigan.modalities.recipes import recipe
from multigan.modalities.text.evaluator import DEFAULT
from multigan.modalities.text.load.load import load_text
from multigan.modalities.text.metrics import index_texts, ngram_nll, with_unknown
from multigan.runs.evaluate import evaluate_pipeline, evaluate_run
from multigan.runs.session import start

COLORS, ANIMALS, PLACES = ("red", "black", "white"), ("cat", "dog", "bird"), ("roof", "street")
TEXTS = [f"a {c} {a} sits on the {p} ." for c in COLORS for a in ANIMALS for p in PLACES] * 4
OTHERS = [f"the {a} is {c} ." for c in COLORS for a in ANIMALS]
SMALL = {"steps": 2, "generator.width": 8, "batch_size": 8, "look_every": 0}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    root = tmp_path_factory.mktemp("text")
    data = root / "texts.txt"
    data.write_text("\n".join(TEXTS))
    session = start(recipe("mle").with_data(str(data)).changed(SMALL), out=root, device="cpu")
    return session.fit()


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    path = tmp_path_factory.mktemp("reference") / "others.txt"
    path.write_text("\n".join(OTHERS))
    return str(path)


def test_every_number_has_real_text_beside_it_and_says_its_protocol(trained, reference):
    results = evaluate_run(trained, num_samples=20, reference=reference, device="cpu")
    assert [result.name for result in results] == list(DEFAULT)
    assert all(math.isfinite(result.value) for result in results)
    for result in results[:-1]:
        assert math.isfinite(result.control)
        assert (result.n_fake, result.n_control, result.n_real) == (20, 20, 9)
        assert result.split == "others.txt"
    by_name = {result.name: result for result in results}
    assert by_name["bleu-4"].extractor["name"] == ("mean over samples, 9 references, smoothing 0.1")
    assert by_name["self-bleu-4"].extractor["name"].startswith("leave-one-out, 19 references")
    assert by_name["copied"].control == 0  # no reference stands in the training data


def test_the_control_is_real_text_in_the_samples_place(trained, reference):
    (result,) = evaluate_run(
        trained, metrics=["reverse-lm"], num_samples=72, reference=reference, device="cpu"
    )
    texts, references = index_texts(TEXTS, OTHERS)
    known = with_unknown(texts, references), with_unknown(references, references)
    assert result.control == pytest.approx(ngram_nll(*known))
    assert result.lower_is_better is True


def test_without_a_reference_one_half_is_held_against_the_other(trained):
    notes: list[str] = []
    results = evaluate_run(
        trained, metrics=["bleu-2", "copied"], num_samples=99, device="cpu", on_note=notes.append
    )
    assert (results[0].n_real, results[0].n_control) == (36, 36)
    assert results[1].control > 0.8  # each text is there four times
    assert any("36 instead of 99" in note for note in notes)


def test_likelihood_is_of_tokens_and_ends_without_padding(trained):
    pipeline = trained.pipeline()
    data = load_text(TEXTS)
    with torch.no_grad():
        pipeline.generator.tokens.project.weight.zero_()
        pipeline.generator.tokens.project.bias.zero_()
        pipeline.generator.tokens.bias.zero_()
    (result,) = evaluate_pipeline(pipeline, data, metrics=["nll"], num_samples=8)
    # All tokens are equally likely, whatever stands around them.
    assert result.value == pytest.approx(math.log(pipeline.modality.sample_shape[1]), rel=1e-5)
    assert "324 tokens" in result.extractor["name"]  # 36 texts of 8 words and an end


def test_likelihood_is_told_each_texts_class(tmp_path):
    texts = [("all is well", "good")] * 20 + [("all is lost", "bad")] * 20
    asked = recipe("mle").changed({**SMALL, "steps": 200, "half_life": 200})
    session = start(asked, data=texts, out=tmp_path, device="cpu")
    pipeline = session.fit().pipeline()
    swapped = [(text, "bad" if label == "good" else "good") for text, label in texts]
    told, misled = (
        evaluate_pipeline(pipeline, load_text(given), metrics=["nll"])[0].value
        for given in (texts, swapped)
    )
    assert told < misled - 0.2
    unlabelled, notes = load_text(["all is well", "all is lost"] * 4), []
    with pytest.raises(ConfigError, match="has no labels"):
        evaluate_pipeline(pipeline, unlabelled, metrics=["nll"])
    results = evaluate_pipeline(
        pipeline, load_text(texts), compared=unlabelled, num_samples=8, on_note=notes.append
    )
    left_out = {"nll", "distinct-4"}  # texts of three words have no four in a row
    assert {result.name for result in results} == {*DEFAULT} - left_out
    assert "no labels" in notes[0]


def test_names_are_checked_before_anything_is_sampled(trained):
    with pytest.raises(UnknownNameError, match="Did you mean 'bleu-4'"):
        evaluate_run(trained, metrics=["bleu4"], device="cpu")
    assert kind_of("text").evaluator.lower_is_better("nll") is True
    assert kind_of("text").evaluator.lower_is_better("self-bleu-4") is None
