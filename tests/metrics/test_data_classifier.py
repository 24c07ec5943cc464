"""The classifier learns real digits in seconds, and the same ones every time."""

import io
import os
from pathlib import Path

import pytest
import torch

from multigan.errors import CheckpointError, ConfigError, ShapeError
from multigan.metrics import Classifier, build_extractor, extract, train_classifier
from multigan.metrics.classifier import accuracy, from_bytes

DATA = Path(os.environ.get("MULTIGAN_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.fixture(scope="module")
def digits() -> tuple[torch.Tensor, torch.Tensor]:
    """1,797 real handwritten digits, 8 x 8, that scikit-learn ships."""
    from sklearn.datasets import load_digits

    data = load_digits()
    images = torch.from_numpy((data.images * 255 / 16).round().astype("uint8"))
    return images.unsqueeze(1), torch.from_numpy(data.target).long()


@pytest.fixture(scope="module")
def trained(digits) -> Classifier:
    return train_classifier(*digits, 10, steps=300, held_out=0.2)


def test_it_learns_real_digits(trained):
    assert trained.report.accuracy >= 0.97
    assert (trained.report.n_train, trained.report.n_held_out) == (1438, 359)


def test_the_same_seed_gives_the_same_classifier_and_leaves_the_users_draws_alone(digits):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one = train_classifier(*digits, 10, steps=5)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    again, other = (train_classifier(*digits, 10, steps=5, seed=seed) for seed in (0, 1))
    assert one.report == again.report
    for name, tensor in one.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name])
    assert not torch.equal(one.head.weight, other.head.weight)


def test_training_never_sees_what_it_is_tested_on(digits):
    images, labels = digits
    wrong = (labels + 1) % 10
    model = train_classifier(images, labels, 10, steps=60, test=(images[:300], wrong[:300]))
    assert model.report.accuracy < 0.1  # it learned the true labels
    assert (model.report.n_train, model.report.n_held_out) == (1797, 300)


def test_saved_and_loaded_it_answers_the_same(trained, digits, tmp_path):
    folder = trained.save(tmp_path / "classifier")
    loaded = Classifier.load(folder)
    samples = from_bytes(digits[0][:50])
    assert loaded.report == trained.report
    assert torch.equal(loaded(samples), trained(samples))

    (folder / "classifier.safetensors").write_bytes(b"half a file")
    with pytest.raises(CheckpointError, match="no readable classifier"):
        Classifier.load(folder)


def test_it_is_an_extractor_by_path_or_as_it_is(trained, digits, tmp_path):
    samples = from_bytes(digits[0][:40])
    trained.save(tmp_path / "classifier")
    given = extract(build_extractor("classifier", path=trained), samples)
    assert given.features.shape == (40, 128)
    assert torch.equal(given.logits, trained(samples).detach())
    assert given.extractor["accuracy"] == trained.report.accuracy
    for spec in ("classifier", "file"):
        saved = extract(build_extractor(f"{spec}:{tmp_path / 'classifier'}"), samples)
        assert torch.equal(saved.features, given.features)
        assert saved.extractor == given.extractor
    with pytest.raises(ShapeError, match="trained on images of shape"):
        trained(torch.zeros(2, 1, 12, 12))


@pytest.mark.parametrize("shape", [(3, 16, 12), (2, 4, 4)], ids=str)
def test_any_channels_and_multiples_of_four(shape):
    images = torch.randint(256, (20, *shape), generator=torch.Generator().manual_seed(0))
    labels = torch.arange(20) % 2
    model = train_classifier(images.to(torch.uint8), labels, 2, steps=3, batch_size=8)
    assert model.features(torch.zeros(5, *shape)).shape == (5, 128)


def test_misuse_is_explained(digits):
    images, labels = digits
    with pytest.raises(ShapeError, match="multiples of 4"):
        train_classifier(images[..., :7], labels, 10)
    with pytest.raises(ShapeError, match=r"torch\.uint8"):
        train_classifier(images.float(), labels, 10)
    with pytest.raises(ShapeError, match="one class per image"):
        train_classifier(images, labels[:9], 10)
    with pytest.raises(ConfigError, match=r"\[0, 9\)"):
        train_classifier(images, labels, 9)
    with pytest.raises(ConfigError, match=r"held_out=0\.0"):
        train_classifier(images, labels, 10, held_out=0.0)


def read_mnist(split: str) -> tuple[torch.Tensor, torch.Tensor]:
    parquet = pytest.importorskip("pyarrow.parquet", reason="MNIST is read with pyarrow")
    from PIL import Image

    path = DATA / f"mnist-{split}.parquet"
    if not path.is_file():
        pytest.skip(f"{path} is absent; set MULTIGAN_TEST_DATA to the folder with MNIST")
    table = parquet.read_table(path)
    images = [
        torch.frombuffer(
            bytearray(Image.open(io.BytesIO(row["bytes"])).tobytes()), dtype=torch.uint8
        )
        for row in table["image"].to_pylist()
    ]
    return torch.stack(images).view(-1, 1, 28, 28), torch.tensor(table["label"].to_pylist())


@pytest.mark.learning
def test_it_learns_mnist_in_a_minute():
    test = read_mnist("test")
    model = train_classifier(*read_mnist("train"), 10, test=test)
    assert model.report.accuracy >= 0.985
    assert accuracy(model, *test) == model.report.accuracy
