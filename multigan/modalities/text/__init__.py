"""Text: its loading, tokenizers, networks, relaxations, metrics, sampling and recipes."""

from multigan.imports.lazy import lazy_names

_HOMES = {
    "CausalLMGenerator": "multigan.modalities.text.networks.pretrained",
    "EncoderDiscriminator": "multigan.modalities.text.networks.pretrained",
    "GRUGenerator": "multigan.modalities.text.networks.recurrent",
    "LSTMGenerator": "multigan.modalities.text.networks.recurrent",
    "LatentTextGame": "multigan.modalities.text.latent",
    "LatentTextGenerator": "multigan.modalities.text.latent",
    "MaximumLikelihood": "multigan.modalities.text.objectives",
    "Neighbor": "multigan.modalities.text.policies",
    "PerTokenRNN": "multigan.modalities.text.networks.per_token",
    "RELAXATIONS": "multigan.modalities.text.relaxations",
    "Reinforce": "multigan.modalities.text.policies",
    "RelGANDiscriminator": "multigan.modalities.text.networks.relgan",
    "RelationalGenerator": "multigan.modalities.text.networks.relational",
    "Rollout": "multigan.modalities.text.policies",
    "TextCNN": "multigan.modalities.text.networks.cnn",
    "TextGame": "multigan.modalities.text.text_game",
    "TextGenerator": "multigan.modalities.text.networks.sequence",
    "TextModality": "multigan.modalities.text.modality",
    "TextTransformer": "multigan.modalities.text.networks.transformer",
    "TransformerGenerator": "multigan.modalities.text.networks.transformer",
}

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
