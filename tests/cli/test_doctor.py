"""The doctor says what is wrong and what to do."""

import json

import pytest

from multigan.cli import checks


def test_a_program_that_fails_says_its_last_line():
    assert checks.attempt("print('first'); print('last')") == checks.ProbeResult(True, "last")
    failed = checks.attempt("raise OSError('libc10_cuda.so: no such file')")
    assert failed == checks.ProbeResult(False, "OSError: libc10_cuda.so: no such file")


def test_a_torch_that_does_not_import_breaks_everything():
    (check,) = checks._torch(checks.ProbeResult(False, "ImportError: numpy"))
    assert (check.state, check.core, check.found) == ("broken", True, "ImportError: numpy")
    assert "pip install" in check.remedy


def test_a_package_that_is_missing_comes_with_its_extra():
    check = checks._optional("no-such-package", "data")
    assert check.state == "missing"
    assert "multigan[data]" in check.remedy


def test_what_was_not_tried_is_not_called_ok():
    assert checks._optional("numpy", "data").state == "installed"
    assert checks._bfloat16(checks.ProbeResult(False, "no answer")).state == "unknown"


def test_a_processor_whose_bfloat16_is_wrong_is_named_and_keeps_nobody_from_training():
    assert checks._bfloat16(checks.ProbeResult(True, "True")).state == "ok"
    wrong = checks._bfloat16(checks.ProbeResult(True, "False"))
    assert (wrong.state, wrong.core) == ("broken", False)
    assert "runs those in float32" in wrong.remedy
    assert checks.attempt(checks.BFLOAT16).said in ("True", "False")


def test_a_folder_that_cannot_be_written_is_found(tmp_path):
    assert checks._writable(tmp_path / "not" / "yet").state == "ok"
    (tmp_path / "file").touch()
    assert checks._writable(tmp_path / "file" / "runs").state == "broken"


@pytest.mark.slow
def test_doctor_finds_this_machine_healthy(multigan, tmp_path):
    said = multigan("doctor", "--json", "--runs", tmp_path)
    found = json.loads(said.out)
    states = {check["name"]: check["state"] for check in found["checks"]}
    assert said.code == 0
    assert found["healthy"]
    assert states["torch"] == states["torchaudio"] == states["transformers"] == "ok"
