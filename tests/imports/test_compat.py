"""torchaudio and transformers import beside any torch, in either order."""

import subprocess
import sys

import pytest

from multigan.imports import torchaudio_guard as compat

GUARD = "import multigan.imports.torchaudio_guard as compat; compat.install(); compat.install()\n"


def run(program: str) -> None:
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_installing_imports_nothing_and_happens_once():
    run(
        "import sys\n"
        + GUARD
        + "assert not {'torch', 'torchaudio', 'transformers'} & set(sys.modules)\n"
        "assert sum(isinstance(f, compat.ExtensionFinder) for f in sys.meta_path) == 1"
    )


def test_only_the_extension_is_found():
    assert compat.ExtensionFinder().find_spec("torchaudio", None) is None
    assert compat.ExtensionFinder().find_spec("torchaudio._extension", []) is None  # not installed


@pytest.mark.parametrize(
    "failure", ["OSError('libc10_cuda.so')", "RuntimeError('other CUDA')", None]
)
def test_an_extension_that_fails_counts_as_absent_and_one_that_loads_is_untouched(
    tmp_path, failure
):
    package = tmp_path / "torchaudio"
    (package / "_extension").mkdir(parents=True)
    (package / "__init__.py").write_text("from . import _extension\n")
    ending = "_IS_TORCHAUDIO_EXT_AVAILABLE = True" if failure is None else f"raise {failure}"
    (package / "_extension" / "__init__.py").write_text(f"def _load_lib(name): ...\n{ending}\n")
    run(
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{GUARD}"
        "from torchaudio._extension import _IS_TORCHAUDIO_EXT_AVAILABLE as there, _load_lib\n"
        f"assert there is {failure is None}"
    )


def test_a_function_that_needs_the_extension_says_so():
    def forced_align():
        """Aligns."""

    refusing = compat._refusing("libc10_cuda.so")(forced_align)
    assert refusing.__name__ == "forced_align"
    with pytest.raises(RuntimeError, match=r"forced_align needs .*libc10_cuda\.so"):
        refusing()


@pytest.mark.slow
@pytest.mark.parametrize(
    "imports",
    [
        "import torchaudio; from transformers import ClapModel, Wav2Vec2Model",
        "from transformers import ClapModel, Wav2Vec2Model; import torchaudio",
    ],
    ids=["torchaudio first", "transformers first"],
)
def test_torchaudio_and_transformers_import_and_work(imports):
    run(
        f"{GUARD}{imports}; import torch\n"
        "mel = torchaudio.transforms.MelSpectrogram(16000, n_mels=20)\n"
        "waveform = torch.randn(1, 4000, requires_grad=True)\n"
        "mel(waveform).sum().backward()\n"
        "assert waveform.grad.isfinite().all()"
    )


@pytest.mark.slow
def test_it_helps_after_a_plain_import_has_failed_too():
    run(
        "try:\n    import torchaudio\nexcept (ImportError, OSError, RuntimeError):\n    pass\n"
        f"{GUARD}import torchaudio; from transformers import EncodecModel, Wav2Vec2Model\n"
        "assert torchaudio.transforms.Resample(8000, 4000)"
    )
