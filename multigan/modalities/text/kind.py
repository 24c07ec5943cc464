"""Text, as one kind of data."""

from multigan.core.registries import KINDS
from multigan.modalities.kind import Kind, refuse_representation
from multigan.modalities.sampling_options import WRITING
from multigan.modalities.suit import Traits
from multigan.modalities.text import latent, networks, objectives, policies, relaxations
from multigan.modalities.text.evaluator import TEXT_EVALUATOR
from multigan.modalities.text.graph import token_graph
from multigan.modalities.text.load.load import load_text
from multigan.modalities.text.load.loaded import TextSet
from multigan.modalities.text.load.options import TextOptions
from multigan.modalities.text.load.oracle_sentences import PREFIX
from multigan.modalities.text.load.text_files import JSON_LINES, TABLES, TEXT_COLUMNS
from multigan.modalities.text.modality import TextModality
from multigan.modalities.text.pipeline import text_pipeline
from multigan.modalities.text.sight import look_at_texts
from multigan.modalities.text.suit import suit_texts
from multigan.typed import Component

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
    traits=Traits(
        suffixes=frozenset({".txt", ".md", *TABLES, *JSON_LINES}),
        names=frozenset({"prose"}),
        prefixes=frozenset({PREFIX}),
        columns=frozenset(TEXT_COLUMNS),
    ),
    general="text",
    suit=suit_texts,
    few=0,
    sight=look_at_texts,
    page="text",
    columns=4,
    explored=8,
    printed=True,
    sampling=frozenset(option.name for option in WRITING),
    demo="prose",
)
KINDS["text"] = TEXT
