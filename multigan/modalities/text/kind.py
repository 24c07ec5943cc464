"""Text, as one kind of data."""

from multigan.core.registries import KINDS
from multigan.modalities.kind import Kind, refuse_representation
from multigan.modalities.text import latent, networks, objectives, policies, relaxations
from multigan.modalities.text.evaluator import TEXT_EVALUATOR
from multigan.modalities.text.graph import token_graph
from multigan.modalities.text.load.load import load_text
from multigan.modalities.text.load.loaded import TextSet
from multigan.modalities.text.load.options import TextOptions
from multigan.modalities.text.modality import TextModality
from multigan.modalities.text.pipeline import text_pipeline
from multigan.registry import Component

__all__ = ["TEXT", "latent", "networks", "objectives", "policies", "relaxations"]


def _component(texts: TextSet, representation: Component | None) -> Component:
    refuse_representation("Texts", representation)
    options = {"tokenizer": texts.tokenizer.to_json(), "length": texts.length}
    return Component("text", options)


TEXT = Kind(
    loader=load_text,
    options=TextOptions,
    modality=TextModality,
    component=_component,
    # Texts to compare with are wanted whole, however long.
    match_options=lambda modality: {"length": modality.length, "too_long": "cut"},
    subset_options=frozenset({"limit", "split"}),
    pipeline=text_pipeline,
    graph=token_graph,
    evaluator=TEXT_EVALUATOR,
    page="text",
    columns=4,
    explored=8,
    printed=True,
    sampling=frozenset({"prompt", "temperature", "top_k", "top_p"}),
    demo="prose",
)
KINDS["text"] = TEXT
