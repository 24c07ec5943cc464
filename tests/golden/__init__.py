"""Runs, pipelines and recipes that earlier versions wrote, and how they are unpacked.

A run names its data and its vocoder by absolute paths. In an archive such a path begins with
`HERE`, which unpacking replaces with the folder it unpacks into, so fixtures work anywhere.
"""

import json
import zipfile
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
HERE = "@HERE@"
TEXTS = {".json", ".jsonl"}  # files that may name paths


def unpack(name: str, folder: Path) -> Path:
    """Unpacks the fixture `name` into a new folder of that name and returns it."""
    target = folder.resolve() / name
    with zipfile.ZipFile(FIXTURES / f"{name}.zip") as archive:
        archive.extractall(target)
    escaped = json.dumps(str(target))[1:-1]
    for file in target.rglob("*"):
        if file.suffix in TEXTS and HERE in (text := file.read_text(encoding="utf-8")):
            file.write_text(text.replace(HERE, escaped), encoding="utf-8")
    return target


def pack(folder: Path, name: str) -> Path:
    """Packs a folder that was built under its own path as the fixture `name`; the inverse."""
    FIXTURES.mkdir(exist_ok=True)
    path = FIXTURES / f"{name}.zip"
    escaped = json.dumps(str(folder.resolve()))[1:-1]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            content = file.read_bytes()
            if file.suffix in TEXTS:
                content = content.decode().replace(escaped, HERE).encode()
            member = zipfile.ZipInfo(str(file.relative_to(folder).as_posix()))
            archive.writestr(member, content, zipfile.ZIP_DEFLATED, 9)
    return path
