"""Seconds of sound per second of processor time, of each recipe for sounds, inversion included.

    python -m benchmarks sound-generation --rounds 5 --json benchmarks/results/generation.json

Every recipe as it is, on the notes and melodies that multigan carries, with the weights of step 0:
speed does not depend on them. Latents in, waveforms out; `decoding` is the share of the time that
the representation's inverse takes. Networks that grow are fully grown.
"""

import statistics

import torch

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.common.turns import take_turns
from multigan.core.engine import Engine
from multigan.core.knobs import Knob
from multigan.modalities.audio.pipeline import AudioPipeline
from multigan.modalities.recipes import recipe
from multigan.runs.assemble import build_parts, load_data

RECIPES = (
    *("notes", "speech", "wavegan", "specgan", "gansynth", "endless", "vocoder"),
    "progressive-speech",
)
BATCHES = (1, 64)


def pipeline_of(name: str) -> AudioPipeline:
    chosen = recipe(name).changed({"data.limit": 256} if name != "endless" else {})
    parts = build_parts(chosen, load_data(chosen), Engine("cpu"))
    growth: Knob | None = parts.objective.knobs.get("growth")
    if growth is not None:
        growth.set(1.0)
    pipeline = parts.pipeline(parts.objective.averaged["generator"].eval())
    assert isinstance(pipeline, AudioPipeline)
    return pipeline


@torch.inference_mode()
def measured(pipeline: AudioPipeline, batch: int, rounds: int) -> dict[str, float]:
    latents = pipeline.latents(batch)
    conditions = pipeline.conditions(None, batch)
    modality = pipeline.audio_modality
    samples = pipeline.generate(latents, conditions, batch_size=batch)
    sides = {
        "generating": lambda: pipeline.generate(latents, conditions, batch_size=batch),
        "decoding": lambda: modality.waveforms(samples),
    }
    times = take_turns(sides, rounds, warm_up=1, clock="processor")
    whole = [sum(pair) for pair in zip(*times.values(), strict=True)]
    heard = batch * modality.length / modality.sample_rate
    low, middle, high = statistics.quantiles([heard / spent for spent in whole], n=4)
    decoding = statistics.median(times["decoding"]) / statistics.median(whole)
    return {
        "times real time": round(middle, 1),
        "low": round(low, 1),
        "high": round(high, 1),
        "decoding": round(decoding, 3),
    }


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--recipes", nargs="+", default=RECIPES)
    parser.add_argument("--rounds", type=int, default=5)
    args, result = start(parser)
    for name in args.recipes:
        pipeline = pipeline_of(name)
        modality = pipeline.audio_modality
        result[name] = {
            "seconds of a sound": modality.length / modality.sample_rate,
            "sample rate": modality.sample_rate,
            "sample": list(modality.sample_shape),
            "parameters": sum(weight.numel() for weight in pipeline.generator.parameters()),
            "batches": {str(batch): measured(pipeline, batch, args.rounds) for batch in BATCHES},
        }
        print(name, result[name], flush=True)
    finish(result, args.json)
