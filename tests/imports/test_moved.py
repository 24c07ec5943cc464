"""Old import paths work, say that they are old, and lead to the same objects."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from multigan.imports.moved import MOVED

NAMES = {
    "multigan.core.run": "RunFolder",
    "multigan.data.images": "load_images",
    "multigan.healing": "begin_again",
    "multigan.latents": "principal_directions",
    "multigan.notebook.compare": "Compare",
    "multigan.modalities.image.sheet": "draw_sheet",
    "multigan.pipelines": "TextPipeline",
    "multigan.recipes": "recipe",
    "multigan.registry": "Registry",
    "multigan.synthesis": "synthesize",
    "multigan.trainers": "ImageTrainer",
}


@pytest.mark.parametrize("old", MOVED)
def test_an_old_path_warns_and_has_the_new_one_s_names(old, monkeypatch):
    monkeypatch.delitem(sys.modules, old, raising=False)
    with pytest.warns(DeprecationWarning, match=f"{old} has moved: import from {MOVED[old][0]}"):
        module = import_module(old)
    found = [home for home in MOVED[old] if hasattr(import_module(home), NAMES[old])]
    assert getattr(module, NAMES[old]) is getattr(import_module(found[0]), NAMES[old])
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = module.nothing


def test_old_paths_are_not_taken_by_anything_new():
    for old in MOVED:
        parent, _, name = old.rpartition(".")
        folder = Path(import_module(parent).__file__).parent
        assert not (folder / f"{name}.py").exists()
        assert not (folder / name).exists()
