"""Networks for text: generators of token sequences (B, L), discriminators of embedded ones."""

from multigan.modalities.text.networks import (
    cnn,
    per_token,
    pretrained,
    recurrent,
    relational,
    relgan,
    transformer,
)

__all__ = ["cnn", "per_token", "pretrained", "recurrent", "relational", "relgan", "transformer"]
