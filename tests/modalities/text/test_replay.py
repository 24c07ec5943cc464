"""Replaying sampled tokens in one pass gives the loss and gradients of the token-by-token loop."""

import pytest
import torch
from torch import Tensor

from multigan.core.draws import seeded
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch
from multigan.modalities.text.networks.sequence import TextGenerator
from multigan.modalities.text.relaxations import RELAXATIONS, Sampled
from multigan.modalities.text.text_game import TextGame
from multigan.modalities.text.vocabulary import over_vocabulary, token_log_probs, until_end
from tests.modalities.text.networks import (
    CLASSES,
    GENERATOR_OPTIONS,
    V,
    make_discriminator,
    make_generator,
    some_classes,
    some_ids,
)

TOLERANCE = {"rtol": 1e-5, "atol": 1e-6}


def states_of_loop(generator: TextGenerator, ids: Tensor, condition: Tensor | None) -> Tensor:
    """The states of reading one token after the other with the cache, with gradient."""
    state, tokens, states = generator.begin(len(ids), condition), None, []
    for position in range(ids.shape[1]):
        hidden, state = generator.advance(state, tokens)
        states.append(hidden)
        tokens = ids[:, position]
    return torch.stack(states, dim=1)


def gradients(loss: Tensor, generator: TextGenerator) -> dict[str, Tensor]:
    names = [name for name, p in generator.named_parameters() if p.requires_grad]
    found = torch.autograd.grad(loss, [generator.get_parameter(n) for n in names])
    return dict(zip(names, found, strict=True))


def game(name: str, relaxation: str, condition, **options) -> TextGame:
    return TextGame(
        make_generator(name, condition),
        make_discriminator(condition=condition),
        LOSSES["relativistic"],
        RELAXATIONS[relaxation](),
        inverse_temperature=1.5,
        entropy_weight=0.1,
        **options,
    ).eval()


@pytest.mark.parametrize("relaxation", RELAXATIONS)
@pytest.mark.parametrize("name", GENERATOR_OPTIONS)
def test_replay_has_the_loss_and_the_gradients_of_the_loop(name, relaxation):
    play = game(name, relaxation, CLASSES, prompt_length=1)
    batch = Batch(some_ids(), some_classes(CLASSES))
    with seeded(3):
        sampled = play.sample(batch)
    found = []
    for states in (
        play.generator.hidden(sampled.ids, batch.condition),
        states_of_loop(play.generator, sampled.ids, batch.condition),
    ):
        with seeded(4):
            opinion = play.relaxation.adversarial(play, batch, sampled, states)
        loss = opinion.adversarial - 0.1 * opinion.entropy
        found.append((loss, gradients(loss, play.generator)))
    (replayed, fast), (looped, slow) = found
    torch.testing.assert_close(replayed, looped, **TOLERANCE)
    assert any(gradient.abs().max() > 1e-6 for gradient in fast.values())
    for parameter in slow:
        torch.testing.assert_close(fast[parameter], slow[parameter], **TOLERANCE)


@pytest.mark.parametrize("name", GENERATOR_OPTIONS)
def test_sampled_tokens_are_the_noisy_largest_of_the_replayed_logits(name):
    play = game(name, "gumbel", None)
    with seeded(3):
        sampled = play.sample(Batch(some_ids()))
    noisy = play.generator(sampled.ids) + sampled.noise.between(0, sampled.ids.shape[1])
    assert torch.equal(noisy.argmax(-1)[sampled.mask], sampled.ids[sampled.mask])
    assert (sampled.ids[~sampled.mask] == 0).all()


@pytest.mark.parametrize("name", GENERATOR_OPTIONS)
def test_states_kept_while_sampling_are_those_of_the_replay(name):
    play = game(name, "gumbel", CLASSES)
    batch = Batch(some_ids(), some_classes(CLASSES))
    with seeded(3):
        sampled: Sampled = play.sample(batch)
    states = play.generator.hidden(sampled.ids, batch.condition)
    torch.testing.assert_close(sampled.states[sampled.mask], states[sampled.mask], **TOLERANCE)


@pytest.mark.parametrize("name", GENERATOR_OPTIONS)
def test_a_token_depends_on_earlier_ones_only(name):
    generator, ids = make_generator(name).eval(), some_ids(ends=False)
    before = generator(ids)
    changed = ids.clone()
    changed[:, 4] = changed[:, 4] % (V - 1) + 1
    after = generator(changed)
    torch.testing.assert_close(before[:, :5], after[:, :5], **TOLERANCE)
    assert (before[:, 5:] - after[:, 5:]).abs().max() > 1e-4


@pytest.mark.parametrize("name", GENERATOR_OPTIONS)
def test_log_probs_are_those_of_the_logits_and_sum_to_one(name):
    generator, ids = make_generator(name, CLASSES).eval(), some_ids()
    condition = some_classes(CLASSES)
    log_probs = generator.log_probs(ids, condition)
    mask = until_end(ids, 0)
    wanted = generator(ids, condition).log_softmax(-1).gather(-1, ids.unsqueeze(-1)).squeeze(-1)
    torch.testing.assert_close(log_probs, wanted * mask, **TOLERANCE)
    # All tokens that may follow one beginning have probability one together.
    followers = some_ids(1).repeat(V, 1)
    followers[:, 1] = torch.arange(V)
    total = generator.log_probs(followers, torch.zeros(V, dtype=torch.long))[:, 1].exp().sum()
    assert total.item() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("block", [1, 60, 10**6])
def test_blocks_change_neither_values_nor_gradients(block):
    generator, ids = make_generator("gru").eval(), some_ids()
    mask = until_end(ids, 0)

    def compute(logits, rows):
        chosen = logits.log_softmax(-1).gather(-1, rows.of(ids).unsqueeze(-1)).squeeze(-1)
        return chosen, logits.softmax(-1)

    hidden = generator.hidden(ids)
    chosen, soft = over_vocabulary(generator.head, hidden, mask, compute, block=block, vocab=V)
    whole = token_log_probs(generator.head, hidden, ids, mask, vocab=V)
    torch.testing.assert_close(chosen, whole, **TOLERANCE)
    torch.testing.assert_close(soft.sum(-1), mask.float(), **TOLERANCE)
    first, second = (
        gradients(chosen.sum(), generator),
        gradients(generator.log_probs(ids).sum(), generator),
    )
    for name in first:
        torch.testing.assert_close(first[name], second[name], **TOLERANCE)


def test_no_more_logits_than_a_block_are_held_at_once():
    vocab, sizes = 5000, []
    head = torch.nn.Linear(2, vocab)

    def watched(hidden):
        logits = head(hidden)
        sizes.append(logits.numel())
        return logits

    ids = torch.randint(1, vocab, (8, 12))
    hidden = torch.randn(8, 12, 2, requires_grad=True)
    mask = torch.ones(8, 12, dtype=torch.bool)
    compute = lambda logits, rows: (logits.logsumexp(-1),)  # noqa: E731
    block = 2 * 8 * vocab
    (sums,) = over_vocabulary(watched, hidden, mask, compute, block=block, vocab=vocab)
    sums.sum().backward()
    assert max(sizes) == block
    assert len(sizes) == 2 * 6, "every block is computed anew in the backward pass"
    assert ids.shape == sums.shape
