"""Our RelGAN and our BLEU beside TextGAN-PyTorch's.

    git clone https://github.com/williamSYSU/TextGAN-PyTorch; pip install nltk tqdm
    python -m benchmarks text-peer TextGAN-PyTorch --clock processor
    python -m benchmarks text-peer TextGAN-PyTorch --rounds 1 --captions samples.txt test.txt

An iteration is one step of the generator and five of the discriminator, with networks of the same
sizes, the same batches and the same kind of data: 10,000 rows of random tokens. Both take turns in
one process. The peer's networks are not ours to the last weight: its memory uses one layer where
the paper has two, and its highway one for both gates, so its parameters are fewer; the numbers of
both are printed.

`--captions` measures evaluations as well, by the processor time of this process and the peer's
worker processes. The peer's is BLEU-2..5 of 200 samples against all references and Self-BLEU-2..4
of 200 against all other samples; ours is BLEU-1..5 of all samples against all references and
Self-BLEU-1..5 of all of them. The peer treats each sample alike, so `--peer-samples 10` measures
ten of its 200 and reports twenty times their time.
"""

import argparse
import resource
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.common.peers import parameters
from benchmarks.common.turns import CLOCKS, Times, medians, ratio, seconds, show_ratio, take_turns
from benchmarks.text_peer.textgan import COMMIT, Sizes, evaluation, relgan
from multigan.core.losses import LOSSES
from multigan.core.trainer import Trainer
from multigan.data.source import TensorSource
from multigan.data.stream import Stream
from multigan.modalities.text.metrics import bleu, index_texts, self_bleu
from multigan.modalities.text.networks.relational import RelationalGenerator
from multigan.modalities.text.networks.relgan import RelGANDiscriminator
from multigan.modalities.text.relaxations import RELAXATIONS
from multigan.modalities.text.text_game import TextGame

ROWS = 10_000
PEER_SAMPLES = 200


def our_game(sizes: Sizes) -> TextGame:
    shape = (sizes.length, sizes.vocab_size)
    generator = RelationalGenerator(
        shape, embedding_dim=sizes.embedding_dim, heads=sizes.heads, head_size=sizes.head_size
    )
    discriminator = RelGANDiscriminator(
        shape,
        representations=sizes.representations,
        embedding_dim=sizes.representations * sizes.representation_dim,
        channels=sizes.channels,
    )
    return TextGame(
        generator,
        discriminator,
        LOSSES["relativistic"],
        RELAXATIONS["gumbel"](),
        end_id=-1,  # the rows have no end
        discriminator_steps=sizes.discriminator_steps,
    )


def our_iteration(game: TextGame, sizes: Sizes, rows: Tensor) -> Callable[[], object]:
    optimizers = {p.name: torch.optim.Adam(p.player.parameters(), lr=1e-4) for p in game.phases}
    stream = Stream(TensorSource(rows), lambda raw: raw, sizes.batch_size)
    return Trainer(game, optimizers, stream).step


def our_evaluation(samples: list[str], references: list[str]) -> list[float]:
    made, real = index_texts(samples, references)
    counts = bleu(made, real), self_bleu(made)
    return [each.mean(order) for each in counts for order in range(1, 6)]


def compare_iterations(options: argparse.Namespace) -> dict[str, object]:
    sizes = Sizes(**({} if options.vocab is None else {"vocab_size": options.vocab}))
    rows = torch.randint(2, sizes.vocab_size, (ROWS, sizes.length))
    game = our_game(sizes)
    theirs = relgan(options.checkout, sizes, rows)
    sides = {"ours": our_iteration(game, sizes, rows), "peer": theirs.iteration}
    times = take_turns(sides, options.rounds, warm_up=2, clock=options.clock)
    players = {"generator": game.generator, "discriminator": game.discriminator}
    counts = {
        "ours": {name: parameters(player) for name, player in players.items()},
        "peer": theirs.parameters,
    }
    print(f"Parameters: {counts}")
    report("iteration", times)
    return {"sizes": vars(sizes), "parameters": counts, **result(times)}


def compare_evaluations(options: argparse.Namespace) -> dict[str, object]:
    samples, references = (p.read_text(encoding="utf-8").splitlines() for p in options.captions)
    theirs = evaluation(options.checkout, samples, references, options.peer_samples)
    times: Times = {"ours": [], "peer": []}
    spent = seconds(theirs, everyones_time)
    times["peer"].append(spent * PEER_SAMPLES / options.peer_samples)
    times["ours"].append(seconds(lambda: our_evaluation(samples, references), everyones_time))
    report("evaluation", times)
    measured = {"peer_samples_measured": options.peer_samples, "peer_samples": PEER_SAMPLES}
    return {"samples": len(samples), "references": len(references), **measured, **result(times)}


def everyones_time() -> float:
    """Returns the processor seconds of this process and of its children that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def result(times: Times) -> dict[str, object]:
    single = len(times["ours"]) == 1
    over = times["peer"][0] / times["ours"][0] if single else ratio(times, "peer", "ours")
    return {"peer_over_ours": over, "seconds": times if single else medians(times)}


def report(what: str, times: Times) -> None:
    found = result(times)["peer_over_ours"]
    shown = f"{found:.1f}" if isinstance(found, float) else show_ratio(found)
    print(f"{what}: peer / ours {shown}; seconds {times if len(times) == 1 else medians(times)}")


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("checkout", type=Path, help="of TextGAN-PyTorch")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--vocab", type=int, help="another vocabulary (1000)")
    parser.add_argument("--captions", type=Path, nargs=2, metavar=("SAMPLES", "REFERENCES"))
    parser.add_argument("--peer-samples", type=int, default=PEER_SAMPLES, help="measured (200)")
    options, found = start(parser)
    assert options.clock in CLOCKS
    found["peer"] = f"TextGAN-PyTorch {COMMIT}"
    found["iteration"] = compare_iterations(options)
    if options.captions:
        found["evaluation"] = compare_evaluations(options)
    finish(found, options.json)
