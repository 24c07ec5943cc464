"""Kinds of data: one folder each, plugged in by one object; see `multigan.modalities.kind`."""

from multigan.imports.lazy import lazy_names

_HOMES = {
    "AUGMENTATIONS": "multigan.core.registries",
    "DATA": "multigan.core.registries",
    "DISCRIMINATORS": "multigan.core.registries",
    "GENERATORS": "multigan.core.registries",
    "Ingredients": "multigan.core.registries",
    "KINDS": "multigan.core.registries",
    "OBJECTIVES": "multigan.core.registries",
}

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
