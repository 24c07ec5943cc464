"""A batch is a function of (seed, position): not of where it began, nor of who shares it."""

import threading
from itertools import islice

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from multigan.data.source import TensorSource
from multigan.data.stream import Stream, epoch_spans, read_ahead
from multigan.errors import ConfigError, DataError


def numbers(count: int) -> TensorSource:
    """Samples that are their own indices, and labels that are ten times as much."""
    return TensorSource(torch.arange(count)[:, None], 10 * torch.arange(count))


def stream(count: int = 10, batch_size: int = 4, **options) -> Stream:
    return Stream(numbers(count), lambda raw: raw.float(), batch_size, **options)


def seen(stream: Stream, batches: int, start: int = 0) -> list[int]:
    return [int(x) for b in islice(stream.batches(start), batches) for x in b.samples]


@given(start=st.integers(0, 10**12), count=st.integers(0, 50), length=st.integers(1, 20))
def test_spans_name_every_position_once_and_in_order(start, count, length):
    spans = list(epoch_spans(start, start + count, length))
    positions = [epoch * length + row for epoch, a, b in spans for row in range(a, b)]
    assert positions == list(range(start, start + count))
    assert all(0 <= a < b <= length for _, a, b in spans)


def test_every_epoch_is_a_permutation_and_they_differ():
    epochs = torch.tensor(seen(stream(10, 4), 25)).view(10, 10)
    assert (epochs.sort(dim=1).values == torch.arange(10)).all()
    assert len({tuple(epoch.tolist()) for epoch in epochs}) == 10


def test_order_depends_on_the_seed_alone():
    assert seen(stream(seed=3), 5) == seen(stream(seed=3), 5)
    assert seen(stream(seed=3), 5) != seen(stream(seed=4), 5)


def test_the_users_random_state_is_left_alone():
    before = torch.get_rng_state()
    seen(stream(), 5)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("start", [1, 2, 3, 7, 1000])
def test_a_resumed_stream_goes_on_exactly(start):
    whole = stream()
    tail = [b.samples for b in islice(whole.batches(0), start, start + 3)]
    resumed = [b.samples for b in islice(stream().batches(start), 3)]
    assert all(torch.equal(a, b) for a, b in zip(tail, resumed, strict=True))


@pytest.mark.parametrize("world_size", [2, 3, 6])
def test_processes_share_the_batch_that_one_would_have(world_size):
    whole = list(islice(stream(10, 6).batches(2), 4))
    shares = [
        list(islice(stream(10, 6, rank=rank, world_size=world_size).batches(2), 4))
        for rank in range(world_size)
    ]
    for index, batch in enumerate(whole):
        parts = [share[index].samples for share in shares]
        assert torch.equal(torch.cat(parts), batch.samples)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_fewer_samples_than_a_batch_are_repeated_fairly(count):
    batch = next(stream(count, 12).batches())
    assert torch.equal(batch.samples.flatten().long().bincount(), torch.full((count,), 12 // count))


def test_samples_keep_their_conditions_and_are_encoded():
    batch = next(stream().batches())
    assert batch.samples.dtype == torch.float32
    assert torch.equal(batch.condition, 10 * batch.samples.flatten().long())


def test_only_two_orders_are_kept():
    endless = stream(4, 4)
    seen(endless, 9)
    assert len(endless._orders) <= 2


def test_the_order_waits_where_the_samples_are():
    whole = stream()
    assert whole.order(0).device.type == "cpu"
    whole.source = numbers(10).to("meta")  # a device that every machine has
    assert whole.order(1).device.type == "meta"
    assert whole.indices(3).device.type == "meta"


def test_a_source_without_labels_gives_no_condition():
    source = TensorSource(torch.zeros(3, 2))
    assert next(Stream(source, torch.Tensor.float, 2).batches()).condition is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 5, "world_size": 2}, "multiple of 2"),
        ({"batch_size": 0}, "multiple of 1"),
        ({"rank": 2, "world_size": 2}, "not one of 0 to 1"),
    ],
)
def test_impossible_shares_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        stream(**options)


def test_an_empty_source_and_a_negative_start_are_refused():
    with pytest.raises(DataError, match="no samples"):
        stream(0)
    with pytest.raises(ConfigError, match="counted from 0"):
        next(stream().batches(-1))


def test_reading_ahead_changes_nothing_but_the_time():
    assert list(islice(read_ahead(lambda index: index * index, 3), 4)) == [9, 16, 25, 36]


def test_an_error_while_reading_ahead_arrives_where_it_belongs():
    reading = read_ahead(lambda index: 6 // (2 - index), 0)
    assert [next(reading), next(reading)] == [3, 6]
    with pytest.raises(ZeroDivisionError):
        next(reading)


def test_closing_leaves_no_thread_behind():
    reading = read_ahead(lambda index: index, 0)
    next(reading)
    assert [t for t in threading.enumerate() if t.name.startswith("multigan-read")]
    reading.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("multigan-read")]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_the_device_sees_the_same_batches_however_they_get_there(tmp_path, monkeypatch):
    expected = seen(stream(), 6)
    assert seen(stream(device="cuda"), 6) == expected  # resident
    monkeypatch.setattr("multigan.data.source.DEVICE_SHARE", 0)
    assert seen(stream(device="cuda"), 6) == expected  # read ahead in a thread


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_batches_that_lie_on_the_device_never_wait_for_it():
    source = numbers(10)
    batches = Stream(source, torch.Tensor.float, 4, device="cuda").batches()
    expected = seen(stream(), 9)
    torch.cuda.set_sync_debug_mode("error")
    try:
        made = list(islice(batches, 9))  # more than three epochs
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert [int(x) for batch in made for x in batch.samples] == expected
