"""Training a learned inverter: an adversarial game in which the generator is conditioned on mel
spectrograms.

Shapes: B clips, T samples, F mel bands, M frames, N logits.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss

from multigan.core.balancer import Balancer
from multigan.core.game import full_precision
from multigan.core.knobs import Knob
from multigan.core.losses import LOSSES, AdversarialLoss
from multigan.core.objective import Batch, Objective, Phase, Terms
from multigan.core.registries import OBJECTIVES, Ingredients
from multigan.errors import ConfigError
from multigan.modalities.audio.networks.vocos import EXAMPLES, Vocos
from multigan.modalities.audio.networks.waveform import WaveformDiscriminator
from multigan.modalities.audio.representations.spectral import Mel, mel_bands
from multigan.modalities.audio.sound import FULL_SCALE
from multigan.typed import Weight

TINY = 1e-5  # of a magnitude
# Windows in samples, and how many mel bands each is seen in: the Descript codec's pairs, up to
# half of its longest window, which suits half of its sample rate.
RESOLUTIONS = ((32, 5), (64, 10), (128, 20), (256, 40), (512, 80), (1024, 160))


class MelLoss(nn.Module):
    """How far log mel spectrograms are apart, over several windows.

    Source: Kumar et al. (2023), "High-Fidelity Audio Compression with Improved RVQGAN", section
    3.4: the mean absolute difference of base-10 logarithms, hops of a quarter, summed over windows.

    Args:
        sample_rate: In Hz.
        quietest: Added to a band's magnitude, for a window of `reference` samples. The slope of a
            logarithm grows without end towards silence: with the codec's limit of 1e-5 the silence
            around words took all of the gradient, and the words were not learned.
        reference: In samples; a magnitude grows with the window.
        resolutions: Windows in samples, and the bands each is seen in.
    """

    def __init__(
        self,
        sample_rate: int,
        *,
        quietest: float,
        reference: int,
        resolutions: Sequence[tuple[int, int]] = RESOLUTIONS,
    ) -> None:
        super().__init__()
        self.quietest = quietest / reference
        self.sizes = [window for window, _ in resolutions]
        for window, bands in resolutions:
            matrix = mel_bands(window // 2 + 1, 0.0, None, bands, sample_rate)
            self.register_buffer(f"bands_{window}", matrix, persistent=False)
            hann = torch.hann_window(window)
            self.register_buffer(f"window_{window}", hann, persistent=False)

    def forward(self, real: Tensor, fake: Tensor) -> Tensor:
        """Returns the scalar loss of waveforms (B, C, T)."""
        losses = [
            l1_loss(self._logarithm(fake, size), self._logarithm(real, size)) for size in self.sizes
        ]
        return torch.stack(losses).sum()

    def _logarithm(self, waveform: Tensor, size: int) -> Tensor:
        spectrum = torch.stft(
            waveform.flatten(0, 1).float(),
            size,
            size // 4,
            window=self.get_buffer(f"window_{size}"),
            pad_mode="constant",
            return_complex=True,
        )
        # The root of a sum has a gradient at silence, a magnitude has none.
        power = spectrum.real.square() + spectrum.imag.square()
        magnitude = (power + TINY**2).sqrt()
        quietest = self.quietest * size
        return (self.get_buffer(f"bands_{size}") @ magnitude + quietest).log10()


class VocoderGame(Objective):
    """A generator that turns the data's own mel spectrograms back into its waveforms.

    Three losses of the generator are balanced by their gradients: the adversarial one, the distance
    of the discriminator's activations (feature matching), and that of mel spectrograms.

    Sources: Kong et al. (2020), "HiFi-GAN", for the losses; Défossez et al. (2022), "High Fidelity
    Neural Audio Compression", for the balance.

    Args:
        generator: (B, F x M) -> (B, 1, T).
        discriminator: Of waveforms, with activations.
        loss: What the players want from the logits.
        mel: Makes spectrograms of waveforms.
        weights: Shares of the generator's gradient: "adversarial", "feature_matching" and "mel".
    """

    def __init__(
        self,
        generator: Vocos,
        discriminator: WaveformDiscriminator,
        loss: AdversarialLoss,
        mel: Mel,
        weights: Mapping[str, float],
    ) -> None:
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.loss, self.mel = loss, mel
        self.mel_loss = MelLoss(mel.sample_rate, quietest=mel.floor, reference=mel.stft.n_fft)
        self.balancer = Balancer(weights)

    @property
    def phases(self) -> tuple[Phase, Phase]:
        """The discriminator's move, then the generator's."""
        return (
            Phase("discriminator", self.discriminator, self.discriminator_terms),
            Phase("generator", self.generator, self.generator_terms),
        )

    @property
    def averaged(self) -> Mapping[str, nn.Module]:
        """The generator."""
        return {"generator": self.generator}

    @property
    def knobs(self) -> Mapping[str, Knob]:
        """The weights of the balance, e.g. `mel.weight`."""
        return self.balancer.knobs

    def latent(self, waveform: Tensor) -> Tensor:
        """Returns what the generator is conditioned on, of waveforms (B, 1, T): (B, F x M)."""
        with full_precision(waveform.device.type):  # logarithms of half precision are steps
            return self.mel.analyze(waveform).flatten(1)

    def discriminator_terms(self, batch: Batch, step: int) -> Terms:
        """Scores sounds against what the generator makes of their spectrograms."""
        with torch.no_grad():
            fake = self.generator(self.latent(batch.samples))
        # In one pass, which normalizes the discriminator's weights once.
        logits = self.discriminator(torch.cat([batch.samples, fake])).float()
        real_logits, fake_logits = logits.chunk(2)
        return {"adversarial": self.loss.discriminator(real_logits, fake_logits).mean()}

    def generator_terms(self, batch: Batch, step: int) -> Terms:
        """Compares what the generator makes of spectrograms with the sounds they are of."""
        real = batch.samples
        fake = self.generator(self.latent(real))
        fake_logits, fake_features = self.discriminator.scored(fake)
        with torch.no_grad():
            real_logits, real_features = self.discriminator.scored(real)
        adversarial = self.loss.generator(real_logits.float(), fake_logits.float()).mean()
        differences = [l1_loss(f, r) for f, r in zip(fake_features, real_features, strict=True)]
        with full_precision(real.device.type):
            distance = self.mel_loss(real, fake)
        losses = {
            "adversarial": adversarial,
            "feature_matching": torch.stack(differences).mean(),
            "mel": distance,
        }
        return self.balancer(losses, fake)


@OBJECTIVES.register("vocoder")
def vocoder(
    ingredients: Ingredients,
    adversarial: Weight = 1.0,
    feature_matching: Weight = 2.0,
    mel: Weight = 15.0,
) -> VocoderGame:
    """Returns the game that trains a learned inverter, and gives its generator some examples.

    Args:
        ingredients: With the networks "vocos" and "waveform", and waveforms of 1 channel.
        adversarial, feature_matching, mel: Shares of the generator's gradient; the Descript
            codec's weights of the same losses.

    Raises:
        ConfigError: The networks are others.
    """
    generator, discriminator = ingredients.generator, ingredients.discriminator
    if not isinstance(generator, Vocos) or not isinstance(discriminator, WaveformDiscriminator):
        raise ConfigError(
            "A vocoder is trained with the generator 'vocos' and the discriminator 'waveform'. "
            "Take the recipe 'vocoder' as it is."
        )
    if ingredients.condition is not None:
        raise ConfigError(
            "A vocoder is conditioned on a spectrogram and nothing else: --set conditional=false"
        )
    modality = ingredients.modality
    spectrograms = Mel(
        sample_rate=int(modality.sample_rate),  # type: ignore[arg-type]
        channels=1,
        length=generator.stft.length,
        scaling="range",
        **generator.mel_options,
    )
    weights = {"adversarial": adversarial, "feature_matching": feature_matching, "mel": mel}
    loss = LOSSES[ingredients.recipe.loss]
    if generator.draft is not None:
        generator.draft.inverse_bands.copy_(spectrograms.inverse_bands)
    game = VocoderGame(generator, discriminator, loss, spectrograms, weights)
    source = ingredients.data.source
    spread = torch.arange(EXAMPLES) * len(source) // EXAMPLES
    raw, _ = source.read(spread)
    with torch.no_grad():
        generator.examples.copy_(game.latent(raw.cpu().float() / FULL_SCALE))
    return game
