"""A run that is made sick, what the doctor says of it, and what healing does."""

import json
import shutil

import pytest
import torch

from multigan import ImageTrainer
from multigan.cli import main
from multigan.errors import RunError
from multigan.runs.checkpoint import load_checkpoint
from multigan.runs.folder import RunFolder, checkpoint_step
from multigan.runs.heal import begin_again, check_remedy, last_healthy, wanted
from multigan.runs.health.findings import PATIENCE, WARM_UP
from multigan.runs.run import Run
from tests.cli.conftest import TINY

ALARM = WARM_UP + PATIENCE  # inspections until the first alarm can stand
EVERY_STEP = ("--set", "health_every=1", "--set", "log_every=2", "--set", "look_every=0")
# Batch norm's statistics would move the samples even if no weight does.
STILL = (
    "--set",
    "generator.norm=none",
    "--set",
    "optimizers.generator.learning_rate=0",
    "--set",
    "schedules.learning_rate=null",
)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory) -> RunFolder:
    """A run whose generator never moved, with checkpoints from before the alarm stood."""
    root = tmp_path_factory.mktemp("runs")
    more = ("--set", "checkpoint_every=4", "--set", "conditional=false")
    words = ("--steps", ALARM, "--out", root, *TINY, *EVERY_STEP, *STILL, *more)
    assert main(["train", "digits", *map(str, words)]) == 0
    return RunFolder(root / "0001-digits")


@pytest.fixture
def sick(stopped, tmp_path) -> RunFolder:
    """A copy of it, to be healed."""
    return RunFolder(shutil.copytree(stopped.path, tmp_path / stopped.name))


def finding(run: RunFolder, name: str) -> dict:
    written = json.loads(run.health_file.read_text())
    return next(one for one in written["findings"] if one["name"] == name)


def test_health_json_is_what_others_read(sick):
    found = finding(sick, "dead_generator")
    assert (found["severity"], found["value"]) == ("alarm", 0.0)
    assert "moved by 0.0e+00" in found["text"]
    assert {"name", "text", "knobs"} <= set(found["remedy"])
    assert "The generator has stopped" in (sick.path / "report.html").read_text()


def _healed(run: RunFolder) -> str:
    return next(row["heal"] for row in run.metrics() if "heal" in row)


def test_a_dry_run_only_talks(multigan, sick):
    said = multigan("runs", "heal", sick.path, "--dry-run", "--remedy", "roll_back")
    assert said.code == 0
    assert "alarm: The generator has stopped" in said.err
    assert "last healthy checkpoint" in said.err
    assert not (sick.path.parent / "0002-digits").exists()


def test_rolling_back_begins_a_new_run_with_half_the_rates(multigan, sick):
    said = multigan("runs", "heal", sick.path, "--remedy", "roll_back")
    assert said.code == 0, said.err
    new = RunFolder(sick.path.parent / "0002-digits")
    assert new.status()["state"] == "finished"
    assert "Goes on from step 4 of run 0001-digits. Go back" in _healed(new)
    saved = load_checkpoint(new.checkpoint_folders()[-1])
    assert saved["progress"]["learning_rate_scale"] == 0.5
    assert sick.status()["step"] == ALARM, "the sick run was changed"


def test_a_run_without_a_healthy_checkpoint_starts_anew_and_says_so(multigan, sick):
    for folder in sick.checkpoint_folders():
        if checkpoint_step(folder) < ALARM:
            shutil.rmtree(folder)
    said = multigan("runs", "heal", sick.path, "--remedy", "roll_back")
    assert said.code == 0, said.err
    told = _healed(RunFolder(sick.path.parent / "0002-digits"))
    assert "has no checkpoint from before it fell ill" in told
    assert told.endswith("starts anew, with half the learning rates.")
    assert "Goes on" not in told


@pytest.mark.parametrize(
    ("states", "step"),
    [
        (["warning"] * 6 + ["alarm"] * 3, 4),  # raised at 7, it showed at 5 first
        (["ok"] * 4 + ["warning"] * 2 + ["alarm"] * 3, 4),
        (["alarm"] * 6 + ["ok"] + ["warning"] * 2, 8),  # it has passed
        (["alarm"] * 4 + ["ok"] * 4 + ["alarm"], 8),  # another one, while the warm-up is over
        (["alarm"] * 9, None),
        (["warning"] * 9, 8),
        ([], 8),
    ],
)
def test_healthy_is_what_came_before_the_alarm_that_stands(sick, states, step):
    """Checkpoints are of steps 4, 8 and 9, the last."""
    rows = [{"step": 1 + i, "health": state} for i, state in enumerate(states)]
    sick.metrics_file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = last_healthy(Run(sick.path))
    assert (found and checkpoint_step(found)) == step


def test_packing_keeps_the_generator_and_begins_the_discriminator_anew(multigan, sick):
    health = json.loads(sick.health_file.read_text())
    pack = {
        "name": "pack",
        "text": "Pack.",
        "knobs": {},
        "changes": {"pack": 2},
        "needs_fork": True,
    }
    health["findings"][0] |= {"severity": "alarm", "remedy": pack}
    sick.health_file.write_text(json.dumps(health))
    said = multigan("runs", "heal", sick.path, "--remedy", "pack")
    assert said.code == 0, said.err
    new = RunFolder(sick.path.parent / "0002-digits")
    old, packed = (load_checkpoint(run.checkpoint_folders()[-1]) for run in (sick, new))
    generator = [name for name in old["objective"] if name.startswith("generator.")]
    for name in generator:  # which stood still, so it is the same
        assert torch.equal(old["objective"][name], packed["objective"][name]), name
    steps = {
        player: {float(state["step"]) for state in optimizer["state"].values()}
        for player, optimizer in packed["optimizers"].items()
    }
    assert steps == {"generator": {ALARM}, "discriminator": {ALARM - 4}}
    assert any(name.startswith("discriminator.discriminator.") for name in packed["objective"])


def test_knobs_are_asked_for(multigan, sick):
    health = json.loads(sick.health_file.read_text())
    knobs = {"r1.weight": 0.06}
    turn = {"name": "penalty", "text": "Turn.", "knobs": knobs, "changes": {}, "needs_fork": False}
    health["findings"] = [health["findings"][0] | {"severity": "alarm", "remedy": turn}]
    sick.health_file.write_text(json.dumps(health))
    said = multigan("runs", "heal", sick.path)
    assert said.code == 0
    assert "multigan resume" in said.err
    assert sick.control()["set"] == knobs


def test_training_heals_itself_when_asked(multigan, tmp_path):
    words = ("--steps", 30, "--out", tmp_path, *TINY, *EVERY_STEP, *STILL)
    no_knobs = ("--set", "regularizers.r1=null", "--set", "regularizers.r2=null")
    said = multigan("train", "digits", "--heal", *words, *no_knobs)
    assert said.code == 0, said.err
    first = RunFolder(tmp_path / "0001-digits")
    status = first.status()
    assert "Stopped: unwell" in status["message"]
    assert finding(first, status["stopped_for"]["finding"])["remedy"]["needs_fork"]
    second = RunFolder(tmp_path / "0002-digits")
    assert _healed(second)
    assert json.loads(second.recipe_file.read_text())["heal"] is True


def test_the_new_run_gets_the_remedy_for_which_the_old_one_stopped(sick):
    penalty = {"name": "penalty", "text": "Turn.", "changes": {}, "needs_fork": False}
    pack = {"name": "pack", "text": "Pack.", "knobs": {}, "changes": {"pack": 2}}
    pack["needs_fork"] = True
    found = [
        {"name": "support", "severity": "alarm", "text": "Sick.", "remedy": penalty, "looks": 3},
        {"name": "coverage", "severity": "alarm", "text": "Sicker.", "remedy": pack, "looks": 8},
    ]
    sick.health_file.write_text(json.dumps({"findings": found}))
    assert wanted(Run(sick.path)) is None
    sick.write_status("stopped", message="Stopped: unwell: Sicker. Pack.")
    assert wanted(Run(sick.path)) is None, "a sentence decides nothing"
    for name, remedy in (("coverage", pack), ("support", None)):
        sick.write_status("stopped", stopped_for={"finding": name, "remedy": "pack"})
        assert wanted(Run(sick.path)) == remedy


def test_a_run_at_work_is_not_stopped_for_a_remedy_that_cannot_be_built(multigan, sick):
    remedy = {
        "name": "pack",
        "text": "Pack.",
        "changes": {"pack": 3},  # of a batch of 8
        "needs_fork": True,
    }
    health = {"findings": [finding(sick, "coverage") | {"remedy": remedy}]}
    sick.health_file.write_text(json.dumps(health))
    with sick.lock():
        said = multigan("runs", "heal", sick.path)
        assert said.code == 1
        assert "cannot be packed by 3" in said.err
        sick.health_file.write_text(sick.health_file.read_text().replace('"pack": 3', '"pack": 2'))
        assert "Stop it first" in multigan("runs", "heal", sick.path).err


def test_data_given_in_python_is_asked_for_before_anything_is_stopped(tmp_path):
    pixels = torch.zeros(16, 1, 8, 8, dtype=torch.uint8)
    changes = {"generator.width": 4, "discriminator.width": 4, "batch_size": 8}
    run = ImageTrainer(pixels, steps=1, out=tmp_path, changes=changes).fit()
    remedy = {"name": "pack", "text": "Pack.", "changes": {"pack": 2}, "needs_fork": True}
    for refused in (check_remedy, begin_again):
        with pytest.raises(RunError, match="learns from data given in Python"):
            refused(run, remedy)
    check_remedy(run, remedy, data=pixels)
    assert [folder.name for folder in tmp_path.iterdir()] == [run.name]


@pytest.mark.parametrize(
    ("health", "message"),
    [
        (None, "has not been inspected yet"),
        ({"step": 1, "findings": [{"name": "x", "severity": "ok", "remedy": None}]}, "is well"),
    ],
)
def test_who_is_well_or_unknown_is_not_healed(multigan, trained, tmp_path, health, message):
    run = shutil.copytree(trained, tmp_path / "0009-digits")
    (run / "health.json").unlink(missing_ok=True)
    if health:
        (run / "health.json").write_text(json.dumps(health))
    said = multigan("runs", "heal", run)
    assert said.code == 1
    assert message in said.err


def test_an_unknown_remedy_is_said_with_those_there_are(multigan, sick):
    said = multigan("runs", "heal", sick.path, "--remedy", "prayer")
    assert said.code == 1
    assert "but: " in said.err
    assert "roll_back" in said.err
