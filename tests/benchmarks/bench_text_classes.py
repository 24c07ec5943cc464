"""Measures how often texts asked for by class are taken for that class.

    python -m tests.benchmarks.bench_text_classes movie-reviews.csv RUN --save FILE

A classifier learns the real texts' classes (counts of words and pairs, logistic regression); a
fifth of them, which it never saw, tells how far it can be trusted. Then it judges texts that the
run's pipeline writes for each class. Chance is one over the number of classes. The run is made by

    multigan train text --data movie-reviews.csv --steps 1100 --set data.length=28
        --set data.vocab_size=4000 --set objective.warmup_steps=900
        --set objective.discriminator_warmup=100
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from multigan import Run
from multigan.data.text import load_text
from multigan.files import write_json

SHOWN = 4


def train_judge(texts: list[str], labels: np.ndarray, seed: int) -> tuple[Pipeline, float]:
    """Returns a classifier of texts, and its accuracy on a fifth that it never saw."""
    order = np.random.default_rng(seed).permutation(len(texts))
    held_out, seen = order[: len(order) // 5], order[len(order) // 5 :]
    judge = make_pipeline(
        CountVectorizer(ngram_range=(1, 2), binary=True, min_df=2, token_pattern=r"\S+"),
        LogisticRegression(C=0.1, max_iter=500),
    )
    judge.fit([texts[i] for i in seen], labels[seen])
    return judge, float(judge.score([texts[i] for i in held_out], labels[held_out]))


def main() -> None:
    parser = argparse.ArgumentParser(description="Agreement of asked and judged classes.")
    parser.add_argument("data", help="labelled texts")
    parser.add_argument("run", help="a run conditional on their classes")
    parser.add_argument("-n", type=int, default=1000, help="texts per class (1000)")
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", type=Path, help="a JSON file for the numbers")
    args = parser.parse_args()

    found = load_text(args.data, too_long="cut", vocab_size=4000)
    judge, accuracy = train_judge(list(found.texts), found.source.labels.numpy(), args.seed)
    pipeline = Run.find(args.run).pipeline()
    names = pipeline.condition.names
    assert names == found.condition.names
    result: dict[str, Any] = {"judge_accuracy": accuracy, "chance": 1 / len(names)}
    result["temperature"] = args.temperature
    agreements = []
    for index, name in enumerate(names):
        texts = pipeline(args.n, condition=name, seed=args.seed, temperature=args.temperature)
        agreements.append(float((judge.predict(texts) == index).mean()))
        result[name] = {"agreement": agreements[-1], "n": args.n, "samples": texts[:SHOWN]}
    result["agreement"] = float(np.mean(agreements))
    # Two standard errors of a share of n texts per class.
    result["two_standard_errors"] = float(1 / (len(names) * args.n) ** 0.5)
    for name in names:
        print(f"{name}: {result[name]['agreement']:.3f}")
        print("\n".join(f"    {text}" for text in result[name]["samples"]))
    print(
        f"agreement {result['agreement']:.3f} ± {result['two_standard_errors']:.3f}, chance "
        f"{result['chance']:.3f}, the judge on real texts {accuracy:.3f}"
    )
    if args.save:
        write_json(args.save, result)


if __name__ == "__main__":
    main()
