"""Real samples that no player learns from."""

import pytest
import torch

from multigan.core.engine import Engine
from multigan.data.source import Part, TensorSource
from multigan.errors import ConfigError
from multigan.modalities.recipes import recipe
from multigan.runs.assemble import build_parts, build_trainer, held_out, load_data, split_holdout

NUMBERS = TensorSource(torch.arange(400), torch.arange(400) % 10)
ELSEWHERE = Part(NUMBERS, torch.arange(400))  # as good as one that is not in memory


@pytest.mark.parametrize("source", [NUMBERS, ELSEWHERE], ids=["in memory", "elsewhere"])
def test_every_sample_is_learned_from_or_kept_aside(source):
    learned, kept = split_holdout(source, 0.25, seed=3)
    assert (len(learned), len(kept)) == (300, 100)
    raw, labels = kept.read(torch.arange(100))
    assert torch.equal(labels, raw % 10)
    everything = torch.cat([learned.read(torch.arange(300))[0], raw])
    assert torch.equal(everything.sort().values, torch.arange(400))
    again = split_holdout(NUMBERS, 0.25, seed=3)[1].read(torch.arange(100))[0]
    assert torch.equal(raw, again), "a resumed run would learn from what was held out"
    assert not torch.equal(raw, split_holdout(NUMBERS, 0.25, seed=4)[1].read(torch.arange(100))[0])


def test_nothing_is_kept_aside_unless_asked():
    learned, kept = split_holdout(NUMBERS, 0.0, seed=3)
    assert learned is NUMBERS
    assert kept is None


@pytest.mark.parametrize("share", [0.1, 0.9999])
def test_too_few_to_tell_anything_are_refused(share):
    with pytest.raises(ConfigError, match="takes 64 of them"):
        split_holdout(NUMBERS, share, seed=3)


def test_all_of_the_data_cannot_be_kept_aside():
    with pytest.raises(ConfigError, match="share of the data"):
        recipe("digits").changed({"held_out": 1.0})


def test_a_run_learns_from_the_rest():
    chosen = recipe("digits").changed(
        {"held_out": 0.5, "data.limit": 200, "generator.width": 4, "discriminator.width": 4}
    )
    engine = Engine()
    parts = build_parts(chosen, load_data(chosen), engine)
    unseen = held_out(chosen, parts, engine)
    assert unseen.samples.shape == (100, 1, 8, 8)
    assert unseen.condition.shape == (100,)
    batches = build_trainer(chosen, parts, engine).data.batches(0)
    seen = torch.cat([next(batches).samples for _ in range(4)]).flatten(1)
    assert torch.cdist(unseen.samples.flatten(1), seen).min() > 0
