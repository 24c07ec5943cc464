"""Recipes for text."""

from dataclasses import replace

from multigan.config import OptimizerOptions, Recipe, ScheduleOptions
from multigan.typed import Component


def relativistic_text() -> Recipe:
    """Returns our recipe for any text: maximum likelihood first, then a game that keeps it honest.

    The relativistic loss with R1 and R2 is that of Huang et al. (2024), "The GAN is dead; long live
    the GAN!", taken at the discriminator's embeddings of tokens; the tokens pass the gradient
    straight through a Gumbel softmax (Jang et al. 2017). Likelihood stays mixed in and entropy is
    rewarded, the two remedies that helped most in Caccia et al. (2020), "Language GANs Falling
    Short".
    """
    return Recipe(
        name="relativistic-text",
        summary="Any text, ours: likelihood, then the relativistic game on tokens with R1 and R2.",
        modality="text",
        # A word that is there once teaches nothing, and makes every step dearer.
        data=Component("prose", {"min_count": 2}),
        objective=Component(
            "text-game",
            {
                "relaxation": "straight-through",
                "warmup_steps": 2000,
                "discriminator_warmup": 200,
                "likelihood_weight": 1.0,
                "entropy_weight": 0.02,
            },
        ),
        generator=Component("lstm", {"width": 256, "dropout": 0.5}),
        discriminator=Component("text-cnn", {"channels": 64}),
        regularizers={"r1": {"weight": 0.1, "every": 4}, "r2": {"weight": 0.1, "every": 4}},
        optimizers={
            "likelihood": OptimizerOptions(learning_rate=2e-3, beta1=0.9, beta2=0.99),
            "generator": OptimizerOptions(learning_rate=2e-4, beta1=0.5, beta2=0.99),
            "discriminator": OptimizerOptions(learning_rate=2e-4, beta1=0.5, beta2=0.99),
        },
        half_life=20_000,
        steps=4000,
        metrics=(),
    )


def text() -> Recipe:
    """Returns `relativistic_text` under the name of its kind of data."""
    return replace(relativistic_text(), name="text")


def mle() -> Recipe:
    """Returns maximum likelihood alone: the baseline that every GAN of text has to beat."""
    return replace(
        relativistic_text(),
        name="mle",
        summary="Maximum likelihood alone, the baseline that GANs of text have to beat.",
        objective=Component("likelihood"),
        discriminator=None,
        regularizers={},
        optimizers={"likelihood": OptimizerOptions(learning_rate=2e-3, beta1=0.9, beta2=0.99)},
    )


def prose() -> Recipe:
    """Returns the recipe of the demo: sentences of Python's help, no download, three minutes."""
    return relativistic_text().changed(
        {
            "name": "prose",
            "summary": "The demo: sentences of the help texts that every Python carries.",
            "data.lowercase": True,
            "data.length": 24,
            "objective.warmup_steps": 800,
            "objective.discriminator_warmup": 50,
            "steps": 1000,
            "look_every": 100,
            "checkpoint_every": 250,
        }
    )


def relgan() -> Recipe:
    """Returns the GAN of Nie et al. (2019), "RelGAN", with the sizes and rates of its code.

    150 epochs of likelihood on 10,000 captions, then 2,000 steps of the relativistic game on soft
    tokens, whose inverse temperature rises as 100^(i / 5000). All gradients are clipped at 5. Slow
    on CPUs; `--set discriminator.channels=64 --set discriminator.representations=8
    --set generator.head_size=64` is a smaller one.
    """
    warmup = 23_400
    game = OptimizerOptions(learning_rate=1e-4, beta1=0.9, beta2=0.999, clip=5.0)
    return replace(
        relativistic_text(),
        name="relgan",
        summary="RelGAN (2019): relational memory, soft Gumbel tokens, 64 views, rising sharpness.",
        objective=Component("text-game", {"relaxation": "gumbel", "warmup_steps": warmup}),
        generator=Component("relational-memory"),
        discriminator=Component("relgan-cnn"),
        regularizers={},
        optimizers={
            "likelihood": replace(game, learning_rate=1e-2),
            "generator": game,
            "discriminator": game,
        },
        schedules={
            "inverse_temperature": ScheduleOptions(
                1.0, 100.0, over=5000 * 64, shape="exponential", after=warmup * 64
            )
        },
        discriminator_steps=5,
        steps=warmup + 2000,
    )


def scratchgan() -> Recipe:
    """Returns the GAN of de Masson d'Autume et al. (2019), "Training Language GANs from Scratch".

    No likelihood at all: dense rewards from a discriminator of every token, large batches, and the
    paper's rates. Its networks of 512 units and GloVe vectors are 256 and learned ones here.
    """
    return replace(
        relativistic_text(),
        name="scratchgan",
        summary="ScratchGAN (2019): from scratch by dense rewards for every token, large batches.",
        objective=Component("text-game", {"relaxation": {"name": "reinforce", "discount": 0.23}}),
        generator=Component("lstm", {"width": 256, "depth": 2, "dropout": 0.0}),
        discriminator=Component("text-rnn", {"width": 256, "unit_embeddings": False}),
        loss="non_saturating",
        regularizers={},
        optimizers={
            "generator": OptimizerOptions(learning_rate=9.59e-5, beta1=0.5, beta2=0.999),
            "discriminator": OptimizerOptions(learning_rate=9.38e-3, beta1=0.5, beta2=0.999),
        },
        batch_size=512,
        half_life=100_000,
        steps=20_000,
    )


def seqgan() -> Recipe:
    """Returns the GAN of Yu et al. (2017), "SeqGAN: Sequence Generative Adversarial Nets with
    Policy Gradient": likelihood, then 16 rollouts of every beginning, rewarded when they end.

    The generator has the paper's size of 32 units; its completions are those of a copy that lags
    behind, as in the paper's code.
    """
    rate = OptimizerOptions(learning_rate=1e-2, beta1=0.9, beta2=0.999)
    return replace(
        relativistic_text(),
        name="seqgan",
        summary="SeqGAN (2017): likelihood, then policy gradients from Monte-Carlo rollouts.",
        objective=Component(
            "text-game",
            {
                "relaxation": {"name": "rollout", "rollouts": 16, "lag": 0.8},
                "warmup_steps": 6000,
                "discriminator_warmup": 600,
            },
        ),
        generator=Component("lstm", {"width": 32, "embedding_dim": 32, "tied": False}),
        discriminator=Component("text-cnn", {"dropout": 0.25, "unit_embeddings": False}),
        loss="non_saturating",
        regularizers={},
        optimizers={
            "likelihood": rate,
            "generator": rate,
            "discriminator": OptimizerOptions(learning_rate=1e-4, beta1=0.9, beta2=0.999),
        },
        discriminator_steps=5,
        steps=6200,
    )


def latent_text() -> Recipe:
    """Returns the recipe of text through a latent space, after Zhao et al. (2018), "Adversarially
    Regularized Autoencoders", with our loss and penalties on the codes.
    """
    game = OptimizerOptions(learning_rate=5e-4, beta1=0.5, beta2=0.99)
    return replace(
        relativistic_text(),
        name="latent-text",
        summary="An autoencoder of texts and a game on its codes: interpolation, one-step samples.",
        objective=Component("latent-text", {"warmup_steps": 1000, "code_noise": 0.3}),
        generator=Component("latent-text", {"code_dim": 128}),
        discriminator=Component("latent-code", {"code_dim": 128}),
        latent_dim=64,
        optimizers={
            "autoencoder": OptimizerOptions(learning_rate=2e-3, beta1=0.9, beta2=0.99),
            "generator": game,
            "discriminator": game,
        },
    )


def hf_text() -> Recipe:
    """Returns the recipe of models of `transformers`: a small GPT-2 against a small BERT.

    With pretrained ones: `--set generator.model=FOLDER --set generator.config=null
    --set data.tokenizer=FOLDER`, where FOLDER may be a name on the Hub; likewise for the
    discriminator. `--set generator.adapter_rank=8` trains low-rank adapters instead of the whole.
    """
    gpt2 = {"model_type": "gpt2", "n_layer": 3, "n_head": 4, "n_embd": 192, "n_positions": 512}
    bert = {
        "model_type": "bert",
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "hidden_size": 128,
        "intermediate_size": 512,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
    }
    return relativistic_text().changed(
        {
            "name": "hf-text",
            "summary": "Models of transformers: any causal language model, any encoder against it.",
            "data": {"name": "prose", "options": {"tokenizer": "bpe", "vocab_size": 2048}},
            "generator": {"name": "causal-lm", "options": {"config": gpt2}},
            "discriminator": {"name": "encoder", "options": {"config": bert}},
            "optimizers.likelihood.learning_rate": 5e-4,
            "optimizers.generator.learning_rate": 5e-5,
            "optimizers.discriminator.learning_rate": 1e-4,
        }
    )
