"""Whatever can be known to be wrong without data is said before any is read."""

import pytest

from multigan.errors import ConfigError
from multigan.modalities.recipes import RECIPES, recipe
from multigan.runs.recipe_check import check_recipe
from multigan.runs.session import start


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_passes(name):
    check_recipe(recipe(name))


WRONG = {
    "loss": ("hing", "no adversarial loss called 'hing'. Did you mean 'hinge'"),
    "generator": ("dcgn", "no generator called 'dcgn'. Did you mean 'dcgan'"),
    "generator.widht": (8, "Did you mean 'width'"),
    "generator.width": (0, "width must be"),
    "discriminator.conditioning": ("loud", "conditioning must be"),
    "augment": ("mirorr", "no augmentation called 'mirorr'"),
    "regularizers.r3": ({}, "no regularizer called 'r3'"),
    "controllers.adaptive_augment.target": (7, "target must be"),
    "objective": ("gme", "no objective called 'gme'"),
    "metrics": (["frechte"], "no metric called 'frechte'"),
    "data.sizes": (32, "data"),
}


@pytest.mark.parametrize("path", WRONG)
def test_what_is_wrong_is_said_before_data_are_looked_for(path, tmp_path):
    value, said = WRONG[path]
    changed = recipe("image").with_data("/nowhere/at/all").changed({path: value})
    with pytest.raises(ConfigError, match=said):
        start(changed, out=tmp_path, device="cpu")


NESTED = {
    "objective.relaxation": ("text", "gumbl", "no relaxation called 'gumbl'. Did you mean"),
    "objective.relaxation.lagg": ("scratchgan", 3, "Cannot build relaxation 'reinforce'"),
    "representation.inverter": ("speech", "grifin_lim", "no inverter called 'grifin_lim'"),
    "objective": ("sound", "resynthesis:hearing=wavefrm", "no discriminator called 'wavefrm'"),
    "regularizers": ("image", {"consistency": {"augment": "mirorr"}}, "no augmentation called"),
    "representation": ("image", "mel", "have no representation to choose"),
}


@pytest.mark.parametrize("path", NESTED)
def test_what_parts_name_themselves_is_checked_before_data_are_looked_for(path, tmp_path):
    name, value, said = NESTED[path]
    changed = recipe(name).with_data("/nowhere/at/all").changed({path: value})
    with pytest.raises(ConfigError, match=said):
        start(changed, out=tmp_path, device="cpu")


def test_representations_are_checked_too():
    with pytest.raises(ConfigError, match="Did you mean 'n_mels'"):
        check_recipe(recipe("speech").changed({"representation.n_mel": 3}))
