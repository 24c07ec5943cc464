"""Recipes against the oracle, from the command line to the picture; numbers of a known model."""

import json

import pytest
import torch
from PIL import Image

from benchmarks.__main__ import main
from benchmarks.text_oracle.experiment import ITSELF, STUCK, measure_run, read_rows, run_recipe
from benchmarks.text_oracle.tempered import TemperedPipeline
from multigan.errors import DataError, RunError
from multigan.modalities.recipes import recipe
from multigan.modalities.text.load.load import load_text
from multigan.modalities.text.load.oracle_sentences import HELD_OUT, TEST
from multigan.modalities.text.oracle import Oracle
from multigan.runs.session import start
from tests.modalities.text.test_oracle import arrays

SMALL = {"steps": 3, "generator.width": 4, "batch_size": 8, "look_every": 0}


@pytest.fixture(scope="module")
def oracle_file(tmp_path_factory):
    import numpy as np

    path = tmp_path_factory.mktemp("oracle") / "oracle.npz"
    np.savez(path, **arrays(Oracle.drawn(0, vocab_size=9, size=4)))
    return path


@pytest.fixture(scope="module")
def trained(oracle_file, tmp_path_factory):
    asked = recipe("mle").with_data(f"oracle:{oracle_file}").changed({**SMALL, "data.limit": 64})
    return start(asked, out=tmp_path_factory.mktemp("runs"), device="cpu").fit()


def test_an_oracles_sentences_are_data(oracle_file):
    data = load_text(f"oracle:{oracle_file}", limit=30)
    oracle = Oracle.load(oracle_file)
    rows = data.source.raw
    assert rows.shape == (30, 20)
    assert torch.equal(rows.long(), oracle.sample(30, seed=1))
    assert data.tokenizer.encode(data.texts[3]) == rows[3].tolist()
    assert not torch.equal(rows.long(), oracle.sample(30, seed=HELD_OUT))
    assert len(load_text("oracle", limit=5).tokenizer) == 5000


def test_a_model_of_the_oracle_has_no_end_and_all_tokens(trained):
    pipeline = trained.pipeline()
    ids = pipeline.generate_ids(50, seed=0)
    assert ids.shape == (50, 20)
    assert set(ids.unique().tolist()) == set(range(9))  # 0 is a token like any other
    assert all(len(text.split()) == 20 for text in pipeline(3))


def test_the_likelihood_at_alpha_is_that_of_the_tempered_samples(trained):
    model = TemperedPipeline(trained.pipeline())
    with torch.no_grad():
        model.pipeline.generator.tokens.bias.copy_(torch.arange(9.0))  # some tokens are likelier
    samples = model.sample(3000, alpha=0.5, seed=0)
    values = dict(zip((0.25, 0.5, 1.0), model.nll(samples, [0.25, 0.5, 1.0]), strict=True))
    assert min(values, key=values.__getitem__) == 0.5  # nothing knows the samples better
    log_probs, _ = model.pipeline.log_probs(model.pipeline.text_modality.decode(samples))
    assert values[1.0] == pytest.approx(-log_probs.mean().item(), rel=1e-5)


@pytest.mark.slow
def test_the_command_trains_measures_and_draws(oracle_file, tmp_path, capsys):
    options = [f"--set={name}={value}" for name, value in (SMALL | {"data.limit": 64}).items()]
    asked = ["text-oracle", "mle", "--oracle", str(oracle_file), "--seeds", "0", "1"]
    places = ["--out", str(tmp_path / "runs"), "--save", str(tmp_path / "found"), "--device=cpu"]
    assert main([*asked, *places, *options, "--samples", "400"]) == 0
    table = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in table[3:5]] == ["mle", "mle"]
    assert "15.26" in table[-2]
    rows = json.loads((tmp_path / "found.json").read_text())
    assert [row["name"] for row in rows] == [ITSELF, STUCK, "mle", "mle"]
    for row in rows[1:]:
        nearest = row["found"]["excess"]["point"]
        assert nearest["excess"] > rows[0]["found"]["excess"]["point"]["excess"]
    best = rows[2]["found"]["sum"]["point"]
    assert best["sum"] == best["nll_oracle"] + best["nll_test"]
    assert [row.to_json() for row in read_rows(tmp_path / "found.json")] == rows
    with Image.open(tmp_path / "found.png") as picture:
        assert picture.size == (900, 620)


@pytest.mark.slow
def test_rows_of_several_jobs_are_shown_together_without_training(oracle_file, tmp_path, capsys):
    asked = ["text-oracle", "mle", "--oracle", str(oracle_file), "--samples", "20"]
    places = ["--out", str(tmp_path / "runs"), "--device=cpu", "--save"]
    options = [f"--set={name}={value}" for name, value in (SMALL | {"data.limit": 64}).items()]
    for seed in ("0", "1"):
        assert main([*asked, *options, "--seeds", seed, *places, str(tmp_path / seed)]) == 0
    capsys.readouterr()
    together = [
        "text-oracle",
        "--oracle",
        str(oracle_file),
        "--save",
        str(tmp_path / "all"),
    ]
    assert main([*together, "--with", str(tmp_path / "0.json"), str(tmp_path / "1.json")]) == 0
    rows = read_rows(tmp_path / "all.json")
    assert [(row.name, row.seed) for row in rows] == [
        (ITSELF, 0),
        (STUCK, 0),
        ("mle", 0),
        ("mle", 1),
    ]
    assert len(list((tmp_path / "runs").iterdir())) == 2
    (tmp_path / "bad.json").write_text("[{}]")
    with pytest.raises(DataError, match="holds no rows"):
        read_rows(tmp_path / "bad.json")


def test_the_checkpoint_is_chosen_among_all(oracle_file, tmp_path):
    changes = {**SMALL, "data.limit": 64, "checkpoint_every": 1, "half_life": 0.0}
    asked = recipe("mle").with_data(f"oracle:{oracle_file}").changed(changes)
    run = start(asked, out=tmp_path, device="cpu").fit()
    row = measure_run(run, f"oracle:{oracle_file}", samples=100)
    assert {found.step for found in row.found.values()} <= {1, 2, 3}
    # Untempered, the last of a falling curve.
    test = Oracle.load(oracle_file).sample(100, seed=TEST)
    (of_first,) = TemperedPipeline(run.pipeline(step=1)).nll(test, [1.0])
    assert row.plain.nll_test < of_first


def test_a_stopped_run_is_not_measured(oracle_file, tmp_path, monkeypatch):
    def stopped(session):
        session.run.write_status("stopped", step=1, of=3)
        return session.run

    monkeypatch.setattr("multigan.runs.session.Session.fit", stopped)
    with pytest.raises(RunError, match="stopped at step 1 of 3, so it is not measured"):
        run_recipe(
            recipe("mle").changed({**SMALL, "data.limit": 64}), f"oracle:{oracle_file}",
            samples=10, out=tmp_path, device="cpu",
        )  # fmt: skip


def test_a_wrong_recipe_is_said_before_anything_is_trained(tmp_path, capsys):
    assert main(["text-oracle", "mle", "rellgan", "--out", str(tmp_path)]) == 1
    assert "rellgan" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
