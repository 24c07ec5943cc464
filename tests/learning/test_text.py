"""Text learns: sentences of the grammar it saw, of the class it is asked for."""

import itertools
import re

import pytest

from multigan import TextTrainer

pytestmark = pytest.mark.learning

SUBJECTS = {"good": ("cats", "dogs", "friends"), "bad": ("rats", "wasps", "thieves")}
REST = list(itertools.product(("like", "eat", "see"), ("old", "new"), ("bread", "houses", "trees")))
GRAMMAR = re.compile(
    r"(cats|dogs|friends|rats|wasps|thieves) (like|eat|see) (old|new) (bread|houses|trees) \."
)


@pytest.mark.timeout(300)
def test_the_game_keeps_grammar_class_and_variety(tmp_path):
    data = [
        (f"{subject} {' '.join(rest)} .", label)
        for label, subjects in SUBJECTS.items()
        for subject in subjects
        for rest in REST
    ]
    changes = {
        "generator.width": 64,
        "generator.dropout": 0.1,
        "discriminator.channels": 16,
        "objective.warmup_steps": 250,
        "objective.discriminator_warmup": 50,
        "half_life": 2000,
        "data.min_count": 1,
    }
    run = TextTrainer(data, steps=400, out=tmp_path, seed=1, changes=changes).fit()
    for label, subjects in SUBJECTS.items():
        texts = run.pipeline()(200, condition=label, seed=3)
        assert sum(bool(GRAMMAR.fullmatch(text)) for text in texts) >= 180
        assert sum(text.split()[0] in subjects for text in texts) >= 180
        assert len(set(texts)) >= 35, "of 54 sentences of a class"
