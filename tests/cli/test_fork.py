"""`multigan fork`, from the shell."""

import json
import shutil

from tests.cli.conftest import STEPS


def test_fork_trains_a_new_run(multigan, trained, tmp_path):
    runs = tmp_path / "runs"
    shutil.copytree(trained, runs / trained.name)
    said = multigan("fork", 1, "--runs", runs, "--step", 2, "--knob", "r1.weight=0.5")
    assert said.code == 0, said.err
    facts = json.loads(multigan("runs", "show", 2, "--runs", runs, "--json").out)
    assert (facts["state"], facts["step"]) == ("finished", STEPS)
    assert (facts["parent"]["run"], facts["parent"]["step"]) == (trained.name, 2)
    assert facts["knobs"]["r1.weight"] == 0.5


def test_a_knob_that_there_is_not_is_refused(multigan, trained):
    said = multigan("fork", trained, "--step", 2, "--knob", "r1.wait=0.5")
    assert said.code == 1
    assert "Did you mean 'r1.weight'?" in said.err
