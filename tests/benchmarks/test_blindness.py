"""What the bench of the blindness alarm says of runs whose numbers are given."""

from benchmarks.blindness import KINDS, verdict


def row(blind: bool, fresh: float, own: float) -> dict:
    return {"blind": blind, "fresh": fresh, "own": own}


def test_precision_and_recall_are_counted_and_harmless_blindness_apart():
    rows = [
        row(True, 0.99, 0.5),  # found
        row(True, 0.99, 0.95),  # missed
        row(True, 0.6, 0.5),  # no harm
        row(False, 0.99, 0.9),
        row(False, 0.99, 0.4),  # a false alarm
    ]
    found = "5 runs, 3 of them made blind, 1 of these without harm: precision 1 of 2, recall 1 of 2"
    assert verdict(rows).startswith(found)


def test_points_have_only_what_is_done_to_a_game():
    assert {name for name, kind in KINDS.items() if not kind.for_points} == {
        "non-saturating",
        "one filter",
    }
