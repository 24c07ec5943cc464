"""The oracle: the literature's entropy, probabilities that sum to one, samples that follow."""

import numpy as np
import pytest
import torch

from multigan.errors import DataError
from multigan.modalities.text.oracle import LENGTH, Oracle
from tests.modalities.text.metrics.captions import FOLDER

PARAMETERS = FOLDER / "seqgan-oracle.npz"


def small(seed: int = 0) -> Oracle:
    return Oracle.drawn(seed, vocab_size=7, size=4)


def arrays(oracle: Oracle) -> dict[str, np.ndarray]:
    """Returns an oracle's weights under the names of the published file."""
    gates = ("i", "f", "c", "og")
    found = {"embedding": oracle.embedding.weight, "wo": oracle.output.weight.T}
    found["bo"] = oracle.output.bias
    lstm = oracle.lstm
    pairs = (("w", lstm.weight_ih_l0), ("u", lstm.weight_hh_l0), ("b", lstm.bias_ih_l0))
    for kind, weight in pairs:
        found |= {
            f"{kind}{g}": part.mT if part.ndim == 2 else part
            for g, part in zip(gates, weight.chunk(4), strict=True)
        }
    return {name: value.numpy() for name, value in found.items()}


@pytest.mark.slow
@pytest.mark.skipif(not PARAMETERS.is_file(), reason=f"there is no {PARAMETERS.name} in {FOLDER}")
def test_the_published_oracle_has_the_published_entropy():
    # 30,000 sentences give 5.754 with a standard error of 0.001.
    oracle = Oracle.load(PARAMETERS)
    sentences = oracle.sample(2000, seed=3)
    assert sentences.shape == (2000, LENGTH)
    assert oracle.entropy(sentences) == pytest.approx(5.746, abs=0.01)
    assert -oracle.log_probs(sentences).mean().item() == pytest.approx(5.746, abs=0.03)


def test_it_is_the_published_formula():
    oracle = small()
    weights = {name: torch.from_numpy(value) for name, value in arrays(oracle).items()}

    def gate(name, inputs, hidden):
        return inputs @ weights[f"w{name}"] + hidden @ weights[f"u{name}"] + weights[f"b{name}"]

    sentence = torch.tensor([[3, 0, 6, 2]])
    hidden, cell, token, expected = torch.zeros(1, 4), torch.zeros(1, 4), torch.tensor([0]), []
    for chosen in sentence[0]:
        inputs = weights["embedding"][token]
        i, f, o = (gate(name, inputs, hidden).sigmoid() for name in ("i", "f", "og"))
        cell = f * cell + i * gate("c", inputs, hidden).tanh()
        hidden = o * cell.tanh()
        log_probs = (hidden @ weights["wo"] + weights["bo"]).log_softmax(-1)
        expected.append(log_probs[0, chosen].item())
        token = chosen[None]
    assert oracle.log_probs(sentence)[0].tolist() == pytest.approx(expected, abs=1e-5)


def test_all_sentences_together_have_probability_one():
    oracle = small()
    pairs = torch.cartesian_prod(torch.arange(7), torch.arange(7))
    assert oracle.log_probs(pairs).sum(1).exp().sum().item() == pytest.approx(1, abs=1e-5)


def test_samples_follow_it_and_the_seed():
    oracle = small()
    sentences = oracle.sample(20_000, seed=0, length=2)
    pairs = torch.cartesian_prod(torch.arange(7), torch.arange(7))
    expected = oracle.log_probs(pairs).sum(1).exp()
    found = torch.bincount(sentences @ torch.tensor([7, 1]), minlength=49) / 20_000
    assert found == pytest.approx(expected, abs=0.012)
    assert torch.equal(sentences[:700], oracle.sample(700, seed=0, length=2))
    assert not torch.equal(sentences[:700], oracle.sample(700, seed=1, length=2))


def test_entropy_is_the_expected_information():
    oracle = small()
    pairs = torch.cartesian_prod(torch.arange(7), torch.arange(7))
    log_probs = oracle.log_probs(pairs).sum(1)
    exact = -(log_probs.exp() * log_probs).sum().item() / 2
    assert oracle.entropy(oracle.sample(5000, seed=0, length=2)) == pytest.approx(exact, abs=0.02)


def test_a_seed_draws_one_oracle_and_another_another():
    assert torch.equal(small(1).output.weight, small(1).output.weight)
    assert not torch.equal(small(1).output.weight, small(2).output.weight)


def test_files_are_read_and_bad_ones_refused(tmp_path):
    oracle, path = small(), tmp_path / "oracle.npz"
    np.savez(path, **arrays(oracle))
    sentences = oracle.sample(10, seed=0)
    assert torch.allclose(Oracle.load(path).log_probs(sentences), oracle.log_probs(sentences))
    np.savez(path, **{**arrays(oracle), "wi": np.zeros((2, 2))})
    with pytest.raises(DataError, match="do not make an oracle"):
        Oracle.load(path)
    np.savez(path, embedding=np.zeros((3, 3)))
    with pytest.raises(DataError, match="lacks bc, bf"):
        Oracle.load(path)
    path.write_bytes(b"no zip at all")
    with pytest.raises(DataError, match="cannot be read as an oracle"):
        Oracle.load(path)
    with pytest.raises(DataError, match="cannot be read"):
        Oracle.load(tmp_path / "nothing.npz")
