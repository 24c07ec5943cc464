"""Sounds from wherever they are: read once, brought to one form, and a report of all of it.

Shapes: N clips, C channels, T samples.
"""

from dataclasses import replace
from typing import Any

from multigan.data.origins import Origins
from multigan.data.readers import digest
from multigan.data.reading import Format, Tally, load
from multigan.modalities.audio.load.arrays import read_tensor
from multigan.modalities.audio.load.decode import DECODING, SOUNDS, Target, decode, reason
from multigan.modalities.audio.load.layouts import by_layout
from multigan.modalities.audio.load.loaded import AudioReport, AudioSet
from multigan.modalities.audio.load.notes import read_melody, read_notes
from multigan.modalities.audio.load.options import AudioOptions
from multigan.modalities.audio.load.plan import plan
from multigan.typed import chosen


def load_audio(data: Any, options: AudioOptions | None = None, **fields: Any) -> AudioSet:
    """Reads sounds, decodes each of them once, and keeps them as int16.

    Each file, in this order: is left out and counted if it cannot be decoded, holds no samples, is
    silent (never above -70 dB of full scale), or holds samples that are not finite; has its
    channels averaged, doubled or the first two taken; is resampled; loses the silence at both ends;
    is brought to a level (and in any case turned down where it goes beyond full scale); is cut or
    padded with zeros to the length.

    Args:
        data: A folder or zip (a class per subfolder, a pattern of file names, a metadata.csv,
            .jsonl or .parquet with `file_name` and labels, or the layout of NSynth, Speech Commands
            or the Free Spoken Digit Dataset), a Parquet file or folder of those, the name of a data
            set on the Hugging Face Hub ("owner/name" or "hf:..."), a tensor or array (N, T) or
            (N, C, T) of int16 or of floats in [-1, 1], or a pair of one and of labels: classes
            (N,), or floats (N,) or (N, K).
        options: How to read them.
        fields: The same by name: any of those of `AudioOptions`, which documents them.

    Raises:
        ConfigError: An option is unknown, or cannot have its value.
        DataError: The data cannot be read as asked; the message says what to do.

    Example:
        >>> tone = torch.sin(torch.arange(4096) * 0.3)
        >>> clips = load_audio(tone.repeat(8, 1), sample_rate=8000, trim_db=None)
        >>> clips.sample_rate, clips.channels, clips.length, len(clips)
        (8000, 1, 4096, 8)
    """
    sounds = load(data, chosen(AudioOptions, options, fields), FORMAT)
    # The same numbers at another rate are other sounds.
    fingerprint = digest(sounds.fingerprint, str(sounds.sample_rate))[:16]
    return replace(sounds, fingerprint=fingerprint)


def _settings(options: AudioOptions) -> object:
    form = (options.sample_rate, options.channels, options.length)
    faded = (options.fade,) if options.fade else ()  # what was stored without stays valid
    return form, options.fit, options.trim_db, options.normalize, DECODING, *faded


def _facts(target: Target, tally: Tally) -> dict[str, Any]:
    return {
        "sample_rate": target.sample_rate,
        "channels": target.channels,
        "length": target.length,
        "fit": target.fit,
        "changed": dict(tally.changes),
        "left_out_seconds": round(tally.left_out / target.sample_rate, 3),
    }


FORMAT = Format(
    name="audio",
    origins=Origins(
        files=SOUNDS,
        known="a folder of sounds, a .zip or .parquet file, 'notes', 'melody', a name on the "
        "Hugging Face Hub such as 'owner/name', or a tensor (N, T) or (N, C, T)",
        tensors=read_tensor,
        own={"notes": read_notes, "melody": read_melody},
        classify=by_layout,
    ),
    loaded=AudioSet,
    report=AudioReport,
    dtype="<i2",
    settings=_settings,
    plan=plan,
    decode=decode,
    reason=reason,
    facts=_facts,
    verb="used",
)
