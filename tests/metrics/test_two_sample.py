"""The two-sample test: closed forms of its area, and what a fresh network must and must not see."""

import pytest
import torch

from multigan.errors import MeasureError, ShapeError
from multigan.metrics import Features, evaluate
from multigan.metrics.two_sample import Judged, held_out_auc, reduced, two_sample_test

N = 240


def draws(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def auc(real: torch.Tensor, fake: torch.Tensor) -> float:
    return two_sample_test(Judged(real), Judged(fake), steps=60).auc


def test_the_area_is_the_share_of_pairs_in_order_and_ties_are_half():
    real, fake = torch.tensor([3.0, 1.0, 2.0]), torch.tensor([0.0, 2.0])
    pairs = [(r > f) + 0.5 * (r == f) for r in real for f in fake]
    assert held_out_auc(real, fake).auc == pytest.approx(float(sum(pairs)) / 6)
    assert held_out_auc(real, real).auc == 0.5
    assert held_out_auc(real + 9, fake) == (1.0, 0.0)


def test_its_error_is_that_of_many_draws():
    areas, errors = zip(
        *(held_out_auc(draws(60, seed=s) + 1, draws(40, seed=s + 999)) for s in range(300)),
        strict=True,
    )
    assert torch.tensor(areas).std().item() == pytest.approx(sum(errors) / 300, rel=0.15)


@pytest.mark.parametrize("shape", [(3,), (2, 96), (1, 8, 12)], ids=str)
def test_samples_of_one_distribution_are_not_told_apart_and_others_are(shape):
    real, same = draws(N, *shape), draws(N, *shape, seed=1)
    assert auc(real, same) == pytest.approx(0.5, abs=0.15)  # 3 errors of 120 a side
    assert auc(real, 1.5 + same) > 0.9  # of three numbers nobody gets more than .967


def test_of_tokens_their_order_is_seen():
    tokens = torch.randint(9, (N, 6), generator=torch.Generator().manual_seed(0))
    assert auc(tokens[: N // 2], tokens[N // 2 :]) == pytest.approx(0.5, abs=0.2)
    assert auc(tokens, tokens.sort(1).values) > 0.9


def test_a_sample_of_the_wrong_class_is_seen_only_where_classes_are_told():
    classes = torch.arange(N) % 2
    real = draws(N, 4) + 3 * classes[:, None]
    fake = draws(N, 4, seed=1) + 3 * (1 - classes)[:, None]
    assert auc(real, fake) == pytest.approx(0.5, abs=0.15)
    assert two_sample_test(Judged(real, classes), Judged(fake, classes)).auc > 0.95


def test_the_answer_depends_on_the_seed_alone_and_draws_nothing_of_the_users():
    real, fake = Judged(draws(40, 2)), Judged(draws(40, 2, seed=1))
    torch.manual_seed(5)
    first = two_sample_test(real, fake, seed=3, steps=5)
    drawn = torch.rand(())
    torch.manual_seed(5)
    assert torch.rand(()) == drawn
    assert two_sample_test(real, fake, seed=3, steps=5) == first


def test_large_samples_are_looked_at_from_farther_away():
    assert reduced(torch.zeros(1, 3, 200, 40)).shape == (1, 3, 64, 40)
    assert reduced(torch.zeros(1, 1, 9999)).shape == (1, 1, 4096)
    tokens = torch.zeros(1, 9999, dtype=torch.int64)
    assert reduced(tokens) is tokens


def test_what_cannot_be_asked_is_said():
    with pytest.raises(MeasureError, match="8 samples a side, not 7"):
        two_sample_test(Judged(draws(9, 2)), Judged(draws(7, 2)))
    with pytest.raises(ShapeError, match="like"):
        two_sample_test(Judged(draws(9, 2)), Judged(draws(9, 3)))


def test_as_a_metric_real_samples_stand_beside_it():
    real, fake = (Features(draws(N, 4, seed=s) + 2 * s) for s in (0, 1))
    (result,) = evaluate(real, fake, ["two-sample-auc"], split="test")
    assert result.value > 0.95
    assert result.control == pytest.approx(0.5, abs=0.25)
