"""Recipes for sounds."""

from dataclasses import replace
from typing import Any

from multigan.config import OptimizerOptions, Recipe, ScheduleOptions
from multigan.modalities.image.families import progressive
from multigan.modalities.image.recipes import image
from multigan.typed import Component

# The window and hop are a vocoder's, 1024 and 256 samples at 22 kHz (Kong et al. 2020, "HiFi-GAN"),
# in milliseconds. The floor, 60 dB below the loudest, is where recordings at home are but noise.
SPEECH_MEL: dict[str, Any] = {"n_fft": 384, "hop_length": 96, "n_mels": 64, "floor": 0.003}
SPEECH_DATA: dict[str, Any] = {
    "sample_rate": 8000,
    "length": 6144,
    "trim_db": 40,
    "normalize": "peak",
}

NOTES_FREQUENCY: dict[str, Any] = {
    "n_fft": 256,
    "hop_length": 64,
    "floor": 0.03,
    "baseband": True,
    "weighted": True,
}


def speech() -> Recipe:
    """Returns the recipe for spoken words by class, sized for two CPU cores.

    A mel spectrogram of 64 bands and 64 frames is a picture, so the game, the networks and the
    schedules are those of `image`.
    """
    return replace(
        image(),
        name="speech",
        summary="Spoken words by class: mel spectrograms, DCGAN, relativistic, R1 and R2.",
        modality="audio",
        data=Component("notes", SPEECH_DATA),  # until a person names data of their own
        representation=Component("mel", {**SPEECH_MEL, "scaling": "range"}),
        # Its last filters look at 46 of 64 frames; what a hidden layer would add is not measured.
        discriminator=Component("dcgan", {"width": 32}),
        batch_size=16,
        half_life=5000,
        steps=4000,
        look_every=250,
        checkpoint_every=250,
        metrics=(),
    )


def sound() -> Recipe:
    """Returns the recipe for any sounds: `speech`, with what it leaves open chosen for the data.

    The sample rate, the clips' length and the spectrogram's hop are those that `multigan train` and
    `multigan look` find to suit the sounds and the time; see `multigan.modalities.audio.suit`.
    """
    return replace(
        speech(),
        name="sound",
        summary="Any sounds: speech's game, at the rate and length that the data and time allow.",
        data=Component("notes", {"trim_db": 40, "normalize": "peak", "fade": 0.005}),
        representation=Component("mel", {**SPEECH_MEL, "hop_length": 64, "scaling": "range"}),
    )


def progressive_speech() -> Recipe:
    """Returns the recipe `progressive` for spoken words: spectrograms grow from 4 bands and frames.

    GANSynth (Engel et al. 2019, "GANSynth: Adversarial Neural Audio Synthesis") grows in this way.
    With one step of the discriminator for each of the generator's it stayed behind: it found
    generated words better than real ones through most of a run.
    """
    growing = progressive()
    return replace(
        speech(),
        name="progressive-speech",
        summary="Spoken words by class: mel spectrograms that grow from 4x4, WGAN-GP with drift.",
        objective=growing.objective,
        generator=growing.generator,
        discriminator=growing.discriminator,
        loss=growing.loss,
        regularizers=growing.regularizers,
        optimizers=growing.optimizers,
        schedules=growing.schedules,
        discriminator_steps=2,
    )


def notes() -> Recipe:
    """Returns the recipe for musical notes by pitch, sized for two CPU cores.

    Magnitude and instantaneous frequency are what GANSynth (Engel et al. 2019) makes of notes; the
    networks look at whole frames, and the game is R3GAN's. Frequencies are given as differences
    from their bins' own, and fade where there is nothing to hear: with GANSynth's own the
    discriminator was soon sure of everything (benchmarks/README.md). Without data of one's own it
    learns the
    notes that multigan carries: plucked and struck strings, C4 to C5, half a second at 8 kHz.
    """
    return replace(
        image(),
        name="notes",
        summary="Notes by pitch, to play melodies with: magnitude, instantaneous frequency.",
        modality="audio",
        data=Component("notes"),
        representation=Component("log_magnitude_if", NOTES_FREQUENCY | {"griffin_lim": 1}),
        generator=Component(
            "frames", {"width": 192, "embedding_dim": 16, "mapping": 2, "smooth": True}
        ),
        discriminator=Component("frames", {"width": 192}),
        # Larger samples want larger penalties: R3GAN's weight grows with the picture, too.
        regularizers={"r1": {"weight": 0.3, "every": 4}, "r2": {"weight": 0.3, "every": 4}},
        schedules={
            "learning_rate": ScheduleOptions(5e-4, 1e-4),
            "beta2": ScheduleOptions(0.9, 0.99),
        },
        batch_size=16,
        half_life=2000,
        steps=500,
        look_every=125,
        checkpoint_every=125,
        metrics=(),
    )


def wavegan() -> Recipe:
    """Returns WaveGAN: Donahue, McAuley & Puckette (2019), "Adversarial Audio Synthesis".

    Loss, penalty, optimizer, five steps of the discriminator, batch and phase shuffle are the
    paper's; so are the latents, uniform in [-1, 1], and the networks, with 16 channels instead of
    64, which two CPU cores can train. The generator that is kept is an average, which the paper
    does not have. Both are conditioned on classes, where there are some; the paper's are not
    (`conditional=false`).
    """
    return _paper(
        "wavegan",
        "WaveGAN (2019): raw waveforms, WGAN-GP, phase shuffle.",
        representation=Component("waveform"),
        generator=Component("wavegan", {"width": 16, "uniform": True}),
        discriminator=Component("wavegan", {"width": 16, "phase_shuffle": 2}),
    )


def specgan() -> Recipe:
    """Returns SpecGAN, from the same paper as WaveGAN: log magnitudes, each bin to zero mean.

    Unlike there the hop is a quarter of the window: at half of it, phases found by Griffin-Lim
    cannot be heard without ripples. Otherwise it differs from the paper as `wavegan` does.
    """
    return _paper(
        "specgan",
        "SpecGAN (2019): log-magnitude spectrograms, WGAN-GP.",
        representation=Component("log_magnitude", {"scaling": "bins", "floor": 1e-6}),
        generator=Component("specgan", {"width": 16, "uniform": True}),
        discriminator=Component("specgan", {"width": 16}),
    )


def vocoder() -> Recipe:
    """Returns the recipe of a learned inverter for the mel spectrograms of `speech`.

    Networks, losses and rates are those of Siuzdak (2024), "Vocos", and of the Descript codec
    (Kumar et al. 2023), with narrow networks, for two CPU cores. For these, too, the network
    corrects what Griffin-Lim drafts, and the discriminators have a tenth of the codec's weights:
    in thousands of steps, not millions, they know little, and at their full weight what they asked
    for was farther from speech than the draft (benchmarks/README.md). Afterwards, for speech, --set
    'representation.inverter={"name": "learned", "options": {"path": "runs/0001-vocoder"}}'.
    """
    frames = SPEECH_DATA["length"] // SPEECH_MEL["hop_length"]
    optimizer = OptimizerOptions(learning_rate=5e-4, beta1=0.8, beta2=0.9)
    return Recipe(
        name="vocoder",
        summary="A learned inverter: mel spectrograms to sound. Vocos, balanced gradients.",
        modality="audio",
        data=Component("notes", SPEECH_DATA),
        representation=Component("waveform"),
        conditional=False,
        objective=Component("vocoder", {"adversarial": 0.1, "feature_matching": 0.2}),
        generator=Component("vocos", {**SPEECH_MEL, "width": 192, "griffin_lim": 16}),
        discriminator=Component("waveform", {"width": 8, "widest": 8}),
        latent_dim=SPEECH_MEL["n_mels"] * frames,
        loss="hinge",
        optimizers={"generator": optimizer, "discriminator": optimizer},
        schedules={"learning_rate": ScheduleOptions(5e-4, 0.0)},
        half_life=2000,
        batch_size=8,
        steps=4000,
        metrics=(),
    )


def endless() -> Recipe:
    """Returns the recipe of sound without an end, from recordings of any length.

    Until a person names data of their own it learns a plucked melody that multigan improvises.
    """
    return replace(
        notes(),
        name="endless",
        summary="Sound without an end, from long recordings: multigan stream RUN --seconds 60.",
        data=Component("melody", {"fit": "slice", "length": 4096}),
        representation=Component("log_magnitude_if", NOTES_FREQUENCY),
        conditional=False,
        generator=Component("endless", {"width": 192}),
        augment=Component("hide_edges"),
        latent_dim=16 + 16 * 8,  # the style, and 8 numbers for each of 16 anchors
        steps=3000,
    )


def gansynth() -> Recipe:
    """Returns GANSynth: Engel et al. (2019), "GANSynth: Adversarial Neural Audio Synthesis".

    Mel frequencies, progressive growing, one number a pitch beside the latent, a tanh at the end,
    the deviation of the whole batch, the pitch as the discriminator predicts it, and the rates,
    betas, batch and weights of the paper's program; its half-life, too (0.999 at batches of 8). The
    networks have a width of 32 instead of 256, for two CPU cores; on 4 s at 16 kHz with n_fft=2048
    and hop_length=512 the pictures are its 128 x 1024. It takes 50,000 steps, 400,000 sounds, where
    the paper's program takes 11 million.
    """
    optimizer = OptimizerOptions(learning_rate=8e-4, beta1=0.0, beta2=0.99)
    return replace(
        _paper(
            "gansynth",
            "GANSynth (2019): mel frequencies, grown progressively, told the pitch.",
            representation=Component("mel_if", {"n_fft": 256, "hop_length": 64}),
            generator=Component("progressive", {"width": 32, "embedding_dim": 0, "bounded": True}),
            discriminator=Component(
                "progressive", {"width": 32, "conditioning": "classifier", "group": 8}
            ),
        ),
        objective=Component("progressive"),
        regularizers={
            "gradient_penalty": {"weight": 10.0},
            "drift": {"weight": 0.001},
            "auxiliary_real": {"weight": 10.0},
            "auxiliary_fake": {"weight": 10.0},
        },
        optimizers={"generator": optimizer, "discriminator": optimizer},
        schedules={"growth": ScheduleOptions(0.0, 1.0, shape="linear")},
        latent_dim=256,
        discriminator_steps=1,
        batch_size=8,
        half_life=5500,
    )


def _paper(
    name: str,
    summary: str,
    *,
    representation: Component,
    generator: Component,
    discriminator: Component,
) -> Recipe:
    optimizer = OptimizerOptions(learning_rate=1e-4, beta1=0.5, beta2=0.9)
    return Recipe(
        name=name,
        summary=summary,
        modality="audio",
        data=Component("notes"),
        representation=representation,
        generator=generator,
        discriminator=discriminator,
        latent_dim=100,
        loss="wasserstein",
        regularizers={"gradient_penalty": {"weight": 10.0}},
        optimizers={"generator": optimizer, "discriminator": optimizer},
        discriminator_steps=5,
        batch_size=64,
        steps=50_000,
        metrics=(),
    )
