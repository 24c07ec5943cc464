"""The doctor's bench: its arithmetic, and that the saved results are those of the document."""

from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.doctor.clinic import ANY, Case, judge
from multigan.errors import ConfigError
from multigan.runs.health.findings import LASTING, PATIENCE, WARM_UP

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
GOOD = {"coverage": 0.95, "diversity": 1.0, "movement": 0.1}
LOST = GOOD | {"coverage": 0.3}


def case(kept: float, history: list[dict], *, seed: int = 0, share: float = 0.05) -> Case:
    return Case("ring: chase", seed, True, kept, share, tuple(history))


def test_alarms_are_set_beside_what_became_of_the_runs():
    ill_and_found = case(0.2, [GOOD] * WARM_UP + [LOST] * LASTING)
    ill_and_missed = case(0.2, [GOOD] * (WARM_UP + LASTING))
    well_with_a_bad_spell = case(1.0, [GOOD] * WARM_UP + [LOST] * PATIENCE + [GOOD])
    in_between = case(0.8, [LOST] * 20)
    trusts = judge([ill_and_found, ill_and_missed, well_with_a_bad_spell, in_between])
    coverage = next(trust for trust in trusts if trust.alarm == "coverage")
    assert (coverage.raised, coverage.right, coverage.precision) == (1, 1, 1.0)
    assert (coverage.expected, coverage.found, coverage.recall) == (2, 1, 0.5)
    assert (coverage.passing, coverage.healed, coverage.needless) == (1, 1, 0)
    assert trusts[-1].alarm == ANY
    oscillation = next(trust for trust in trusts if trust.alarm == "oscillation")
    assert oscillation.precision is None
    assert oscillation.recall == 0


def test_inspections_take_no_longer_than_the_training_they_are_part_of():
    assert Case.from_json(case(0.2, [LOST]).to_json()) == case(0.2, [LOST])
    with pytest.raises(ConfigError, match=r"chase, seed 3: inspections cannot take 1\.2 of"):
        case(0.2, [LOST], seed=3, share=1.2)


def test_the_document_has_what_the_saved_results_say(capsys):
    saved = BENCHMARKS / "results" / "doctor.json"
    assert main(["doctor", "--from", str(saved)]) == 0
    document = (BENCHMARKS / "RESULTS.md").read_text()
    for line in capsys.readouterr().out.splitlines():
        assert line.strip() in document
