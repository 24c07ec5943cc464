"""Work in threads comes back in order, never far ahead, and stops when nobody wants it."""

import threading

import pytest

from multigan.data.parallel import chunks, map_in_order, num_threads


def workers() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name.startswith("multigan-decode")]


def test_results_come_in_order():
    assert list(map_in_order(lambda x: x * x, range(100))) == [x * x for x in range(100)]
    assert list(map_in_order(lambda x: x, [])) == []


def test_only_a_few_inputs_are_taken_ahead():
    taken = []
    results = map_in_order(lambda x: x, (taken.append(x) or x for x in range(1000)))
    next(results)
    results.close()
    assert len(taken) <= 2 * num_threads() + 1
    assert workers() == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_in_the_inputs_or_in_the_work_stops_everything(error):
    def broken(value: int) -> int:
        if value == 5:
            raise error
        return value

    for results in (map_in_order(broken, range(9)), map_in_order(int, map(broken, range(9)))):
        with pytest.raises(error):
            list(results)
        assert workers() == []


def test_chunks_hold_everything_once():
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(chunks([], 2)) == []
