"""Every recipe, scaled down until a few dozen steps take seconds, and texts to go with it."""

from typing import Any

from multigan.modalities.recipes import RECIPES, recipe

COMMON = {"log_every": 10, "look_every": 0, "checkpoint_every": 0}
WIDTHS = {"generator.width": 8, "discriminator.width": 8}
IMAGE = WIDTHS | {"batch_size": 8, "latent_dim": 8}
SOUND = {"batch_size": 2, "generator.width": 4, "discriminator.width": 4, "data.limit": 24}
WORDS = {"batch_size": 8, "generator.width": 16, "generator.embedding_dim": 8}
BERT = {"num_hidden_layers": 1, "hidden_size": 16, "intermediate_size": 16}
SHRUNK: dict[str, dict[str, Any]] = {
    **dict.fromkeys(
        (
            *("digits", "image", "dcgan", "lsgan", "wgan", "wgan-gp", "sngan", "r3gan", "acgan"),
            *("sagan", "biggan", "reacgan", "progressive", "stylegan2"),
        ),
        IMAGE,
    ),
    **dict.fromkeys(
        ("speech", "progressive-speech", "notes", "wavegan", "specgan", "endless", "gansynth"),
        SOUND,
    ),
    "vocoder": SOUND
    | {"generator.depth": 2, "generator.griffin_lim": 2, "discriminator.widest": 2}
    | {"data.length": 16 * 96, "latent_dim": 16 * 64},
    **dict.fromkeys(("relativistic-text", "text", "prose"), WORDS | {"discriminator.channels": 4}),
    "mle": WORDS,
    "relgan": {
        "batch_size": 4,
        "generator.head_size": 8,
        "discriminator.channels": 4,
        "discriminator.representations": 2,
        "discriminator_steps": 2,
        "schedules.inverse_temperature.after": 80,
        "schedules.inverse_temperature.over": 120,
    },
    "scratchgan": {"batch_size": 16, **WIDTHS},
    "seqgan": WORDS | {"objective.relaxation.rollouts": 2, "discriminator_steps": 2},
    "latent-text": WORDS
    | {"generator.code_dim": 8, "discriminator.code_dim": 8, "discriminator.width": 8},
    "hf-text": {
        "batch_size": 4,
        "data.vocab_size": 300,
        "generator.config.n_layer": 1,
        "generator.config.n_embd": 16,
        **{f"discriminator.config.{name}": value for name, value in BERT.items()},
    },
}
# For a recipe that is not listed above, by its kind of data.
BY_KIND = {"image": IMAGE, "audio": SOUND, "text": WORDS}


def shrinking(name: str, steps: int) -> dict[str, Any]:
    """Returns what makes a recipe small; a warm-up takes two fifths of the steps."""
    asked = recipe(name)
    found = COMMON | SHRUNK.get(name, BY_KIND.get(asked.modality, {}))
    if "warmup_steps" in asked.objective.options:
        found |= {"objective.warmup_steps": 2 * steps // 5}
        if asked.objective.name == "text-game":
            found |= {"objective.discriminator_warmup": max(steps // 10, 1)}
    return found


def is_text(name: str) -> bool:
    """Whether a recipe's data are texts."""
    return RECIPES[name]().modality == "text"


def texts() -> list[str]:
    """Returns 96 short texts."""
    nouns, verbs = ("cat", "dog", "bird", "horse"), ("sees", "hears", "likes")
    triples = [(who, does, whom) for who in nouns for does in verbs for whom in nouns] * 2
    return [f"the {who} {does} a {whom} ." for who, does, whom in triples]
