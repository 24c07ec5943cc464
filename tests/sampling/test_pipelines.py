"""Sampling and saving."""

import json

import pytest
import torch

from multigan.core.condition import ConditionSpec
from multigan.core.draws import seeded
from multigan.core.prior import Prior
from multigan.core.registries import GENERATORS, build_modality
from multigan.errors import CheckpointError, ConfigError, ShapeError
from multigan.modalities.shared.layers import ConditionEmbedding
from multigan.sampling.pipeline import Pipeline
from multigan.typed import Component

CLASSES = ConditionSpec("class", 3, ("cat", "dog", "7"))


def make_pipeline(condition=CLASSES, norm="batch") -> Pipeline:
    components = {
        "generator": Component("dcgan", {"width": 4, "norm": norm}),
        "modality": Component("image", {"channels": 1, "height": 8, "width": 8}),
    }
    modality = build_modality(components["modality"])
    with seeded("pipeline"):
        generator = GENERATORS.build(
            components["generator"],
            latent_dim=6,
            sample_shape=modality.sample_shape,
            condition=condition,
        )
    return Pipeline(generator, modality, Prior(6), condition=condition, components=components)


@pytest.fixture(scope="module")
def pipeline():
    return make_pipeline()


def pixels(images):
    return [image.tobytes() for image in images]


def test_same_seed_same_images_whatever_the_batch_size_and_number(pipeline):
    many = pixels(pipeline(7, condition=1, seed=3, batch_size=64))
    assert pixels(pipeline(7, condition=1, seed=3, batch_size=2)) == many
    assert pixels(pipeline(4, condition=1, seed=3)) == many[:4]
    assert pixels(pipeline(7, condition=1, seed=4)) != many


class TwiceConditioned(torch.nn.Module):
    """Told its class by a mixable embedding, and by a table that takes numbers only."""

    def __init__(self, table: torch.nn.Module) -> None:
        super().__init__()
        self.mixable, self.table = ConditionEmbedding(CLASSES, 64), table

    def forward(self, latent, condition=None):
        conditional = self.mixable(condition) + self.table(condition)
        return (conditional * latent[:, :1]).view(-1, 1, 8, 8)


class Rounded(torch.nn.Embedding):
    """Takes weights for numbers of classes without a word."""

    def forward(self, condition):
        return super().forward(condition.long()).flatten(1)[:, :64]


@pytest.mark.parametrize("table", [torch.nn.Embedding(3, 64), Rounded(3, 64)])
def test_classes_are_mixed_only_if_all_of_one_class_is_that_class(pipeline, table):
    assert pipeline.mixes_classes
    weights = pipeline.class_weights(torch.tensor([2, 0]))
    assert weights.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert not make_pipeline(condition=None).mixes_classes
    conditional = Pipeline(TwiceConditioned(table), pipeline.modality, Prior(6), condition=CLASSES)
    assert not conditional.mixes_classes
    with pytest.raises(ConfigError, match="no classes that could be mixed"):
        conditional.class_weights(torch.tensor([0]))


def test_sampling_leaves_the_random_state_and_the_mode_alone(pipeline):
    pipeline.generator.train()
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    pipeline(2)
    assert torch.equal(torch.rand(1), expected)
    assert pipeline.generator.training


def test_truncation_zero_gives_the_mean_of_a_class(pipeline):
    first, second = pixels(pipeline(2, condition=0, truncation=0.0))
    assert first == second


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, [0, 1, 2, 0]),
        (2, [2, 2, 2, 2]),
        ("dog", [1, 1, 1, 1]),
        ("7", [2, 2, 2, 2]),
        ("1", [1, 1, 1, 1]),
        (["cat", 2, "1", 0], [0, 2, 1, 0]),
        (torch.tensor([1, 1, 0, 2]), [1, 1, 0, 2]),
    ],
)
def test_conditions_by_number_name_or_list(pipeline, condition, expected):
    assert pipeline.conditions(condition, 4).tolist() == expected


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"condition": 3}, r"no class 3: there are 0 to 2 \(cat, dog, 7\)"),
        ({"condition": "cow"}, "no class 'cow'"),
        ({"condition": -1}, "no class -1"),
        ({"condition": 1.0}, "number or name, or one for each sample, not 1.0"),
        ({"condition": [0, 1]}, "2 conditions were given for 4 samples"),
        ({"num_samples": 0}, "Between 1 and 1000000 samples"),
        ({"truncation": 1.5}, "truncation lies between 0 and 1"),
    ],
)
def test_wrong_requests_are_named(pipeline, call, message):
    with pytest.raises(ConfigError, match=message):
        pipeline(**({"num_samples": 4} | call))


def test_an_unconditional_pipeline_takes_no_condition():
    pipeline = make_pipeline(condition=None)
    assert len(pipeline(2)) == 2
    with pytest.raises(ConfigError, match="unconditional"):
        pipeline(2, condition=1)


def test_vector_conditions_are_given_as_tensors():
    pipeline = make_pipeline(condition=ConditionSpec("vector", 2, ("age", "tilt")))
    assert len(pipeline(3, condition=torch.zeros(3, 2))) == 3
    with pytest.raises(ConfigError, match=r"a row of 2 vector values \(age, tilt\) for each of 3"):
        pipeline(3)


def test_without_a_condition_the_datas_own_examples_are_taken_in_turn(tmp_path):
    examples = ((0.0, 1.0), (5.0, 2.0))
    spec = ConditionSpec("vector", 2, ("age", "tilt"), (2.5, 1.5), (2.5, 0.5), examples)
    pipeline = make_pipeline(condition=spec)
    expected = torch.tensor([*examples, examples[0]])
    assert torch.equal(pipeline.conditions(None, 3), expected)
    assert len(pipeline.interpolate(5)) == 5
    again = Pipeline.from_pretrained(pipeline.save_pretrained(tmp_path / "saved"))
    assert again.condition == spec
    latents = pipeline.latents(3)
    assert torch.equal(again.generate(latents, expected), pipeline.generate(latents, expected))


def test_attributes_are_given_by_name():
    pipeline = make_pipeline(condition=ConditionSpec("attributes", 3, ("hat", "beard", "smile")))
    found = pipeline.conditions(["hat, smile", "", "beard"], 3)
    assert found.tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]
    assert pipeline.conditions("smile", 2).tolist() == [[0, 0, 1]] * 2
    with pytest.raises(ConfigError, match=r"no attribute 'scarf'\. Known: hat, beard, smile"):
        pipeline.conditions("hat,scarf", 2)


def test_a_walk_starts_and_ends_at_its_stops(pipeline):
    frames = pixels(pipeline.interpolate(5, seed=2, condition=1))
    ends = pixels(pipeline(2, seed=2, condition=1))
    assert [frames[0], frames[-1]] == ends
    with pytest.raises(ConfigError, match="at least 2 stops"):
        pipeline.interpolate(5, stops=1)


def test_a_saved_pipeline_makes_the_same_images(pipeline, tmp_path):
    pipeline.save_pretrained(tmp_path / "p")
    again = Pipeline.from_pretrained(tmp_path / "p")
    assert pixels(again(5, seed=9)) == pixels(pipeline(5, seed=9))
    assert again.condition == CLASSES


def test_a_pipeline_of_unnamed_networks_samples_but_is_not_saved(pipeline, tmp_path):
    own = Pipeline(pipeline.generator, pipeline.modality, pipeline.prior, condition=CLASSES)
    assert len(own(2)) == 2
    with pytest.raises(ConfigError, match="no registered names"):
        own.save_pretrained(tmp_path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "pipeline.json").unlink(), "holds no saved pipeline"),
        (lambda f: (f / "pipeline.json").write_text("{"), "holds no saved pipeline"),
        (lambda f: (f / "pipeline.json").write_text("{}"), "format"),
        (lambda f: (f / "generator.safetensors").unlink(), "is damaged"),
        (lambda f: (f / "generator.safetensors").write_bytes(b"x" * 50), "is damaged"),
    ],
)
def test_a_damaged_pipeline_is_refused(pipeline, tmp_path, damage, message):
    folder = pipeline.save_pretrained(tmp_path / "p")
    damage(folder)
    with pytest.raises(CheckpointError, match=message):
        Pipeline.from_pretrained(folder)


def test_weights_of_other_networks_are_refused(pipeline, tmp_path):
    folder = pipeline.save_pretrained(tmp_path / "p")
    index = json.loads((folder / "pipeline.json").read_text())
    index["generator"]["options"]["width"] = 8
    (folder / "pipeline.json").write_text(json.dumps(index))
    with pytest.raises(CheckpointError, match="do not fit its networks"):
        Pipeline.from_pretrained(folder)


@pytest.mark.parametrize("method", ["principal", "factorized", "random"])
def test_directions_are_repeatable_unit_vectors(pipeline, method):
    first, second = (pipeline.directions(3, method=method, seed=5) for _ in range(2))
    torch.testing.assert_close(first.vectors, second.vectors)
    torch.testing.assert_close(first.vectors.norm(dim=1), torch.ones(3))
    assert first.method == method


def test_directions_of_an_unknown_method_are_refused(pipeline):
    with pytest.raises(ConfigError, match="principal, factorized or random, not 'sefa'"):
        pipeline.directions(method="sefa")


def test_projecting_what_the_generator_made_finds_its_class_and_comes_near():
    pipeline = make_pipeline(norm="none")  # with weights that are not near zero yet
    samples = pipeline.generate(pipeline.latents(3, seed=1), torch.tensor([0, 1, 2]))
    found = pipeline.project(samples, steps=60)
    assert (found.distances < 0.5 * found.starts).all()
    assert found.condition.tolist() == [0, 1, 2]
    again = pipeline.generate(found.latents, found.condition)
    assert (again - samples).square().mean() < 0.5 * samples.var()
    with pytest.raises(ShapeError, match=r"shape \(1, 8, 8\)"):
        pipeline.project(torch.zeros(1, 1, 4, 4))


def styled_pipeline():
    component = Component("stylegan2", {"width": 4, "style_dim": 6})
    spec = ConditionSpec("class", 3)
    generator = GENERATORS.build(component, latent_dim=5, sample_shape=(1, 8, 8), condition=spec)
    generator.train()(torch.randn(8, 5), torch.arange(8) % 3)  # moves the average style
    return Pipeline(generator, make_pipeline(condition=None).modality, Prior(5), condition=spec)


def test_without_a_seed_every_call_draws_others():
    pipeline = styled_pipeline()
    assert pipeline(1)[0].tobytes() != pipeline(1)[0].tobytes()
    assert pipeline(1, seed=3)[0].tobytes() == pipeline(1, seed=3)[0].tobytes()


def test_truncation_leads_a_generator_with_styles_to_its_average():
    pipeline = styled_pipeline()
    average = pipeline(3, truncation=0.0, condition=1)
    assert len({image.tobytes() for image in average}) == 1
    assert pipeline(3, truncation=1.0, seed=0)[0].tobytes() == pipeline(3, seed=0)[0].tobytes()
    walk = pipeline.interpolate(4, truncation=0.0, condition=1)
    assert walk[0].tobytes() == average[0].tobytes()
    other = pipeline(1, truncation=0.0, condition=2)
    assert other[0].tobytes() != average[0].tobytes(), "each class has its own"


def test_mixed_styles_have_the_samples_themselves_on_the_diagonal():
    pipeline = styled_pipeline()
    latents = pipeline.latents(3)
    mixed = pipeline.mix_styles(latents, latents, condition=2)
    plain = pipeline(3, condition=2, seed=0)
    assert len(mixed) == 9
    assert [mixed[i].tobytes() for i in (0, 4, 8)] == [image.tobytes() for image in plain]
    assert mixed[1].tobytes() not in [image.tobytes() for image in plain]
    with pytest.raises(ConfigError, match="has no styles to mix"):
        make_pipeline().mix_styles(latents, latents)
