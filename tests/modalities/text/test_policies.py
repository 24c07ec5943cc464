"""Gradients without a path, where they are known."""

import pytest
import torch
from torch import nn

from multigan.core.draws import part_of, seeded
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch
from multigan.core.regularizers import FeatureMatching
from multigan.errors import ConfigError
from multigan.modalities.text.policies import ROLLOUT_LOGITS, Neighbor, Reinforce, Rollout, returns
from multigan.modalities.text.text_game import TextGame
from multigan.modalities.text.vocabulary import masked_mean
from tests.modalities.text.networks import B, L, make_discriminator, make_generator, some_ids


def game(policy: nn.Module, discriminator: str = "text-cnn", **more) -> TextGame:
    return TextGame(
        make_generator(),
        make_discriminator(discriminator),
        LOSSES["non_saturating"],
        policy,
        **more,
    )


def test_returns_are_discounted_sums():
    rewards = torch.tensor([[1.0, 2.0, 4.0]])
    assert returns(rewards, 0.5).tolist() == [[3.0, 4.0, 4.0]]
    assert returns(rewards, 0.0).tolist() == rewards.tolist()
    assert returns(rewards, 1.0).tolist() == [[7.0, 6.0, 4.0]]


def test_dense_rewards_are_those_of_the_tokens():
    play = game(Reinforce(discount=0.23), "text-rnn").eval()
    sampled = play.sample(Batch(some_ids()))
    found = play.relaxation.rewards(play, Batch(some_ids()), sampled)
    logits = play.discriminator(play.relaxation.show(play, sampled))
    wanted = (2 * logits.sigmoid() - 1) * sampled.mask
    torch.testing.assert_close(found[:, -1], wanted[:, -1])
    torch.testing.assert_close(found[:, 0], (wanted * 0.23 ** torch.arange(L)).sum(1))


def test_the_term_has_the_gradient_of_the_expected_reward():
    play = game(Reinforce(baseline_decay=None)).eval()
    batch = Batch(some_ids())
    sampled = play.sample(batch)
    states = play.generator.hidden(sampled.ids)
    term = play.relaxation.adversarial(play, batch, sampled, states).adversarial
    rewards = 2 * play.discriminator(play.relaxation.show(play, sampled)).sigmoid() - 1
    wanted = -masked_mean(rewards.detach() * play.generator.log_probs(sampled.ids), sampled.free)
    torch.testing.assert_close(term, wanted)


def test_the_baseline_follows_the_rewards_and_is_saved():
    play = game(Reinforce(baseline_decay=0.25))
    first = torch.full((B, L), 2.0)
    counted = torch.ones(B, L, dtype=torch.bool)
    assert play.relaxation._baseline_of(first, counted) == 0
    assert play.relaxation._baseline_of(first, counted) == pytest.approx(1.5)
    assert play.state_dict()["relaxation.baseline"] == pytest.approx(1.875)
    play.eval()
    play.relaxation._baseline_of(first, counted)
    assert play.relaxation.baseline == pytest.approx(1.875)


def test_rollouts_keep_the_beginnings():
    play = game(Rollout(rollouts=3)).eval()
    batch = Batch(some_ids())
    sampled = play.sample(batch)
    seen = []
    original = play.generator.sample

    def watch(count, choose, **options):
        ids, states = original(count, choose, **options)
        seen.append(ids.view(L - 1, B, 3, L).permute(1, 2, 0, 3))
        return ids, states

    play.generator.sample = watch
    rewards = play.relaxation.rewards(play, batch, sampled)
    assert rewards.shape == (B, L)
    assert len(seen) == 1, "all completions come from one call"
    for kept in range(1, L):
        beginnings = seen[0][:, :, kept - 1, :kept]
        assert torch.equal(beginnings, sampled.ids[:, None, :kept].expand_as(beginnings))
    whole = play.discriminator(play.relaxation.show(play, sampled)).sigmoid().mean(1)
    torch.testing.assert_close(rewards[:, -1], whole)


def test_a_lagging_policy_completes_the_texts():
    play = game(Rollout(lag=0.75), warmup_steps=1)
    policy, generator = play.relaxation.policy, play.generator
    warmup, _, move = play.phases
    start = generator.tokens.bias.clone()

    def moved(phase) -> float:
        with torch.no_grad():
            generator.tokens.bias.add_(1.0)
        phase.after()
        return (policy.tokens.bias - start).detach().mean().item()

    assert moved(warmup) == pytest.approx(1.0)  # the generator itself
    assert moved(move) == pytest.approx(1.25)  # a quarter of the way from 1 to 2
    assert moved(move) == pytest.approx(1.25 + 0.25 * 1.75)
    assert not any(p.requires_grad for p in policy.parameters())
    assert any(name.startswith("relaxation.policy.") for name in play.state_dict())


def test_completions_are_the_lagging_policys():
    play = game(Rollout(rollouts=1, lag=0.5)).eval()
    policy, seen = play.relaxation.policy, []
    with torch.no_grad():
        policy.tokens.bias.copy_(1e4 * torch.eye(11)[3])  # says 3 and nothing else
    original = policy.sample

    def watch(count, choose, **options):
        seen.append(original(count, choose, **options))
        return seen[-1]

    policy.sample = watch
    batch = Batch(some_ids())
    play.relaxation.rewards(play, batch, play.sample(batch))
    (ids, _) = seen[0]
    after_first = ids.view(L - 1, B, L)[0, :, 1:]
    ended = ids.view(L - 1, B, L)[0, :, :1] == play.end_id
    assert torch.equal(after_first, torch.where(ended, play.end_id, 3).expand_as(after_first))


def test_rollouts_in_pieces_are_the_same(monkeypatch):
    batch = Batch(some_ids())
    found = []
    for most in (2**27, 1):
        monkeypatch.setitem(ROLLOUT_LOGITS, "cpu", most)
        play = game(Rollout(rollouts=4)).eval()
        with seeded(0):
            sampled = play.sample(batch)
            found.append(play.relaxation.rewards(play, batch, sampled))
    torch.testing.assert_close(found[0], found[1])


def test_rollouts_of_a_part_are_those_of_the_whole():
    play = game(Rollout(rollouts=2)).eval()
    ids = some_ids(4)
    with seeded(1):
        sampled = play.sample(Batch(ids))
        whole = play.relaxation.rewards(play, Batch(ids), sampled)
    for index in range(2):
        rows = slice(2 * index, 2 * index + 2)
        with seeded(1), part_of(index, 2):
            part = play.sample(Batch(ids[rows]))
            assert torch.equal(part.ids, sampled.ids[rows])
            torch.testing.assert_close(
                play.relaxation.rewards(play, Batch(ids[rows]), part), whole[rows]
            )


def test_a_narrow_kernel_is_plain_reinforce():
    batch = Batch(some_ids())
    terms = []
    for policy in (Neighbor(bandwidth=1e-3, baseline_decay=None), Reinforce(baseline_decay=None)):
        play = game(policy).eval()
        with seeded(0):
            sampled = play.sample(batch)
        states = play.generator.hidden(sampled.ids)
        terms.append(play.relaxation.adversarial(play, batch, sampled, states).adversarial)
    play = game(Reinforce(baseline_decay=None)).eval()
    logits = play.discriminator(play.relaxation.show(play, sampled)).mean(1, keepdim=True)
    wanted = -masked_mean(logits * play.generator.log_probs(sampled.ids), sampled.free)
    torch.testing.assert_close(terms[0], wanted, rtol=1e-4, atol=1e-5)


def test_terms_that_need_a_path_are_refused():
    with pytest.raises(ConfigError, match="feature_matching needs a gradient"):
        game(Reinforce(), regularizers=[FeatureMatching()])


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (Reinforce, {"discount": 2}, "discount must be .* from 0 to 1, not 2"),
        (Reinforce, {"baseline_decay": 1}, "baseline_decay must be .* below 1, or null, not 1"),
        (Rollout, {"rollouts": 0}, "rollouts must"),
        (Neighbor, {"bandwidth": 0}, "bandwidth must"),
    ],
)
def test_wrong_options_are_refused(make, options, message):
    with pytest.raises(ConfigError, match=message):
        make(**options)
