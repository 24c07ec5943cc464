"""The game on text: its moves, its terms, and that nothing of it depends on how a batch is cut."""

import pytest
import torch

from multigan.core.draws import part_of, seeded
from multigan.core.engine import Engine
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch
from multigan.core.regularizers import R1, R2, FeatureMatching
from multigan.core.regularizers.penalties import squared_gradient_norm
from multigan.errors import ConfigError, ShapeError
from multigan.modalities.text.gumbel import GumbelNoise
from multigan.modalities.text.relaxations import RELAXATIONS
from multigan.modalities.text.text_game import TextGame
from multigan.modalities.text.vocabulary import until_end
from tests.modalities.text.networks import (
    CLASSES,
    DISCRIMINATOR_OPTIONS,
    B,
    L,
    V,
    make_discriminator,
    make_generator,
    some_classes,
    some_ids,
)
from tests.tiny import MLP


def game(relaxation: str = "straight-through", *, condition=None, loss="relativistic", **more):
    return TextGame(
        make_generator("lstm", condition),
        make_discriminator(condition=condition),
        LOSSES[loss],
        RELAXATIONS[relaxation](),
        **more,
    )


def test_the_warm_up_comes_first_and_the_discriminator_joins_at_its_end():
    phases = {p.name: p for p in game(warmup_steps=10, discriminator_warmup=3).phases}
    assert list(phases) == ["likelihood", "discriminator", "generator"]
    active = {name: [s for s in range(15) if p.active(s)] for name, p in phases.items()}
    assert active["likelihood"] == list(range(10))
    assert active["discriminator"] == list(range(7, 15))
    assert active["generator"] == list(range(10, 15))
    assert [phase.name for phase in game().phases] == ["discriminator", "generator"]


def test_every_player_learns_from_its_own_move():
    rules = {"loss": "non_saturating", "regularizers": [R1(1.0), R2(1.0)]}
    play = game(entropy_weight=0.1, likelihood_weight=1.0, **rules)
    batch = Batch(some_ids())
    with seeded(0):
        terms = play.generator_terms(batch, 0)
        sum(terms.values()).backward()
    assert set(terms) == {"adversarial", "entropy", "likelihood"}
    assert all(p.grad is not None and p.grad.any() for p in play.generator.parameters())
    play.zero_grad()
    with seeded(0):
        terms = play.discriminator_terms(batch, 0)
        sum(terms.values()).backward()
    assert {"adversarial", "r1", "r2"} <= set(terms)
    assert all(p.grad is not None and p.grad.any() for p in play.discriminator.parameters())
    assert all(p.grad is None for p in play.generator.parameters())


def test_penalties_are_taken_at_the_embedded_tokens():
    play = game(regularizers=[R1(2.0)])
    batch = Batch(some_ids())
    with seeded(0):
        terms = play.discriminator_terms(batch, 0)
    embedded = play.shown(batch).detach().requires_grad_()
    wanted = squared_gradient_norm(play.score(embedded, None), embedded).mean()
    torch.testing.assert_close(terms["r1"], wanted)


def test_real_and_hard_tokens_are_looked_up_alike():
    play = game()
    sampled = play.sample(Batch(some_ids()))
    shown = play.relaxation.show(play, sampled)
    torch.testing.assert_close(shown, play.shown(Batch(sampled.ids)))
    assert (shown[~sampled.mask] == 0).all()


def test_soft_tokens_become_hard_ones_as_the_temperature_falls():
    play = game("gumbel", inverse_temperature=1e6)
    sampled = play.sample(Batch(some_ids()))
    soft = play.relaxation.show(play, sampled)
    torch.testing.assert_close(soft, play.shown(Batch(sampled.ids)), rtol=1e-3, atol=1e-3)


def test_all_fakes_of_a_step_come_from_one_call(monkeypatch):
    play, batch, calls = game(discriminator_steps=3), Batch(some_ids()), []
    original = play.generator.sample
    monkeypatch.setattr(
        play.generator, "sample", lambda n, *a, **k: calls.append(n) or original(n, *a, **k)
    )
    for step in (0, 1):
        found = [play._next_sampled(batch, step).ids for _ in range(3)]
        assert len({tuple(ids.flatten().tolist()) for ids in found}) == 3
    assert calls == [3 * B, 3 * B]
    with part_of(0, 1):
        assert not play._waiting[1, 0, 1]


def test_a_prompt_begins_the_fakes_and_gets_no_gradient():
    play, batch = game(prompt_length=2), Batch(some_ids(ends=False))
    sampled = play.sample(batch)
    assert torch.equal(sampled.ids[:, :2], batch.samples[:, :2])
    assert not sampled.free[:, :2].any()


def test_a_split_batch_is_told_the_same_noise():
    with seeded(0):
        whole = GumbelNoise(6, L, V, torch.device("cpu"), repeat=2)
    for index in range(3):
        with seeded(0), part_of(index, 3):
            part = GumbelNoise(2, L, V, torch.device("cpu"), repeat=2)
        for repetition in range(2):
            rows = whole.repetition(repetition).at(4)[2 * index : 2 * index + 2]
            assert torch.equal(part.repetition(repetition).at(4), rows)


def test_noise_that_is_not_kept_is_drawn_again_alike(monkeypatch):
    monkeypatch.setattr("multigan.modalities.text.gumbel.KEPT_BYTES", 0)
    noise = GumbelNoise(4, L, V, torch.device("cpu"))
    assert torch.equal(noise.between(1, 3)[:, 1], noise.at(2))
    assert not noise._kept


def test_gumbel_noise_samples_the_softmax():
    logits = torch.tensor([2.0, 0.0, -1.0, 1.0])
    noise = GumbelNoise(200_000, 1, 4, torch.device("cpu")).at(0)
    shares = (logits + noise).argmax(-1).bincount(minlength=4) / 200_000
    torch.testing.assert_close(shares, logits.softmax(-1), rtol=0, atol=0.005)


def test_texts_end_once():
    ids = torch.tensor([[3, 0, 0, 5], [0, 1, 2, 3], [1, 2, 3, 4]])
    wanted = [[True, True, False, False], [True, False, False, False], [True] * 4]
    assert until_end(ids, 0).tolist() == wanted


def test_classes_reach_both_players():
    play = game(condition=CLASSES, regularizers=[R1(1.0)])
    batch = Batch(some_ids(), some_classes(CLASSES))
    with seeded(0):
        sum(play.generator_terms(batch, 0).values()).backward()
        sum(play.discriminator_terms(batch, 0).values()).backward()
    assert play.generator.told.table.weight.grad.any()
    assert play.discriminator.output.embed.table.weight.grad.any()


@pytest.mark.parametrize("discriminator", DISCRIMINATOR_OPTIONS)
@pytest.mark.parametrize("relaxation", RELAXATIONS)
def test_every_relaxation_plays_with_every_discriminator_in_both_precisions(
    relaxation, discriminator
):
    play = TextGame(
        make_generator(),
        make_discriminator(discriminator),
        LOSSES["relativistic"],
        RELAXATIONS[relaxation](),
        regularizers=[R1(1.0), R2(1.0)],
        entropy_weight=0.1,
    )
    for precision in ("float32", "bfloat16"):
        with seeded(0), Engine("cpu", precision).autocast():
            terms = {**play.generator_terms(Batch(some_ids()), 0)}
            terms |= play.discriminator_terms(Batch(some_ids()), 0)
        assert all(term.isfinite() for term in terms.values())
        sum(terms.values()).backward()
        assert all(p.grad.isfinite().all() for p in play.parameters() if p.grad is not None)


def test_feature_matching_works_on_paths():
    play = game(regularizers=[FeatureMatching()])
    terms = play.generator_terms(Batch(some_ids()), 0)
    assert terms["feature_matching"] > 0


def test_knobs_turn_what_they_say():
    play = game(entropy_weight=0.1)
    play.knobs["inverse_temperature"].set(3.0)
    play.knobs["entropy.weight"].set(0.5)
    assert play.inverse_temperature == 3
    assert play.entropy_weight == 0.5
    with pytest.raises(ConfigError, match=r"at least 0\.01"):
        play.knobs["inverse_temperature"].check("inverse_temperature", 0.0)


def test_what_does_not_go_together_is_refused():
    with pytest.raises(ConfigError, match="discriminator_warmup is 5"):
        game(warmup_steps=3, discriminator_warmup=5)
    with pytest.raises(ConfigError, match="prompt_length is 7"):
        game(prompt_length=7)
    with pytest.raises(ShapeError, match="MLP does not score text"):
        TextGame(make_generator(), MLP(2, 1), LOSSES["hinge"], RELAXATIONS["gumbel"]())
