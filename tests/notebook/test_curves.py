"""Curves grow with curves.json and events with metrics.jsonl, whatever happens to them."""

import json
import time

import pytest

from multigan.notebook.logged import Curves
from multigan.runs.folder import RunFolder


@pytest.fixture
def run(tmp_path) -> RunFolder:
    return RunFolder(tmp_path)


def log(run: RunFolder, **row) -> None:
    run.append_metrics(row)
    run.curves.flush()


def test_curves_are_read_again_when_they_have_changed(run):
    curves = Curves(run)
    assert not curves.refresh()
    log(run, step=1, **{"generator/adversarial": 0.5, "steps_per_second": 3.0})
    assert curves.refresh()
    assert not curves.refresh()
    log(run, step=2, **{"generator/adversarial": 0.25})
    assert curves.refresh()
    steps, values = curves.points("generator/adversarial")
    assert curves.names() == ["generator/adversarial"]
    assert (steps.tolist(), values.tolist()) == ([1, 2], [0.5, 0.25])
    assert (str(steps.dtype), str(values.dtype)) == ("float32", "float32")


def test_only_whole_new_rows_are_read(run):
    curves = Curves(run)
    log(run, step=1, set={"r1.weight": 1.0})
    with run.metrics_file.open("a") as file:
        file.write('{"step": 2, "set": {"r1.')  # a writer at work
    assert curves.refresh()
    assert not curves.refresh()
    with run.metrics_file.open("a") as file:
        file.write('weight": 2}}\n')
    assert curves.refresh()
    assert [step for step, _ in curves.events] == [1, 2]


def test_a_log_of_two_hundred_thousand_rows_costs_next_to_nothing(run):
    row = '{"step": %d, "generator/adversarial": 0.5, "discriminator/adversarial": 1.25}\n'
    run.metrics_file.write_text("".join(row % step for step in range(200_000)))
    run.curves.path.write_text('{"steps": [1], "series": {"generator/adversarial": [0.5]}}')
    start = time.process_time()
    assert Curves(run).refresh()
    assert time.process_time() - start < 1.0


def test_a_resumed_run_that_forgets_starts_the_curves_anew(run):
    curves = Curves(run)
    for step in range(6):
        log(run, step=step, **{"d/adversarial": float(step)})
    log(run, step=5, set={"r1.weight": 1.0})
    curves.refresh()
    run.forget_after(2)
    log(run, step=3, **{"d/adversarial": 9.0})
    assert curves.refresh()
    assert curves.points("d/adversarial")[1].tolist() == [0, 1, 2, 9]
    assert curves.events == []


def test_events_are_told_in_words(run):
    run.append_metrics({"step": 3, "set": {"r1.weight": 0.5, "r2.weight": None}})
    run.append_metrics({"step": 4, "rollback": "Rolled back to step 2."})
    run.append_metrics({"step": 5, "refused": "r1.weight=-1: it must be at least 0."})
    curves = Curves(run)
    curves.refresh()
    assert curves.events == [
        (3, "Set at step 3: r1.weight = 0.5, r2.weight = schedule"),
        (4, "Rolled back to step 2."),
        (5, "Refused at step 5: r1.weight=-1: it must be at least 0."),
    ]


def test_a_damaged_row_is_passed_over_and_an_old_run_has_curves_too(run):
    run.metrics_file.write_text("[1]\nnonsense\n" + json.dumps({"step": 1, "g/a": 2.0}) + "\n")
    curves = Curves(run)
    curves.refresh()
    assert curves.points("g/a")[1].tolist() == [2.0]
