"""How well in tune a song is that `multigan play` wrote: its notes one by one, by their f0.

    multigan play RUN --notes "C4:1 E4:1 G4:2" --tempo 100 --out song.wav
    python -m benchmarks song-pitch song.wav "C4:1 E4:1 G4:2" --tempo 100

Notes that sound together with others are left out: one f0 is looked for.
"""

from collections import Counter
from pathlib import Path

import soundfile
import torch

from benchmarks.common.frame import make_parser
from multigan.modalities.audio.metrics.signals import NEAR_CENTS, is_clipped, level_db
from multigan.modalities.audio.music.melody import parse_melody
from multigan.modalities.audio.music.pitch import cents, estimate_pitch, pitch_name

BEGIN, SECONDS = 0.05, 0.35  # of a note, after its attack


def main() -> None:
    """Prints a line for each note, and what the song is like as a whole."""
    parser = make_parser(__doc__)
    parser.add_argument("song", type=Path)
    parser.add_argument("notes", help="as they were given to multigan play")
    parser.add_argument("--tempo", type=float, default=120.0)
    args = parser.parse_args()
    values, rate = soundfile.read(args.song, dtype="float32", always_2d=True)
    song = torch.from_numpy(values.T)
    notes = parse_melody(args.notes, beats_per_minute=args.tempo)
    together = Counter(note.start for note in notes)
    off = []
    for note in notes:
        if together[note.start] > 1:
            continue
        begin = round((note.start + BEGIN) * rate)
        part = song[:, begin : begin + round(SECONDS * rate)]
        found = estimate_pitch(part[:1], rate, lowest=60.0)
        off.append(cents(found.double(), torch.tensor([note.pitch])).item())
        level = level_db(part[None]).item()
        print(f"{pitch_name(note.pitch):4} {off[-1]:+6.0f} cents {level:6.1f} dB")
    near = sum(abs(each) <= NEAR_CENTS for each in off)  # NaN, no pitch, is not near
    print(
        f"{near} of {len(off)} within {NEAR_CENTS:.0f} cents; peak {song.abs().max():.3f}, "
        f"{'clipped' if is_clipped(song[None]).item() else 'not clipped'}, "
        f"{song.shape[1] / rate:.1f} s"
    )
