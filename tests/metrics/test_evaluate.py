"""Results carry their circumstances, and no number borrows the name of another."""

import json

import pytest
import torch
from torch import nn

from multigan.errors import ConfigError, UnknownNameError
from multigan.metrics import (
    METRICS,
    Features,
    MetricOptions,
    MetricResult,
    ModuleExtractor,
    RealBaseline,
    evaluate,
    frechet_distance,
    precision_recall,
)
from multigan.metrics.evaluation import metrics_of

RANDOM_CONV = {"name": "random-conv", "weights": None, "resize": "none", "seed": 0}
INCEPTION = {"name": "inception", "weights": "sha256:0", "resize": "299x299", "inception": True}


def features(count: int = 80, *, seed: int = 0, shift: float = 0.0, extractor=None) -> Features:
    generator = torch.Generator().manual_seed(seed)
    return Features(
        torch.randn(count, 6, generator=generator) + shift,
        logits=torch.randn(count, 3, generator=generator) * 3,
        labels=torch.arange(count) % 3,
        extractor=extractor or RANDOM_CONV,
    )


def only(results: list[MetricResult]) -> MetricResult:
    (result,) = results
    return result


@pytest.mark.parametrize("name", metrics_of("features"))
def test_every_metric_states_its_circumstances(name):
    real, fake = features(90), features(80, seed=1, shift=0.2)
    result = only(evaluate(real, fake, [name], split="test", options=MetricOptions(seed=4)))
    assert (result.n_real, result.n_fake) == (90, 80)
    assert result.n_control == (80 if METRICS[name].alone else 45)
    assert (result.split, result.resize, result.seed) == ("test", "none", 4)
    assert result.extractor["name"] == "random-conv"
    assert result.label.endswith("(random-conv)")
    assert json.loads(json.dumps(result.to_json(), allow_nan=False))["label"] == result.label
    for stated in ("N=80 against 90 test", "resize none", "real samples get"):
        assert stated in str(result)


@pytest.mark.parametrize("name", metrics_of("features"))
def test_every_metric_repeats_itself(name):
    real, fake = features(60), features(60, seed=1)
    assert evaluate(real, fake, [name], split="test") == evaluate(real, fake, [name], split="test")


@pytest.mark.parametrize(
    "name", [n for n in metrics_of("features") if METRICS[n].lower_is_better is not None]
)
def test_every_metric_prefers_the_data_to_collapse(name):
    real = features(90)
    sure = torch.eye(3)[real.labels] * 9
    real = Features(real.features + 9 * sure[:, :1], sure, real.labels, RANDOM_CONV)
    collapsed = Features(
        torch.zeros(90, 6) + 3, torch.tensor([[9.0, 0, 0]]).repeat(90, 1), real.labels, RANDOM_CONV
    )
    good = only(evaluate(real, real, [name], split="train"))
    bad = only(evaluate(real, collapsed, [name], split="train"))
    assert bad.value > good.value if good.lower_is_better else bad.value < good.value


def test_values_are_those_of_the_functions():
    real, fake = features(), features(seed=1, shift=0.5)
    results = {r.name: r for r in evaluate(real, fake, ["frechet", "recall"], split="test")}
    assert results["frechet"].value == frechet_distance(real.features, fake.features)
    assert results["recall"].value == precision_recall(real.features, fake.features).recall
    assert (results["frechet"].k, results["recall"].k) == (None, 3)


def test_without_other_real_samples_the_control_is_one_half_against_the_other():
    real, fake = features(81), features(seed=1)
    left, right = real.halves(seed=0)
    expected = frechet_distance(left.features, right.features)
    result = only(evaluate(real, fake, ["frechet"], split="test"))
    assert (result.control, result.n_control) == (expected, 40)
    # N decides the number, so the value of as few generated samples stands beside the control.
    assert result.value_at_n_control == frechet_distance(left.features, fake.features[:40])
    assert result.value == frechet_distance(real.features, fake.features)
    without = only(evaluate(real, fake, ["frechet"], split="test", control=False))
    assert (without.control, without.n_control, without.value_at_n_control) == (None, None, None)


def test_json_keeps_the_names_that_its_readers_know():
    given = RealBaseline(features(50, seed=2), features(50, seed=3))
    result = only(evaluate(features(80), features(seed=1), ["frechet"], split="a", control=given))
    found = result.to_json()
    assert (found["matched"], found["floor"]) == (
        result.value_at_n_control,
        result.round_trip_bound,
    )
    assert not {"value_at_n_control", "round_trip_bound"} & set(found)
    assert None not in (found["matched"], found["floor"])


def test_other_real_samples_stand_in_the_generators_place_with_its_n():
    real, fake, other = features(90), features(80, seed=1, shift=0.4), features(200, seed=2)
    floor = features(200, seed=2, shift=0.1)
    names = ["frechet", "coverage", "different-bins", "score"]
    given = RealBaseline(other, floor, real_round_trip=real)
    results = {r.name: r for r in evaluate(real, fake, names, split="test", control=given)}
    assert {(r.n_control, r.value_at_n_control) for r in results.values()} == {(80, None)}
    distance = results["frechet"]
    assert distance.control == frechet_distance(real.features, other.features[:80])
    assert distance.round_trip_bound == frechet_distance(real.features, floor.features[:80])
    assert max(distance.control, distance.round_trip_bound) < distance.value
    # What looks at one set alone is measured on the real samples themselves.
    (alone,) = evaluate(real, real.first(80), ["score"], split="test", control=False)
    assert results["score"].control == results["score"].round_trip_bound == alone.value
    few = only(
        evaluate(real, fake, ["frechet"], split="test", control=RealBaseline(other.first(50)))
    )
    assert (few.n_control, few.value_at_n_control) == (
        50,
        frechet_distance(real.features, fake.features[:50]),
    )
    assert "(50 samples; generated:" in str(few)


def test_a_perfect_generator_scores_as_its_control_does():
    """The score of N sure and even samples grows with N: 6.7 for 150, 8.5 for 300."""

    def perfect(count: int) -> Features:
        labels = torch.arange(count) % 10
        return Features(torch.randn(count, 2), torch.eye(10)[labels] * 99, labels, RANDOM_CONV)

    (result,) = evaluate(perfect(300), perfect(300), ["score"], split="test")
    assert result.value == result.control
    assert result.value > 8.4


@pytest.mark.parametrize("name", ["FID", "fid", "KID", "IS", "Inception score"])
def test_inceptions_names_are_refused_on_other_features(name):
    with pytest.raises(
        ConfigError, match=r"name for features of the Inception network.*comparable"
    ):
        evaluate(features(), features(seed=1), [name], split="test")
    with pytest.raises(ConfigError, match="name for features of the Inception network"):
        MetricResult(
            name="frechet",
            title=name.upper() if len(name) == 3 else name,
            value=1.0,
            n_real=9,
            n_fake=9,
            split="test",
            extractor=RANDOM_CONV,
            seed=0,
            lower_is_better=True,
        )


def test_inceptions_names_are_given_to_inceptions_features():
    real, fake = features(extractor=INCEPTION), features(seed=1, extractor=INCEPTION)
    results = evaluate(real, fake, ["FID", "kernel", "is", "recall"], split="train")
    assert [result.name for result in results] == ["frechet", "kernel", "score", "recall"]
    assert [result.label for result in results] == ["FID", "KID", "IS", "recall (inception)"]
    assert str(results[0]).startswith("FID: ")
    assert "resize 299x299" in str(results[0])


def test_a_module_is_inception_only_if_somebody_says_so():
    points = torch.randn(20, 6, generator=torch.Generator().manual_seed(0))
    for declared, label in ((True, "FID"), (False, "Fréchet distance (module)")):
        seen = ModuleExtractor(nn.Linear(6, 4), inception=declared)(points)
        result = only(evaluate(seen, seen, ["frechet"], split="test"))
        assert result.label == label


def test_misuse_is_explained():
    real, fake = features(), features(seed=1)
    with pytest.raises(ConfigError, match=r"6 features wants at least 24 samples .* are 20"):
        evaluate(real.first(20), fake, ["frechet-extrapolated"], split="test")
    halves_too_few = only(evaluate(real.first(40), fake, ["frechet-extrapolated"], split="test"))
    assert halves_too_few.control is None
    with pytest.raises(UnknownNameError, match="Did you mean 'frechet'"):
        evaluate(real, fake, ["frchet"], split="test")
    with pytest.raises(ConfigError, match="same extractor"):
        evaluate(real, features(extractor=INCEPTION), split="test")
    assert only(evaluate(features(6), fake, ["precision"], split="test")).control is None
    bare = Features(fake.features, extractor=RANDOM_CONV)
    with pytest.raises(ConfigError, match="'classifier'"):
        evaluate(real, bare, ["score"], split="test")
    with pytest.raises(ConfigError, match="with_labels"):
        evaluate(real, bare, ["diversity"], split="test")
