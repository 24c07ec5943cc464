"""curves.json: what it keeps of a log, and when it is written."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multigan.runs.curves import thinned
from multigan.runs.folder import RunFolder


def known(series):
    return [value for value in series if value is not None]


def test_a_short_log_is_kept_as_it_is():
    rows = [{"step": 10 * i, "a/b": i / 2, "seconds": 1.0, "samples": i} for i in range(1, 4)]
    assert thinned(rows) == {"steps": [10, 20, 30], "series": {"a/b": [0.5, 1.0, 1.5]}}


def test_rows_of_one_step_are_one_point_and_gaps_stay_gaps():
    rows = [{"step": 1, "a/b": 1.0}, {"step": 2, "a/b": 2.0}, {"step": 2, "metric/c": 3.0}]
    assert thinned(rows) == {
        "steps": [1, 2],
        "series": {"a/b": [1.0, 2.0], "metric/c": [None, 3.0]},
    }


def test_what_is_no_number_of_a_series_is_left_out():
    row = {"step": 1, "set": {"r1.weight": 2.0}, "a/b": True, "c/d": math.nan, "e/f": 1}
    assert thinned([row, {"step": 2, "rollback": "so"}])["series"] == {"e/f": [1.0]}


def test_a_spike_in_a_long_log_survives():
    rows = [{"step": i, "a/b": 100.0 if i == 7777 else math.sin(i)} for i in range(1, 20_001)]
    result = thinned(rows)
    assert len(result["steps"]) <= 500
    assert max(result["series"]["a/b"]) == 100.0
    spike = result["steps"][result["series"]["a/b"].index(100.0)]
    assert abs(spike - 7777) < 20_000 / 100


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=200), st.integers(4, 40))
def test_extremes_survive_within_the_limit(values, limit):
    result = thinned([{"step": i, "a/b": v} for i, v in enumerate(values)], limit)
    steps, series = result["steps"], known(result["series"]["a/b"])
    assert len(steps) <= limit
    assert len(steps) >= min(len(values), limit // 2)
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0, len(values) - 1)
    assert max(series) == pytest.approx(max(values), rel=1e-5)
    assert min(series) == pytest.approx(min(values), rel=1e-5)


def test_a_metric_measured_seldom_keeps_its_values():
    rows = [{"step": i, "a/b": float(i)} for i in range(1, 5001)]
    rows += [{"step": i, "metric/c": float(i)} for i in range(500, 5001, 500)]
    rows.sort(key=lambda row: row["step"])
    assert known(thinned(rows)["series"]["metric/c"]) == [500.0 * i for i in range(1, 11)]


def test_the_file_follows_the_log_and_is_complete_when_the_run_halts(tmp_path):
    run = RunFolder(tmp_path)
    for step in range(1, 101):
        run.append_metrics({"step": step, "a/b": float(step)})
    on_disk = json.loads((tmp_path / "curves.json").read_text())
    assert on_disk["steps"][0] == 1
    assert len(on_disk["steps"]) < 100  # not written a hundred times
    run.write_status("paused")
    assert json.loads((tmp_path / "curves.json").read_text())["steps"][-1] == 100


def test_a_resumed_run_goes_on_with_the_curves_up_to_its_checkpoint(tmp_path):
    for step in (1, 2, 3):
        RunFolder(tmp_path).append_metrics({"step": step, "a/b": float(step)})
    resumed = RunFolder(tmp_path)
    resumed.forget_after(2)
    resumed.append_metrics({"step": 3, "a/b": 9.0})
    resumed.write_status("stopped")
    series = json.loads((tmp_path / "curves.json").read_text())["series"]
    assert series == {"a/b": [1.0, 2.0, 9.0]}


def test_there_is_one_reader_and_it_knows_runs_without_the_file(tmp_path):
    run = RunFolder(tmp_path)
    for step in (1, 2):
        run.append_metrics(
            {"step": step, "a/b": step / 2, **({"metric/c": 3.0} if step == 2 else {})}
        )
    run.write_status("stopped")
    read = RunFolder(tmp_path).read_curves()
    assert read == {"a/b": [(1, 0.5), (2, 1.0)], "metric/c": [(2, 3.0)]}
    run.curves.path.unlink()
    assert RunFolder(tmp_path).read_curves() == read
    assert RunFolder(tmp_path / "none").read_curves() == {}
