"""Looking at runs and asking things of them, where nobody trains."""

import json
import shutil
from io import StringIO

import pytest

from multigan.errors import ConfigError
from multigan.runs.run import Run
from multigan.runs.steering import check_values, sentence
from multigan.terminal.output import age
from tests.cli.conftest import STEPS, TINY


def test_list_has_a_row_for_each_run(multigan, trained):
    said = multigan("runs", "list", "--runs", trained.parent)
    head, row = said.out.splitlines()
    assert head.split()[:3] == ["run", "state", "step"]
    assert row.split()[:4] == ["0001-digits", "finished", str(STEPS), str(STEPS)]
    (facts,) = json.loads(multigan("runs", "list", "--runs", trained.parent, "--json").out)
    assert (facts["number"], facts["state"], facts["path"]) == (1, "finished", str(trained))


def test_an_empty_list_says_how_to_fill_it(multigan, tmp_path):
    assert "multigan demo" in multigan("runs", "list", "--runs", tmp_path).out
    assert multigan("runs", "list", "--runs", tmp_path, "--json").out == "[]\n"


def test_show_names_knobs_and_files(multigan, trained):
    shown = json.loads(multigan("runs", "show", trained, "--json").out)
    assert shown["knobs"]["r1.weight"] == Run(trained).recipe.regularizers["r1"]["weight"]
    assert shown["checkpoints"][-1] == str(trained / "checkpoints" / f"step-{STEPS:06d}")
    assert shown["report"] == str(trained / "report.html")
    assert "knobs.r1.weight" in multigan("runs", "show", trained).out


@pytest.mark.parametrize("verb", ["stop", "pause", "continue", "checkpoint"])
def test_a_run_that_is_not_at_work_cannot_be_asked(multigan, trained, verb):
    said = multigan("runs", verb, trained)
    assert said.code == 1
    assert f"finished at step {STEPS}" in said.err
    assert f"multigan resume {trained} --steps N" in said.err
    assert not Run(trained).control_file.exists()


def test_knobs_are_checked_by_name_and_kind():
    knobs = ["r1.weight", "generator.learning_rate"]
    check_values({"r1.weight": 1, "learning_rate": 1e-4}, knobs)
    with pytest.raises(ConfigError, match=r"Did you mean 'r1\.weight'"):
        check_values({"r1.wieght": 1}, knobs)
    with pytest.raises(ConfigError, match="is a number, not 'high'"):
        check_values({"r1.weight": "high"}, knobs)


def test_shared_knobs_are_every_players():
    knobs = ["r1.weight", "average.half_life"]
    knobs += [f"{p}.{name}" for p in ("generator", "critic") for name in ("learning_rate", "beta2")]
    check_values({"learning_rate": 1e-4, "beta2": 0.5, "critic.beta2": 0.9}, knobs)
    for name in ("weight", "half_life", "rate"):
        with pytest.raises(ConfigError, match=f"no knob called '{name}'"):
            check_values({name: 1}, knobs)


def test_ranges_are_checked_where_the_run_tells_them():
    ranges = {
        "generator.learning_rate": [0.0, 1.0],
        "critic.learning_rate": [0.0, 0.5],
        "r1.weight": [0.0, None],
    }
    check_values({"learning_rate": 0.5, "r1.weight": 1e9}, ranges, ranges)
    with pytest.raises(
        ConfigError, match=r"critic\.learning_rate cannot be 0\.75: it must lie between 0 and 0\.5"
    ):
        check_values({"learning_rate": 0.75}, ranges, ranges)
    with pytest.raises(ConfigError, match=r"r1\.weight cannot be -1: it must be at least 0"):
        check_values({"r1.weight": -1}, ranges, ranges)
    for endless in (float("inf"), float("nan"), 10**400):
        with pytest.raises(ConfigError, match="must be finite"):
            check_values({"r1.weight": endless}, ["r1.weight"])


def test_a_knob_is_given_back_to_its_schedule(multigan, trained, tmp_path):
    run = Run(shutil.copytree(trained, tmp_path / "0001-digits"))
    assert multigan("runs", "set", run.path, "r1.weight=0.5", "beta2=0.8").code == 0
    assert run.control()["set"] == {"r1.weight": 0.5, "beta2": 0.8}
    assert multigan("runs", "set", run.path, "r1.weight=null", "beta2=schedule").code == 0
    assert run.control()["set"] == {"r1.weight": None, "beta2": None}
    assert "null" in multigan("runs", "set", "--help").out


def test_values_that_are_no_numbers_are_one_line(multigan, trained):
    for value in ("NaN", "Infinity", "1e400", "high"):
        said = multigan("runs", "set", trained, f"learning_rate={value}")
        assert said.code == 1
        assert "learning_rate" in said.err
        assert said.err.count("\n") == 1
    assert not Run(trained).control_file.exists()


def test_answers_are_sentences():
    assert sentence({"step": 5, "set": {"beta2": None, "r1.weight": 0.5}}) == (
        "Set at step 5: beta2 = schedule, r1.weight = 0.5"
    )
    assert sentence({"step": 5, "refused": "beta2=2: no"}) == "Refused at step 5: beta2=2: no"


def test_values_for_a_run_that_is_not_at_work_wait_for_it(multigan, tmp_path):
    multigan("train", "digits", "--steps", 1, "--out", tmp_path, *TINY)
    said = multigan("runs", "set", 1, "r1.weight=0.5", "--runs", tmp_path)
    assert said.code == 0
    assert "when it goes on" in said.out
    assert multigan("resume", 1, "--runs", tmp_path, "--steps", 2).code == 0
    assert Run.find(1, tmp_path).status()["knobs"]["r1.weight"] == 0.5


def test_compare_shows_only_what_differs(multigan, trained, tmp_path):
    multigan("train", "digits", "--steps", 1, "--seed", 3, "--out", tmp_path, *TINY)
    other = tmp_path / "0001-digits"
    compared = json.loads(multigan("runs", "compare", trained, other, "--json").out)
    assert compared["recipe"]["seed"] == [0, 3]
    assert "generator.width" not in compared["recipe"]
    assert compared["results"]["step"] == [STEPS, 1]
    assert "discriminator/adversarial" in multigan("runs", "compare", trained, other).out


def test_delete_wants_a_yes_and_refuses_a_busy_run(multigan, tmp_path, monkeypatch):
    multigan("train", "digits", "--steps", 1, "--out", tmp_path, *TINY)
    run = Run.find(1, tmp_path)
    monkeypatch.setattr("sys.stdin", StringIO())  # nobody is there to be asked
    assert "--yes" in multigan("runs", "delete", 1, "--runs", tmp_path).err
    with run.lock():
        said = multigan("runs", "delete", 1, "--yes", "--runs", tmp_path)
        assert said.code == 1
        assert "being trained" in said.err
    assert multigan("runs", "delete", 1, "--yes", "--runs", tmp_path).code == 0
    assert not run.path.exists()


def test_age_has_one_unit():
    assert age(None) == "–"
    assert age("2020-01-01T00:00:00+00:00").endswith(" d")
