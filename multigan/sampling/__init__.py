"""Sampling from trained generators, keeping them on disk, and walking their latent spaces."""

from multigan.imports.lazy import lazy_names

__getattr__, __dir__ = lazy_names(__name__, {"Pipeline": "multigan.sampling.pipeline"})
