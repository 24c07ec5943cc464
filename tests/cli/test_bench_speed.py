"""What `multigan bench` measures on a machine: steps, batches and samples a second."""

import json
import sys

import pytest
import torch

from multigan.cli.bench.timing import WARM_UP, spread, timed

TINY = ("--set", "generator.width=4", "--set", "discriminator.width=4", "--set", "batch_size=8")


def test_turns_before_the_first_that_counts_are_not_counted():
    calls: list[int] = []
    assert len(timed(lambda: calls.append(0), 4, torch.device("cpu"))) == 4
    assert len(calls) == WARM_UP + 4


def test_quartiles_are_of_the_values():
    assert spread([4.0, 1.0, 2.0, 3.0, 5.0]) == {"median": 3.0, "low": 2.0, "high": 4.0}
    assert spread([7.0]) == {"median": 7.0, "low": 7.0, "high": 7.0}


@pytest.mark.parametrize("bench", ["step", "data"])
def test_a_recipe_is_timed_and_nothing_is_written(multigan, tmp_path, monkeypatch, bench):
    monkeypatch.chdir(tmp_path)
    said = multigan("bench", bench, "digits", *TINY, "--turns", 2, "--device", "cpu", "--json")
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert found["turns"] == 2
    assert found["samples_per_second"] == pytest.approx(8 * found["turns_per_second"])
    assert found["seconds"]["low"] <= found["seconds"]["median"] <= found["seconds"]["high"]
    assert not list(tmp_path.iterdir())


def test_a_runs_samples_are_timed(multigan, trained):
    said = multigan("bench", "sample", trained, "-n", 3, "--turns", 2, "--device", "cpu")
    assert said.code == 0, said.err
    assert said.out.startswith(f"3 samples of {trained}: ")
    assert "samples a second" in said.out
    assert "device cpu, threads 1" in said.out


def test_no_turns_are_refused(multigan):
    said = multigan("bench", "step", *TINY, "--turns", 0)
    assert said.code == 1
    assert "--turns is at least 1, not 0." in said.err


@pytest.mark.parametrize("words", [("doctor", "--from", "a b.json"), ("text-oracle", "mle", "-h")])
def test_benches_that_have_left_say_where_they_are(multigan, words):
    said = multigan("bench", *words)
    assert (said.code, said.out) == (1, "")
    assert said.err.count("\n") == 1
    assert f"`python -m benchmarks {words[0]} " in said.err
    assert "in a clone of the repository" in said.err


def test_modes_without_matplotlib_saves_and_prints(multigan, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    words = ["bench", "modes", "ring", "--losses", "hinge", "--penalties", "none", "--seeds", "0"]
    said = multigan(*words, "--steps", 1, "--save", tmp_path / "found")
    assert said.code == 0, said.err
    assert "pip install 'multigan[bench]'" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["found.json"]
