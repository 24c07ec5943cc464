"""Sampling sounds, playing melodies with a generator of notes, and sound without an end.

Shapes: B notes, Z latent size, A anchor size, K anchors.
"""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, cast

import torch
from torch import Tensor

from multigan.core.draws import normal, seeded
from multigan.core.protocols import KeepsExamples
from multigan.core.switches import evaluating
from multigan.errors import ConfigError
from multigan.modalities.audio.clip import Audio
from multigan.modalities.audio.modality import AudioModality
from multigan.modalities.audio.music.melody import Note
from multigan.modalities.audio.music.mixing import mix
from multigan.modalities.audio.music.pitch import class_pitches, pitch_name
from multigan.modalities.audio.networks.endless import EndlessGenerator
from multigan.modalities.audio.representations.streaming import StreamingSynthesis
from multigan.sampling.conditions import Condition, check_counts
from multigan.sampling.latents import along
from multigan.sampling.pipeline import Pipeline

OCTAVE = 12
AT_ONCE = 64  # notes


class AudioPipeline(Pipeline):
    """A generator of sounds.

    Example:
        >>> pipeline = AudioPipeline.from_pretrained("runs/0003-notes")  # doctest: +SKIP
        >>> song = pipeline.play(parse_melody("C4:1 E4:1 G4:2"), seed=7)  # doctest: +SKIP
        >>> pipeline.modality.write(song, Path("song"))  # doctest: +SKIP
    """

    @property
    def audio_modality(self) -> AudioModality:
        """The modality, known to be one of sounds."""
        return cast(AudioModality, self.modality)

    def latents(
        self, num_samples: int, *, seed: int = 0, truncation: float = 1.0, start: int = 0
    ) -> Tensor:
        """Returns latents (num_samples, Z), as `Pipeline` does.

        Of a learned inverter they are spectrograms, of which it keeps some: those take turns, and
        neither seed nor truncation changes them.
        """
        if not isinstance(self.generator, KeepsExamples):
            return super().latents(num_samples, seed=seed, truncation=truncation, start=start)
        check_counts(num_samples, truncation)
        examples = self.generator.example_latents().cpu()
        return examples[(start + torch.arange(num_samples)) % len(examples)]

    @property
    def pitches(self) -> dict[int, int]:
        """The pitches that it knows: MIDI numbers, and the class number of each.

        Raises:
            ConfigError: There are none.
        """
        names = self.condition.names if self.condition else ()
        found = {pitch: number for number, pitch in enumerate(class_pitches(names))}
        if not found:
            raise ConfigError(
                "This generator cannot play melodies: its classes are not pitches such as C4 or "
                "60. Train one on notes: multigan train notes"
            )
        return found

    def play(self, notes: Sequence[Note], *, seed: int = 0, timbres: int = 2) -> Audio:
        """Plays a melody; its sound changes from timbre to timbre while it goes on.

        A pitch that the generator does not know is played in the nearest octave in which it does,
        and a note longer than a clip is sustained.

        Args:
            notes: The melody.
            seed: Fixes the timbres.
            timbres: Through how many latents the sound wanders, along arcs; 1 keeps one.

        Raises:
            ConfigError: The classes are not pitches, or a pitch is known in no octave.

        Source: Engel et al. (2019), "GANSynth", for interpolating the timbre in time.
        """
        if not notes:
            raise ConfigError("A melody needs at least one note.")
        if timbres < 1:
            raise ConfigError(f"A melody needs at least one timbre, not {timbres}.")
        played = {pitch: self.nearest(pitch) for pitch in {note.pitch for note in notes}}
        known = self.pitches
        classes = torch.tensor([known[played[note.pitch]] for note in notes])
        latents = self._timbres(notes, self.latents(timbres, seed=seed))
        rate, length = self.audio_modality.sample_rate, self.audio_modality.length
        return Audio(mix(notes, self._struck(latents, classes), rate, length), rate)

    def _struck(self, latents: Tensor, classes: Tensor) -> Iterator[Tensor]:
        """Yields the waveform (C, T) of each note, all equally loud; a few are held at once."""
        for part in torch.split(torch.arange(len(latents)), AT_ONCE):
            sounds = self.audio_modality.decode(self.generate(latents[part], classes[part]))
            for waveform in (sound.waveform for sound in sounds):
                # How loud a note is, is the melody's to say: latents are as loud as players are.
                yield waveform / waveform.abs().amax().clamp_min(1e-6)

    @torch.inference_mode()
    def stream(self, *, seed: int = 0, condition: Condition = None) -> Iterator[Audio]:
        """Yields sound without an end, block after block, each as long as a training sample.

        The blocks fit together without a seam. They are made when asked for, in constant memory.

        Args:
            seed: Fixes the style and all that follows.
            condition: A class by number or name; None is the first.

        Raises:
            ConfigError: The generator makes sounds of one length only, or their representation
                cannot be streamed.
        """
        generator = self.generator
        if not isinstance(generator, EndlessGenerator):
            raise ConfigError(
                "This generator makes sounds of one length. Train one that goes on: multigan train "
                "endless --data ..."
            )
        synthesis = StreamingSynthesis(self.audio_modality.representation)
        conditions = self.conditions(0 if condition is None and self.condition else condition, 1)
        conditions = None if conditions is None else conditions.to(self.device)
        with seeded(seed, "style"):
            style = normal(1, generator.style_dim, device=self.device)
        for block in count():
            anchors = self._anchors(generator, seed, block)
            with evaluating(generator):
                samples = generator.extend(style, anchors, conditions)
            waveform = synthesis(samples[0])
            yield Audio(waveform[None].cpu(), self.audio_modality.sample_rate)

    def _anchors(self, generator: EndlessGenerator, seed: int, block: int) -> Tensor:
        """Returns the anchors (1, A, K) of a block, with its neighbors'; each has its own seed."""
        length = generator.sample_shape[2] // generator.stride
        first, last = block * length - generator.margin, (block + 1) * length + generator.margin
        rows = []
        for index in range(first, last):
            with seeded(seed, "anchor", index):
                rows.append(normal(1, generator.anchor_dim))
        return torch.stack(rows, 2).to(self.device)

    def nearest(self, pitch: int) -> int:
        """Returns the known MIDI number nearest to `pitch` that is whole octaves away from it.

        Raises:
            ConfigError: There is none.
        """
        same = [known for known in self.pitches if (known - pitch) % OCTAVE == 0]
        if not same:
            known = ", ".join(pitch_name(known) for known in sorted(self.pitches))
            raise ConfigError(
                f"This generator plays {pitch_name(pitch)} in no octave. It plays {known}. Choose "
                "other notes, or transpose them."
            )
        return min(same, key=lambda known: abs(known - pitch))

    def _timbres(self, notes: Sequence[Note], stops: Tensor) -> Tensor:
        """Returns a latent (B, Z) for each note, by when it starts."""
        start = torch.tensor([note.start for note in notes])
        return along(stops, start / start.max().clamp_min(1e-9) * (len(stops) - 1))


def audio_pipeline(pipeline: Any) -> AudioPipeline:
    """Returns a pipeline that was loaded by name, if it makes sounds.

    Raises:
        ConfigError: It does not.
    """
    if not isinstance(pipeline, AudioPipeline):
        raise ConfigError(
            f"This run makes no sounds but {pipeline.modality.name}, which cannot be played. Train "
            "one on notes: multigan train notes"
        )
    return pipeline
