"""What every generator and discriminator of text owes the game."""

import pytest
import torch

from multigan.core.draws import seeded
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.errors import ConfigError, ShapeError
from multigan.modalities.text.networks.embedded import TextDiscriminator, counting
from multigan.modalities.text.networks.relational import RelationalMemory
from multigan.modalities.text.networks.sequence import without_dropout
from multigan.modalities.text.vocabulary import until_end
from multigan.typed import Component
from tests.modalities.text.networks import (
    CLASSES,
    DISCRIMINATOR_OPTIONS,
    GENERATOR_OPTIONS,
    SHAPE,
    B,
    L,
    V,
    make_discriminator,
    make_generator,
    some_classes,
    some_ids,
)

generators = pytest.mark.parametrize("name", GENERATOR_OPTIONS)
discriminators = pytest.mark.parametrize("name", DISCRIMINATOR_OPTIONS)
conditions = pytest.mark.parametrize("condition", [None, CLASSES], ids=["alone", "told"])


def embedded(discriminator: TextDiscriminator) -> torch.Tensor:
    ids = some_ids()
    return discriminator.embed(ids, until_end(ids, 0)).detach().requires_grad_()


def test_every_network_of_text_is_in_the_contract():
    for registry, options in (
        (GENERATORS, GENERATOR_OPTIONS),
        (DISCRIMINATORS, DISCRIMINATOR_OPTIONS),
    ):
        # Those of codes are tested in test_latent_text.py.
        named = {
            name
            for name, made in registry.items()
            if ".text." in made.__module__ and not made.__module__.endswith(".latent")
        }
        assert named == set(options)


@conditions
@generators
def test_generator_gives_logits_and_learns_with_every_parameter(name, condition):
    generator = make_generator(name, condition)
    logits = generator(some_ids(), some_classes(condition))
    assert logits.shape == (B, L, V)
    generator.log_probs(some_ids(), some_classes(condition)).sum().backward()
    idle = [n for n, p in generator.named_parameters() if p.grad is None or not p.grad.any()]
    assert not idle


@generators
def test_generator_listens_to_its_condition(name):
    generator = make_generator(name, CLASSES).eval()
    first, second = (generator(some_ids(), torch.full((B,), told)) for told in (0, 1))
    assert (first - second).abs().flatten(1).amax(1).min() > 0
    with pytest.raises(ShapeError, match="got no condition"):
        generator(some_ids())


@generators
def test_dropout_is_off_where_samples_are_replayed(name):
    generator, ids = make_generator(name).train(), some_ids()
    with without_dropout(generator):
        assert torch.equal(generator(ids), generator(ids))
    assert all(part.training for part in generator.modules())


@generators
def test_shorter_texts_are_beginnings(name):
    generator, ids = make_generator(name).eval(), some_ids()
    torch.testing.assert_close(generator(ids[:, :3]), generator(ids)[:, :3])


@conditions
@discriminators
def test_discriminator_gives_logits_and_features(name, condition):
    discriminator = make_discriminator(name, condition)
    samples = embedded(discriminator)
    logits = discriminator(samples, some_classes(condition))
    assert logits.ndim == 2
    assert len(logits) == B
    features = discriminator.features(samples, some_classes(condition))
    assert all(len(each) == B and each.isfinite().all() for each in features)


@discriminators
def test_discriminator_listens_to_its_condition(name):
    discriminator = make_discriminator(name, CLASSES).eval()
    samples = embedded(discriminator)
    first, second = (discriminator(samples, torch.full((B,), told)) for told in (0, 1))
    assert (first - second).abs().amax(1).min() > 0
    with pytest.raises(ShapeError, match="got no condition"):
        discriminator(samples)


@conditions
@discriminators
def test_discriminator_is_differentiable_twice(name, condition):
    from multigan.core.game import twice_differentiable

    discriminator = make_discriminator(name, condition)
    samples = embedded(discriminator)
    with twice_differentiable(True):
        logits = discriminator(samples, some_classes(condition))
        (gradient,) = torch.autograd.grad(logits.sum(), samples, create_graph=True)
        (logits.sum() + gradient.square().sum()).backward()
    used = {n: p for n, p in discriminator.named_parameters() if not n.startswith("embedding")}
    assert [n for n, p in used.items() if p.grad is None or not p.grad.any()] == []
    assert all(p.grad.isfinite().all() for p in used.values())


@discriminators
def test_a_logit_depends_on_its_own_text_only(name):
    discriminator = make_discriminator(name).eval()
    samples = embedded(discriminator)
    (gradient,) = torch.autograd.grad(discriminator(samples)[0].sum(), samples)
    assert gradient[0].any()
    assert not gradient[1:].any()


@discriminators
def test_networks_survive_saving(name):
    first, second = make_discriminator(name).eval(), make_discriminator(name).eval()
    with torch.no_grad():
        for parameter in second.parameters():
            parameter += 1
    second.load_state_dict(first.state_dict())
    samples = embedded(first)
    torch.testing.assert_close(first(samples), second(samples), rtol=0, atol=0)


def test_padding_does_not_matter_to_networks_that_score_tokens():
    discriminator = make_discriminator("text-rnn").eval()
    samples = embedded(discriminator)
    logits, mask = discriminator(samples), counting(samples)
    assert (logits[~mask] == 0).all()
    assert (logits[mask] != 0).all()
    assert mask.sum(1).tolist() == until_end(some_ids(), 0).sum(1).tolist()


def test_the_transformer_does_not_see_what_follows_the_end():
    discriminator = make_discriminator("text-transformer").eval()
    samples = embedded(discriminator).detach()
    shorter = samples[:1, :3].clone()
    assert not counting(samples[:1, 3:]).any()
    torch.testing.assert_close(discriminator(shorter), discriminator(samples[:1]))


def test_relational_memory_against_its_definition():
    """One slot, one head: attention over two rows, written out."""
    with seeded(0):
        memory = RelationalMemory(3, slots=1, heads=1, head_size=4)
    start, vector = torch.randn(2, 1, 4), torch.randn(2, 3)
    rows = torch.cat([start, memory.read(vector).unsqueeze(1)], dim=1)
    parts = memory.queries_keys_values(rows)
    parts = torch.stack(
        [(p - p.mean()) / (p.var(unbiased=False) + 1e-5).sqrt() for p in parts]
    )  # over all but the batch
    q, k, v = parts.split(4, dim=-1)
    attended = ((q / 12**0.5) @ k.transpose(1, 2)).softmax(-1) @ v
    rows = memory.norms[1](rows + attended)
    rows = memory.norms[2](rows + memory.perceptron(rows))
    gates = memory.input_gates(memory.read(vector)) + memory.memory_gates(start[:, 0].tanh())
    let_in, keep = gates.split(4, dim=-1)
    wanted = let_in.sigmoid() * rows[:, 0].tanh() + (keep + 1).sigmoid() * start[:, 0]
    torch.testing.assert_close(memory(vector, start)[:, 0], wanted)


@pytest.mark.parametrize(
    ("registry", "name", "options", "message"),
    [
        (GENERATORS, "transformer", {"width": 9, "heads": 2}, "shared by 2 heads"),
        (DISCRIMINATORS, "relgan-cnn", {"representations": 7}, "read as 7 parts"),
        (DISCRIMINATORS, "relgan-cnn", {"widths": [99]}, "99 tokens is longer than 7"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(registry, name, options, message):
    context = {"latent_dim": 2} if registry is GENERATORS else {}
    with pytest.raises(ConfigError, match=message):
        registry.build(Component(name, options), sample_shape=SHAPE, condition=None, **context)


def test_networks_of_text_refuse_pictures():
    for registry, name, context in (
        (GENERATORS, "lstm", {"latent_dim": 2}),
        (DISCRIMINATORS, "text-cnn", {}),
    ):
        with pytest.raises(ShapeError, match="Use it with text"):
            registry.build(Component(name), sample_shape=(1, 8, 8), condition=None, **context)
