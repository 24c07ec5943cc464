"""What discriminators say of conditions, against its formulas, and the games that use it."""

import math

import pytest
import torch

from multigan.core.condition import ConditionSpec
from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch
from multigan.core.packing import Packed
from multigan.core.prior import Prior
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.core.regularizers import AuxiliaryFake, AuxiliaryReal
from multigan.errors import ConfigError
from multigan.modalities.shared.heads import ClassifierHead, ContrastiveHead
from multigan.typed import Component

CLASSES = ConditionSpec("class", 3)
SHAPE = (1, 8, 8)


def test_a_clueless_classifier_is_wrong_by_the_logarithm_of_the_number_of_classes():
    head = ClassifierHead(4, CLASSES)
    wrong = head.aux_loss(torch.zeros(2, 3), torch.tensor([0, 2]))
    torch.testing.assert_close(wrong, torch.full((2,), math.log(3)))


def test_attributes_are_guessed_one_by_one():
    head = ClassifierHead(4, ConditionSpec("attributes", 2))
    wrong = head.aux_loss(torch.tensor([[20.0, 0.0]]), torch.tensor([[1.0, 1.0]]))
    torch.testing.assert_close(wrong, torch.tensor([math.log(2) / 2]), atol=1e-6, rtol=0)


def test_numbers_are_guessed_in_units_of_their_deviation():
    head = ClassifierHead(4, ConditionSpec("vector", 1, center=(10.0,), scale=(5.0,)))
    wrong = head.aux_loss(torch.tensor([[0.0], [1.0]]), torch.tensor([[10.0], [20.0]]))
    torch.testing.assert_close(wrong, torch.tensor([0.0, 0.5]))


def contrastive(**options):
    head = ContrastiveHead(4, CLASSES, embedding_dim=3, **options)
    head.proxies.weight.data = torch.eye(3)
    return head


def test_embeddings_at_their_classes_and_far_from_others_are_right():
    head = contrastive()
    wrong = head.aux_loss(torch.eye(3), torch.arange(3))  # no pull: within both margins
    torch.testing.assert_close(wrong, torch.full((3,), math.log(3)))  # 1 / (1 + 2 others)
    assert contrastive(temperature=0.01).aux_loss(torch.eye(3)[:1], torch.zeros(1).long()) == 0


def test_the_margin_loss_is_the_papers_formula():
    head = contrastive(margin=0.9, temperature=0.5)
    aux_logits = torch.nn.functional.normalize(torch.randn(5, 3), dim=1)
    classes = torch.tensor([0, 1, 1, 2, 0])
    wrong = head.aux_loss(aux_logits, classes)
    for i in range(5):
        near = math.exp(min(aux_logits[i, classes[i]] - 0.9, 0) / 0.5)
        far = sum(
            math.exp(max(aux_logits[i] @ aux_logits[j] - 0.1, 0) / 0.5)
            for j in range(5)
            if classes[i] != classes[j]
        )
        torch.testing.assert_close(wrong[i].item(), -math.log(near / (near + far)))


def test_samples_within_the_margins_pull_no_more():
    head = contrastive(margin=0.5)
    aux_logits = torch.eye(3, requires_grad=True)
    (slope,) = torch.autograd.grad(head.aux_loss(aux_logits, torch.arange(3)).sum(), aux_logits)
    assert not slope.any()
    far_off = torch.nn.functional.normalize(torch.ones(3, 3), dim=1).requires_grad_()
    (slope,) = torch.autograd.grad(head.aux_loss(far_off, torch.arange(3)).sum(), far_off)
    assert slope.isfinite().all()
    assert slope.any()


def test_a_batch_of_one_class_has_a_finite_slope():
    aux_logits = torch.nn.functional.normalize(torch.randn(4, 3), dim=1).requires_grad_()
    wrong = contrastive().aux_loss(aux_logits, torch.zeros(4).long())
    (slope,) = torch.autograd.grad(wrong.sum(), aux_logits)
    assert wrong.isfinite().all()
    assert slope.isfinite().all()


def game(conditioning="classifier", condition=CLASSES, packed=False, **options):
    with seeded("heads"):
        generator = GENERATORS.build(
            Component("dcgan", {"width": 4}), latent_dim=5, sample_shape=SHAPE, condition=condition
        )
        discriminator = DISCRIMINATORS.build(
            Component("dcgan", {"width": 4, "conditioning": conditioning}),
            sample_shape=SHAPE,
            condition=condition,
        )
    return AdversarialGame(
        generator,
        Packed(discriminator, 2) if packed else discriminator,
        Prior(5),
        LOSSES["hinge"],
        regularizers=[AuxiliaryReal(**options), AuxiliaryFake()],
    )


@pytest.mark.parametrize("conditioning", ["classifier", "contrastive"])
def test_each_player_has_its_term_from_one_pass(conditioning):
    play = game(conditioning)
    passes = []
    play.discriminator.convolutions[0].register_forward_hook(lambda *_: passes.append(1))
    batch = Batch(torch.randn(6, *SHAPE), torch.arange(6) % 3)
    terms = play.discriminator_terms(batch, 0)
    assert terms["auxiliary_real"].requires_grad
    assert len(passes) == 2  # real and generated
    terms = play.generator_terms(batch, 0)
    assert terms["auxiliary_fake"].requires_grad
    assert len(passes) == 3


def test_generated_samples_count_for_the_discriminator_only_if_asked():
    batch = Batch(torch.randn(6, *SHAPE), torch.arange(6) % 3)
    values = []
    for generated in (False, True):
        with seeded(1):
            values.append(game(generated=generated).discriminator_terms(batch, 0))
    assert values[1]["auxiliary_real"] > values[0]["auxiliary_real"]


def test_discriminators_that_do_not_guess_are_refused():
    for conditioning in ("projection", "concat"):
        with pytest.raises(ConfigError, match="auxiliary_real needs a discriminator that predicts"):
            game(conditioning)
    for options in ({"condition": None}, {"packed": True}):
        with pytest.raises(ConfigError, match="on data with labels, and without"):
            game(**options)


def test_margins_are_for_classes():
    with pytest.raises(ConfigError, match=r"vector conditions\. Use 'classifier'"):
        game("contrastive", condition=ConditionSpec("vector", 2))
