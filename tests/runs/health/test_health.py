"""The doctor: its numbers in closed form, its words, and that it changes nothing it looks at."""

import copy
import json
import math

import pytest
import torch
from torch import nn

from multigan.core.controllers import AdaptiveAugment
from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch
from multigan.core.packing import Packed
from multigan.core.prior import Prior
from multigan.core.regularizers import R1
from multigan.core.schedules import Schedule
from multigan.data.synthetic import Ring as RingSource
from multigan.errors import ConfigError
from multigan.modalities.image.networks.dcgan import DCGANDiscriminator
from multigan.modalities.shared.noise import InstanceNoise
from multigan.runs.folder import RunFolder
from multigan.runs.health import ALARMS, Doctor, Healer, Vitals, diagnose, make_reference, worst
from multigan.runs.health.findings import LASTING, PATIENCE, WARM_UP, Remedy
from multigan.runs.health.reference import spread
from multigan.runs.health.remedies import remedies_for
from multigan.runs.health.vitals import compare, gradient_ratio, memory, saturation
from tests.tiny import MLP, Ring, make_game, make_trainer


@pytest.fixture(scope="module")
def ring():
    """512 points of a ring of eight narrow modes, the modes in turns, and their reference."""
    points = RingSource().source(512, seed=1).raw
    return points, make_reference(points)


def told(samples, reference):
    return compare(reference.features(samples), None, reference, None)


# Numbers


def test_other_real_data_is_well(ring):
    _, reference = ring
    found = told(RingSource().source(512, seed=2).raw, reference)
    assert found["coverage"] > 0.95
    assert found["diversity"] == pytest.approx(1, abs=0.05)
    assert found["support"] == pytest.approx(1, abs=0.35)


@pytest.mark.parametrize("modes", [1, 2, 4, 6])
def test_coverage_is_the_share_of_the_data_whose_modes_are_left(ring, modes):
    _, reference = ring
    points = RingSource().source(4096, seed=2)
    left = points.raw[points.labels < modes][:512]
    assert told(left, reference)["coverage"] == pytest.approx(modes / 8, abs=0.13)


def test_one_point_again_and_again_is_one_distinct_sample(ring):
    points, reference = ring
    found = told(points[:1].expand(512, 2), reference)
    assert found["distinct"] == 1
    assert found["diversity"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("support", [5, 20, 60])
def test_the_birthday_paradox_counts_a_small_support(ring, support):
    """Uniform draws of n different things coincide with chance 1 / n; none of these are near."""
    _, reference = ring
    angle = torch.arange(support) * 2 * math.pi / support
    things = 20 * torch.stack([angle.cos(), angle.sin()], 1)
    with seeded("birthday"):
        draws = things[torch.randint(support, (512,))]
    assert told(draws, reference)["distinct"] == pytest.approx(support, rel=0.15)


def test_spread_within_classes_does_not_count_their_distance():
    features = torch.tensor([[0.0], [1.0], [10.0], [11.0]])
    classes = torch.tensor([0, 0, 1, 1])
    assert spread(features, classes) == pytest.approx(math.sqrt(4 * 0.25 / 3))
    assert spread(features, None) == pytest.approx(float(features.std()))


def test_movement_and_turnover_compare_with_the_last_inspection(ring):
    points, reference = ring
    features = reference.features(points)
    last = Vitals(1, **told(points, reference))
    still = compare(features, features, reference, last)
    assert (still["movement"], still["turnover"]) == (0, 0)
    gathered = compare(features[:1].expand(512, -1), features, reference, last)
    assert gathered["turnover"] > 0.8  # all into one region
    moved = compare(features + 2 * reference.scale, features, reference, last)
    assert moved["movement"] == pytest.approx(2 * math.sqrt(2), rel=1e-4)


@pytest.mark.parametrize("loss", ["non_saturating", "hinge", "relativistic", "minimax"])
def test_saturation_goes_from_zero_to_one_as_the_discriminator_grows_sure(loss):
    real, fake = torch.full((8, 1), 20.0), torch.full((8, 1), -20.0)
    assert saturation(LOSSES[loss], 0 * real, 0 * fake) == pytest.approx(0)
    assert saturation(LOSSES[loss], real, fake) > 0.99


def test_wasserstein_never_saturates():
    assert saturation(LOSSES["wasserstein"], torch.ones(4, 1) * 99, -torch.ones(4, 1)) == 0


def test_the_gradient_is_measured_against_the_weights():
    layer = nn.Linear(2, 1, bias=False)
    layer.weight.data = torch.tensor([[3.0, 4.0]])
    assert math.isnan(gradient_ratio(layer))
    layer.weight.grad = torch.tensor([[0.0, 10.0]])
    assert gradient_ratio(layer) == pytest.approx(2)


def test_memory_is_the_distance_of_the_means_in_deviations():
    logits = torch.linspace(-2, 2, 64)[:, None]
    scale = float(logits.std())
    assert memory(logits + scale / 2, logits) == pytest.approx(0.5)
    assert memory(10 * logits, 10 * logits + 10 * scale) == pytest.approx(-1)
    assert memory(torch.ones(9, 1), torch.ones(9, 1)) == 0


# Words


def ill(**numbers) -> Vitals:
    well = {
        "coverage": 0.95, "diversity": 1.0, "support": 1.0, "distinct": 200.0, "movement": 0.1,
        "turnover": 0.1, "saturation": 0.1, "generator_gradient": 0.1,
        "discriminator_gradient": 0.1, "memory": 0.0, "unseen": 200,
        "fresh_auc": 0.6, "own_auc": 0.6,
    }  # fmt: skip
    return Vitals(1, **(well | numbers))


SYMPTOMS = {
    "coverage": ({"coverage": 0.31}, "31%"),
    "diversity": ({"diversity": 0.05}, "5%"),
    "support": ({"support": 0.04, "distinct": 8.0}, "about 8 different"),
    "saturation": ({"saturation": 0.99}, "99% flat"),
    "oscillation": ({"turnover": 0.8}, "80%"),
    "vanishing_gradient": ({"generator_gradient": 1e-7, "saturation": 0.8}, "1.0e-07"),
    "dead_generator": ({"movement": 0.0}, "0.0e+00"),
    "memory": ({"memory": 0.43, "unseen": 200}, "0.43 deviations"),
    "blindness": ({"fresh_auc": 0.99, "own_auc": 0.55}, "44%"),
}


@pytest.mark.parametrize("name", [alarm.name for alarm in ALARMS])
def test_each_alarm_says_its_number_and_needs_patience(name):
    numbers, words = SYMPTOMS[name]
    cure = Remedy("roll_back", "Go back.")
    remedies = dict.fromkeys(["penalty", "pack", "add_penalties", "roll_back", "lighten"], cure)
    healthy = [ill()] * WARM_UP
    for count, severity in ((1, "warning"), (PATIENCE - 1, "warning"), (PATIENCE, "alarm")):
        findings = diagnose([*healthy, *[ill(**numbers)] * count], remedies)
        found = {finding.name: finding for finding in findings}
        assert found[name].severity == severity
        assert words in found[name].text
        assert found[name].remedy == cure
        assert all(f.severity == "ok" for f in findings if f.name != name), "another one fires"
    assert worst(findings) == "alarm"


def test_a_healthy_game_is_ok_and_gets_no_remedy():
    findings = diagnose([ill()] * 20, {"penalty": Remedy("penalty", "Turn.")})
    assert worst(findings) == "ok"
    assert all(finding.remedy is None for finding in findings)


def test_nothing_is_alarming_while_training_begins():
    assert worst(diagnose([ill(coverage=0.0)] * WARM_UP, {})) == "warning"


def test_few_samples_kept_aside_raise_no_alarm_of_memory():
    """The mean of 50 logits is known to a seventh of their deviation only."""
    findings = {one.name: one for one in diagnose([ill(memory=0.43, unseen=50)] * 20, {})}
    assert worst([*findings.values()]) == "ok"
    assert findings["memory"].severity == "unmeasured"
    assert "held-out split of 200" in findings["memory"].text


def test_what_coarse_features_cannot_see_is_not_claimed():
    said = {finding.name: finding.text for finding in diagnose([ill()], {})}
    for name in ("coverage", "diversity", "support"):
        assert "see no detail" in said[name]
    assert "Whether they look like it is not measured" in said["coverage"]


def test_a_discriminator_that_sees_less_where_there_is_little_to_see_is_well():
    assert worst(diagnose([ill(fresh_auc=0.75, own_auc=0.2)] * 20, {})) == "ok"
    assert worst(diagnose([ill(fresh_auc=0.9, own_auc=0.99)] * 20, {})) == "ok"


def test_nobody_acts_on_blindness_by_themselves():
    findings = diagnose([ill(fresh_auc=1.0, own_auc=0.5)] * 40, {})
    assert worst(findings) == "alarm"
    assert not any(finding.lasts for finding in findings)


def test_what_cannot_be_measured_is_no_symptom():
    findings = diagnose([Vitals(1)] * 20, {})
    assert worst(findings) == "unmeasured"
    assert {finding.severity for finding in findings} == {"unmeasured"}
    assert all(finding.value is None for finding in findings)
    assert json.dumps([finding.to_json() for finding in findings])


# Remedies


def offered(*args, conditional: bool = False, **more) -> dict[str, Remedy]:
    return remedies_for(make_trainer(*args, **more), conditional=conditional)


class Augmenting(nn.Identity):
    leaks_above = 0.8

    def __init__(self, strength: float):
        super().__init__()
        self.strength = strength


@pytest.mark.parametrize(("strength", "turned"), [(0.0, 0.2), (0.7, 0.8), (0.8, None)])
def test_more_augmentation_is_offered_up_to_where_generators_learn_it(strength, turned):
    remedy = offered(game=make_game(augment=Augmenting(strength))).get("augment")
    assert (remedy and remedy.knobs["augment.strength"]) == turned


def test_augmentation_is_left_to_what_turns_it_already():
    augmented = make_game(augment=Augmenting(0.1))
    scheduled = offered(game=augmented, schedules={"augment.strength": Schedule(0.1, 0.5, 100)})
    controlled = offered(game=augmented, callbacks=[AdaptiveAugment()])
    noisy = make_game(augment=InstanceNoise(0.1))  # a deviation, no probability
    assert not any("augment" in found for found in (scheduled, controlled, offered(game=noisy)))


def test_remedies_suit_the_game():
    with_r1 = offered("non_saturating", [R1(0.5)])
    assert with_r1["penalty"].knobs == {"r1.weight": 1.0}
    assert with_r1["add_penalties"].changes == {"regularizers.r2.weight": 0.5}
    assert with_r1["pack"].changes == {"pack": 2}
    bare = offered("non_saturating", [])
    assert "penalty" not in bare
    assert set(bare["add_penalties"].changes) == {
        "regularizers.r1.weight",
        "regularizers.r2.weight",
    }
    assert bare["slow_down"].knobs == {"discriminator.rate_scale": 0.5}
    assert "add_penalties" not in offered()
    assert bare["roll_back"].needs_fork
    assert not with_r1["penalty"].needs_fork


def test_a_blind_discriminator_is_offered_a_view_of_whole_samples_and_lighter_penalties():
    flat = DCGANDiscriminator(sample_shape=(1, 8, 8), width=2)
    whole = DCGANDiscriminator(sample_shape=(1, 8, 8), width=2, hidden=3)
    games = [
        AdversarialGame(MLP(8, 2), one, Prior(8), LOSSES["relativistic"], regularizers=[R1(1.0)])
        for one in (flat, whole)
    ]
    with_flat, with_whole = (offered(game=game) for game in games)
    assert with_flat["see_whole"].changes == {"discriminator.hidden": 64}
    assert "see_whole" not in with_whole
    assert with_whole["lighten"].knobs == {"r1.weight": pytest.approx(0.3)}


def test_what_the_game_would_refuse_is_not_offered():
    packed = AdversarialGame(MLP(8, 2), Packed(MLP(4, 1), 2), Prior(8), LOSSES["hinge"])
    assert "pack" not in offered(game=packed)
    assert "pack" not in offered(conditional=True)
    assert "pack" not in offered(data=Ring(batch_size=255))
    mixing = make_game("hinge", [])
    mixing.discriminator.append(nn.BatchNorm1d(1))
    assert "add_penalties" not in offered(game=mixing)


# The doctor beside a run


def test_asking_a_fresh_network_changes_nothing_and_takes_no_more_than_its_share():
    def trained(**asked):
        doctor = Doctor(every=1, samples=64, **asked)
        trainer = make_trainer(callbacks=[doctor])
        trainer.fit(WARM_UP + 2)
        return doctor, trainer.state_dict()

    curious, with_it = trained(sight=1e9)
    _, without = trained(sight=0.0)
    for name, value in without["objective"].items():
        assert torch.equal(value, with_it["objective"][name]), name
    last = curious.history[-1]
    assert 0 <= last.own_auc <= 1
    assert last.fresh_auc > 0.9  # an untrained generator
    frugal, _ = trained()
    assert math.isnan(frugal.history[-1].fresh_auc)  # no second has been earned yet


def test_inspections_change_nothing():
    def trained(*callbacks):
        game = make_game("hinge", [])
        with seeded("spectral norm"):
            nn.utils.parametrizations.spectral_norm(game.discriminator[0])
        trainer = make_trainer(game=game, callbacks=callbacks)
        trainer.fit(6)
        return trainer.state_dict()

    with_doctor, without = trained(Doctor(every=2, samples=64)), trained()
    for part in ("objective", "average"):
        for name, value in without[part].items():
            assert torch.equal(value, with_doctor[part][name]), name


def test_resuming_is_exact():
    def trainer(seed):
        return make_trainer(seed=seed, callbacks=[Doctor(every=3, samples=64)])

    whole, first, second = trainer(0), trainer(0), trainer(1)
    whole.fit(40)
    first.fit(20)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    second.fit(20)
    assert second.callbacks[0].history == whole.callbacks[0].history
    assert second.callbacks[0].findings == whole.callbacks[0].findings


def test_a_generator_that_stands_still_is_found_and_written_down(tmp_path):
    doctor = Doctor(RunFolder(tmp_path), every=1, samples=64)
    trainer = make_trainer(callbacks=[doctor])
    trainer.turn("generator.learning_rate", 0.0)
    trainer.fit(WARM_UP + PATIENCE)
    written = json.loads((tmp_path / "health.json").read_text())
    found = {finding["name"]: finding for finding in written["findings"]}
    assert written["step"] == WARM_UP + PATIENCE
    assert found["dead_generator"]["severity"] == "alarm"
    assert found["dead_generator"]["value"] == 0
    assert found["dead_generator"]["remedy"]["name"] == "roll_back"
    rows = RunFolder(tmp_path).metrics()
    assert rows[-1]["health"] == "alarm"
    assert "health/coverage" in rows[-1]
    assert not doctor.is_healthy()


def test_conditions_and_packs_are_inspected_too():
    packed = AdversarialGame(MLP(8, 2), Packed(MLP(4, 1), 2), Prior(8), LOSSES["hinge"])
    doctor = Doctor(every=1, samples=64)
    make_trainer(game=packed, callbacks=[doctor]).fit(1)
    assert math.isfinite(doctor.history[0].saturation)


def test_samples_that_are_not_finite_do_not_stop_the_doctor():
    doctor = Doctor(every=1, samples=64)
    trainer = make_trainer(callbacks=[doctor])
    with torch.no_grad():
        trainer.objective.generator[0].weight.fill_(float("nan"))
    trainer.fit(1)
    assert math.isnan(doctor.history[0].coverage)


def test_small_gradients_alone_are_an_architectures_habit():
    assert worst(diagnose([ill(generator_gradient=1e-7)] * 20, {})) == "ok"


def test_a_generator_that_hardly_moves_is_dead_unless_it_reaches_the_data():
    def found(**numbers):
        findings = diagnose([ill(movement=0.002, **numbers)] * 20, {})
        return {finding.name for finding in findings if finding.severity == "alarm"}

    assert found() == set()
    assert found(coverage=0.2) == {"coverage", "dead_generator"}


def test_words_are_not_measured_as_if_they_were_numbers():
    class Words(Ring):
        def batches(self, start):
            return (Batch((10 * batch.samples).long()) for batch in super().batches(start))

    doctor = Doctor(every=1, samples=64)
    trainer = make_trainer(regularizers=[])
    trainer.step()
    trainer.data = Words()  # which only a generator of words could learn
    doctor.inspect(trainer)
    assert math.isnan(doctor.history[0].coverage)
    assert math.isfinite(doctor.history[0].generator_gradient)


def test_without_samples_kept_aside_nobody_speaks_of_memory():
    unseen = Batch(torch.full((64, 2), 9.0))
    with_them, without = Doctor(every=1, held_out=unseen), Doctor(every=1)
    make_trainer(callbacks=[with_them, without]).fit(1)
    assert math.isfinite(with_them.history[0].memory)
    assert math.isnan(without.history[0].memory)


# Healing


def sick(name: str, remedy: Remedy, looks: int = LASTING):
    numbers, _ = SYMPTOMS[name]
    return diagnose([ill()] * WARM_UP + [ill(**numbers)] * looks, {remedy.name: remedy})


def test_nobody_acts_on_an_alarm_that_may_pass(tmp_path):
    trainer = make_trainer()
    findings = sick(
        "coverage", remedies_for(trainer, conditional=False)["penalty"], looks=LASTING - 1
    )
    assert worst(findings) == "alarm"
    assert not Healer(RunFolder(tmp_path))(trainer, findings, 0)


def test_an_inspection_in_between_that_is_well_begins_the_count_anew():
    bad = ill(coverage=0.31)
    findings = diagnose([*[bad] * (WARM_UP + LASTING), ill(), bad, bad], {})
    assert findings[0].looks == 2
    assert findings[0].severity == "warning"


def test_knobs_are_turned_and_the_log_says_why(tmp_path):
    trainer = make_trainer()
    remedy = remedies_for(trainer, conditional=False)["penalty"]
    assert Healer(RunFolder(tmp_path))(trainer, sick("coverage", remedy), 0)
    assert trainer.overrides == {"r1.weight": 0.2, "r2.weight": 0.2}
    row = RunFolder(tmp_path).metrics()[0]
    assert "only 31%" in row["heal"]
    assert row["set"] == {"r1.weight": 0.2, "r2.weight": 0.2}


def test_what_needs_a_new_run_stops_this_one(tmp_path):
    trainer = make_trainer("non_saturating", [])
    findings = sick("coverage", remedies_for(trainer, conditional=False)["add_penalties"])
    assert Healer(RunFolder(tmp_path))(trainer, findings, 0)
    assert trainer.stop_reason.startswith("unwell: The generator reaches only 31%")
    assert not trainer.stop_reason.endswith("."), "whoever says it ends the sentence"
    assert trainer.stop_facts["stopped_for"]["finding"] == "coverage"


def test_a_run_is_not_stopped_for_a_new_one_that_cannot_be_built(tmp_path):
    asked = []

    def check(remedy):
        asked.append(remedy.name)
        raise ConfigError("Batch norm.")

    trainer = make_trainer("non_saturating", [])
    findings = sick("coverage", remedies_for(trainer, conditional=False)["add_penalties"])
    healer = Healer(RunFolder(tmp_path), check)
    assert not healer(trainer, findings, 0)
    assert not healer(trainer, findings, 0)
    assert trainer.stop_reason is None
    assert asked == ["add_penalties"], "it is tried once"
    (row,) = RunFolder(tmp_path).metrics()
    assert row["refused"].endswith("That run cannot be built: Batch norm.")


def test_knobs_are_not_turned_for_ever(tmp_path):
    trainer = make_trainer()
    findings = sick("coverage", remedies_for(trainer, conditional=False)["penalty"])
    assert not Healer(RunFolder(tmp_path))(trainer, findings, 3)
    assert not trainer.overrides


def _always(acted: list[int]):
    def heal(trainer, findings, turns) -> bool:
        acted.append(trainer.steps_done)
        return True

    return heal


def test_a_remedy_gets_its_time(tmp_path):
    acted = []
    doctor = Doctor(every=1, samples=64, healer=_always(acted))
    trainer = make_trainer(callbacks=[doctor])
    trainer.turn("generator.learning_rate", 0.0)
    trainer.fit(2 * (WARM_UP + LASTING))
    assert acted == [WARM_UP + LASTING, 2 * (WARM_UP + LASTING)]
