"""Curves grow with metrics.jsonl, whatever happens to it."""

import json

import numpy as np
import pytest

from multigan.notebook.curves import Curves, extremes
from multigan.runs.folder import RunFolder


@pytest.fixture
def run(tmp_path) -> RunFolder:
    return RunFolder(tmp_path)


def test_only_whole_new_rows_are_read(run):
    curves = Curves(run.metrics_file)
    assert not curves.refresh()
    run.append_metrics({"step": 1, "generator/adversarial": 0.5, "seconds": 3.0})
    with run.metrics_file.open("a") as file:
        file.write('{"step": 2, "generator/adv')  # a writer at work
    assert curves.refresh()
    assert not curves.refresh()
    with run.metrics_file.open("a") as file:
        file.write('ersarial": 0.25}\n')
    assert curves.refresh()
    steps, values = curves.points("generator/adversarial")
    assert curves.names() == ["generator/adversarial"]
    assert (steps.tolist(), values.tolist()) == ([1, 2], [0.5, 0.25])


def test_a_resumed_run_that_forgets_starts_the_curves_anew(run):
    curves = Curves(run.metrics_file)
    for step in range(6):
        run.append_metrics({"step": step, "d/adversarial": float(step)})
    curves.refresh()
    run.forget_after(2)
    run.append_metrics({"step": 3, "d/adversarial": 9.0})
    assert curves.refresh()
    assert curves.points("d/adversarial")[1].tolist() == [0, 1, 2, 9]


def test_events_are_told_in_words(run):
    run.append_metrics({"step": 3, "set": {"r1.weight": 0.5, "r2.weight": None}})
    run.append_metrics({"step": 4, "rollback": "Rolled back to step 2."})
    run.append_metrics({"step": 5, "refused": "r1.weight=-1: it must be at least 0."})
    curves = Curves(run.metrics_file)
    curves.refresh()
    assert curves.events == [
        (3, "Set at step 3: r1.weight = 0.5, r2.weight = schedule"),
        (4, "Rolled back to step 2."),
        (5, "Refused at step 5: r1.weight=-1: it must be at least 0."),
    ]


def test_a_damaged_row_is_passed_over(run):
    run.metrics_file.write_text("[1]\nnonsense\n" + json.dumps({"step": 1, "g/a": 2.0}) + "\n")
    curves = Curves(run.metrics_file)
    curves.refresh()
    assert curves.newest() == {"g/a": 2.0}


@pytest.mark.parametrize("count", [1, 400, 401, 9999])
def test_extremes_keep_every_spike(count):
    values = np.random.default_rng(0).normal(size=count)
    kept = extremes(values, 400)
    assert len(kept) <= 400
    assert (np.diff(kept) > 0).all()
    assert {values.argmin(), values.argmax()} <= set(kept.tolist())
