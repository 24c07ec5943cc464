"""Measures how often texts asked for by class are taken for that class.

    python -m benchmarks text-classes movie-reviews.csv RUN --json FILE

A classifier learns the real texts' classes (counts of words and pairs, logistic regression); a
fifth of them, which it never saw, tells how far it can be trusted. Then it judges texts that the
run's pipeline writes for each class. A second classifier learns from nothing but the texts that
were too long for the run, which its generator has never seen either, and is tested on the others.
Chance is one over the number of classes. The run is made by

    multigan train text --data movie-reviews.csv --steps 2050 --set data.length=28
        --set data.vocab_size=4000 --set objective.warmup_steps=1800
        --set objective.discriminator_warmup=150
"""

from collections.abc import Sequence
from math import sqrt
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from benchmarks.common.frame import finish, make_parser, start
from multigan import Run
from multigan.modalities.text.load.load import load_text

SHOWN = 4
Z = 1.96


def judge_of(texts: Sequence[str], labels: np.ndarray) -> Pipeline:
    judge = make_pipeline(
        CountVectorizer(ngram_range=(1, 2), binary=True, min_df=2, token_pattern=r"\S+"),
        LogisticRegression(C=0.1, max_iter=500),
    )
    return judge.fit(list(texts), labels)


def judges(
    texts: np.ndarray, labels: np.ndarray, unseen: np.ndarray, seed: int
) -> dict[str, tuple[Pipeline, float]]:
    """Returns both classifiers, and the accuracy of each on real texts that it never saw."""
    order = np.random.default_rng(seed).permutation(len(texts))
    kept, rest = order[: len(order) // 5], order[len(order) // 5 :]
    parts = {
        "a fifth held out": (rest, kept),
        "unseen by the generator": (unseen.nonzero()[0], (~unseen).nonzero()[0]),
    }
    found = {}
    for name, (learned, tested) in parts.items():
        judge = judge_of(texts[learned], labels[learned])
        found[name] = (judge, float(judge.score(texts[tested], labels[tested])))
    return found


def interval(hits: int, count: int) -> list[float]:
    """Returns the 95% interval of a share (Wilson 1927)."""
    share, square = hits / count, Z * Z / count
    middle = (share + square / 2) / (1 + square)
    half = Z / (1 + square) * sqrt(share * (1 - share) / count + square / (4 * count))
    return [middle - half, middle + half]


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("data", help="labelled texts")
    parser.add_argument("run", help="a run conditional on their classes")
    parser.add_argument("-n", type=int, default=1000, help="texts per class (1000)")
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    args, place = start(parser)

    pipeline = Run.find(args.run).pipeline()
    found = load_text(args.data, too_long="cut", vocab_size=4000)
    names = pipeline.condition.names
    assert names == found.condition.names
    tokenizer, length = pipeline.modality.tokenizer, pipeline.modality.length
    texts, labels = np.array(found.texts, dtype=object), found.source.labels.numpy()
    unseen = np.array([len(tokenizer.encode(text)) >= length for text in texts])

    made = {
        name: pipeline(args.n, condition=name, seed=args.seed, temperature=args.temperature)
        for name in names
    }
    written, real = [text for each in made.values() for text in each], set(found.texts)
    result: dict[str, Any] = {
        "chance": 1 / len(names),
        "temperature": args.temperature,
        "n": len(written),
        "copied": sum(text in real for text in written) / len(written),
        "unique": len(set(written)) / len(written),
        "samples": {name: made[name][:SHOWN] for name in names},
        "judges": {},
    }
    for title, (judge, accuracy) in judges(texts, labels, unseen, args.seed).items():
        hits = [int((judge.predict(made[name]) == i).sum()) for i, name in enumerate(names)]
        low, high = interval(sum(hits), len(written))
        result["judges"][title] = {
            "accuracy": accuracy,
            "agreement": sum(hits) / len(written),
            "interval": [low, high],
            "of_each": {name: hit / args.n for name, hit in zip(names, hits, strict=True)},
        }
        print(
            f"{title}: {sum(hits) / len(written):.3f} (95%: {low:.3f} to {high:.3f}), of real "
            f"texts {accuracy:.3f}, chance {1 / len(names):.3f}"
        )
    for name in names:
        print(f"{name}:", *(f"    {text}" for text in made[name][:SHOWN]), sep="\n")
    print(f"copied {result['copied']:.4f}, unique {result['unique']:.4f}")
    finish({**place, **result}, args.json)
