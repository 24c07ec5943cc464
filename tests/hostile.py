"""Files as people have them by accident or bad luck: damaged, mislabelled, impossible, endless.

Each of `CASES` makes one in an empty folder, says which kind of data it is given as, and what a
person must be told of it.
"""

import json
import os
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from PIL import Image

from tests.data.pictures import encoded, folder_of, png, zip_of
from tests.data.sounds import encoded as sound
from tests.data.sounds import tone

DEEP = b"[" * 200_000


class Case(NamedTuple):
    """One kind of odd data.

    Attributes:
        kind: Of data that it is given as.
        make: Makes it in an empty folder, and returns what is to be loaded.
        says: A part of what a person must be told, in the report or in the error.
    """

    kind: str
    make: Callable[[Path], Path]
    says: str


CASES: dict[str, Case] = {}


def pictures(count: int = 5) -> dict[str, bytes]:
    return {f"{number}.png": png(number) for number in range(count)}


def sounds(count: int = 5) -> dict[str, bytes]:
    return {f"{number}.wav": sound(tone(hertz=300 + 50 * number)) for number in range(count)}


def texts(count: int = 5) -> dict[str, bytes]:
    return {f"{number}.txt": f"line {number} a\nand line b".encode() for number in range(count)}


BESIDE = {"image": pictures, "audio": sounds, "text": texts}


def case(name: str, kind: str, says: str) -> Callable[[Callable[[Path], Path]], None]:
    """Registers what makes a case."""

    def register(make: Callable[[Path], Path]) -> None:
        CASES[name] = Case(kind, make, says)

    return register


def among(kind: str, name: str, file: str, content: bytes, says: str) -> None:
    """Registers a folder of sound files with one that is odd."""
    case(name, kind, says)(lambda root: folder_of(root, {**BESIDE[kind](), file: content}))


def alone(kind: str, name: str, file: str, content: bytes, says: str) -> None:
    """Registers one odd file."""
    case(name, kind, says)(lambda root: folder_of(root, {file: content}) / file)


def linked(kind: str, name: str, file: str, target: str, says: str) -> None:
    """Registers a folder with a link."""

    def make(root: Path) -> Path:
        folder_of(root, BESIDE[kind]())
        (root / file).symlink_to(target)
        return root

    case(name, kind, says)(make)


def piped(kind: str, name: str, file: str, says: str) -> None:
    """Registers a folder with a pipe that nobody writes into."""

    def make(root: Path) -> Path:
        os.mkfifo(folder_of(root, BESIDE[kind]()) / file)
        return root

    case(name, kind, says)(make)


def npz(name: str, says: str, **arrays: np.ndarray) -> None:
    """Registers an archive of arrays."""

    def make(root: Path) -> Path:
        np.savez(root / "a.npz", **arrays)
        return root / "a.npz"

    case(name, "image", says)(make)


def header(name: str, text: str, says: str) -> None:
    """Registers an archive whose array begins with a header of one's own."""
    start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) + 1) + text.encode() + b"\n"
    make = lambda root: zip_of(root / "a.npz", {"images.npy": start + bytes(256)})  # noqa: E731
    case(name, "image", says)(make)


def zipped(kind: str, name: str, files: dict[str, bytes], says: str) -> None:
    """Registers a zip."""
    case(name, kind, says)(lambda root: zip_of(root / "a.zip", files))


def wav(promised: int) -> bytes:
    """Returns half a second of sound whose header promises so many bytes."""
    content = sound(tone())
    at = content.index(b"data") + 4
    return content[:at] + struct.pack("<I", promised) + content[at + 4 :]


def raw_wav(values: np.ndarray, subtype: str = "FLOAT") -> bytes:
    content = BytesIO()
    soundfile.write(content, values, 8000, format="WAV", subtype=subtype)
    return content.getvalue()


def _patched(content: bytes, at: int, value: bytes) -> bytes:
    return content[:at] + value + content[at + len(value) :]


# Pictures.
_SIZE = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
HUGE = _patched(png(), 12, _SIZE + struct.pack(">I", zlib.crc32(_SIZE)))
among("image", "an empty picture", "x.png", b"", "it is empty")
among("image", "a picture cut off", "x.png", png()[:120], "x.png")
among("image", "text called a picture", "x.png", b"hello", "not a picture in a known format")
among("image", "a page of HTML called a picture", "x.jpg", b"<!DOCTYPE html>", "x.jpg")
among("image", "a bomb of pixels", "x.png", HUGE, "decompression bomb")
among("image", "a picture of floats", "x.tiff", encoded(Image.new("F", (8, 8)), "TIFF"), "floats")
among("image", "noise after a magic number", "x.png", b"\x89PNG\r\n\x1a\n" + b"\xff" * 99, "x.png")
among("image", "another size", "x.png", png(9, size=(12, 12)), "2 different sizes")
among("image", "a picture beside folders", "cat/x.png", png(9), "beside and inside")
among("image", "a deep dataset.json", "dataset.json", DEEP, "nested too deeply")
among("image", "a dataset.json of others", "dataset.json", b'{"labels": [["x.png", 1]]}', "none of")
among("image", "a dataset.json of numbers", "dataset.json", b'{"labels": [1, 2]}', "list pairs")
among("image", "a dataset.json of a list", "dataset.json", b"[1]", "5 images from")
among("image", "a metadata.csv in UTF-16", "metadata.csv", b"\xff\xfef\0", "is not UTF-8")
among("image", "an empty metadata.csv", "metadata.csv", b"", "no column 'file_name'")
among("image", "a metadata.jsonl cut off", "metadata.jsonl", b'{"file_name": "0.p', "is not JSON")
among("image", "a metadata.jsonl of lists", "metadata.jsonl", b"[1]\n[2]", "a JSON object in each")
among(
    "image", "an unclosed quote in metadata.csv", "metadata.csv",
    b'file_name,label\n0.png,"a\n1.png,b\n2.png,c', "never closed",
)  # fmt: skip
among(
    "image", "labels of many types", "metadata.jsonl",
    b'{"file_name":"0.png","label":1}\n{"file_name":"1.png","label":"a"}', "int, str",
)  # fmt: skip
among(
    "image", "labels that are objects", "metadata.jsonl",
    b'{"file_name":"0.png","label":{}}\n{"file_name":"1.png","label":{}}', "are dict",
)  # fmt: skip
linked("image", "a picture linked to nothing", "x.png", "nowhere.png", "leads nowhere")
linked("image", "a picture linked to /dev/zero", "x.png", "/dev/zero", "it is a device")
linked("image", "a picture linked to itself", "x.png", "x.png", "symbolic links")
linked("image", "a folder linked to its parent", "again", ".", "5 images from")
linked("image", "a dataset.json linked to /dev/zero", "dataset.json", "/dev/zero", "a device")
piped("image", "a picture that is a pipe", "x.png", "it is a pipe")
piped("image", "a metadata.csv that is a pipe", "metadata.csv", "is a pipe")
case("an empty folder", "image", "it is empty")(lambda root: root)
case("no such folder", "image", "no file or folder")(lambda root: root / "gone")
case("a device", "image", "is a device")(lambda root: Path("/dev/zero"))
alone("image", "a file of no kind", "a.dat", b"abc", "Cannot read a set of images")

# Archives.
alone("image", "a zip that is none", "a.zip", b"PK\x03\x04" + bytes(90), "not a whole zip")
alone("image", "an empty zip file", "a.zip", b"", "not a whole zip")
zipped("image", "a zip of nothing", {}, "it is empty")
zipped("image", "a zip that points outside", {"../a.png": png()}, "points outside")
zipped("image", "a zip of damaged pictures", {"a.png": b"x", "b.png": b"y"}, "None of the 2 images")
zipped("image", "a zip with a deep json", {**pictures(), "dataset.json": DEEP}, "too deeply")
alone("image", "a Parquet file that is none", "a.parquet", b"PAR1" + bytes(50), "Parquet file")
alone("image", "an empty Parquet file", "a.parquet", b"", "Parquet file")


@case("a name twice in a zip", "image", "there more than once, e.g. 0.png")
def _twice(root: Path) -> Path:
    path = zip_of(root / "a.zip", pictures())
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("0.png", png(9))
    return path


@case("a zip with a wrong checksum", "image", "0.png")
def _checksum(root: Path) -> Path:
    path = zip_of(root / "a.zip", pictures())
    content = path.read_bytes()
    path.write_bytes(_patched(content, content.index(b"IDAT") + 8, b"\0\1\2\3"))
    return path


# Arrays.
EIGHT = np.zeros((4, 8, 8), np.uint8)
SHAPE = "{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }"
npz("an npz of strings", "It holds <U1", images=np.array(["a"]))
npz("an npz of records", "It holds [('r'", images=np.zeros(4, [("r", "u1")]))
npz("an npz of objects", "Python objects", images=np.array([{}, {}]))
npz("an npz of complex numbers", "complex64", images=EIGHT.astype(np.complex64))
npz("an npz of long floats", "It holds float128", images=EIGHT.astype(np.longdouble))
npz("an npz of dates", "It holds datetime64", images=EIGHT.astype("datetime64[s]"))
npz("an npz of NaN", "numbers from nan", images=np.full((4, 8, 8), np.nan))
npz("an npz of a scalar", "is not images", images=np.array(3))
npz("an npz of nothing", "no images", images=np.zeros((0, 8, 8), np.uint8))
npz("an npz of other names", "has no array called", pictures=EIGHT)
npz("an npz with labels of strings", "It holds <U1", images=EIGHT, labels=np.array(["a"] * 4))
npz("an npz with few labels", "labels of shape (3,)", images=EIGHT, labels=np.arange(3))
npz("an npz beyond 255", "pixels are 0 to 255", images=EIGHT.astype("<u2") + 999)
header("an npz of a negative shape", SHAPE % "-4, 8, 8", "claims the shape")
header("an npz of a vast shape", SHAPE % "99999999, 999, 999", "but holds 256")
header("an npz of two negative sizes", SHAPE % "4, -8, -8", "claims the shape")
header("an npz with a deep header", "(" * 9000, "not an array")
header("an npz with no header", "", "not an array")

# Sounds.
FLAC = sound(kind="FLAC")
among("audio", "an empty sound", "x.wav", b"", "it is empty")
among("audio", "text called a sound", "x.wav", b"hello there", "not a sound file")
among("audio", "a sound of 4 GB", "x.wav", wav(4_000_000_000), "promises 4,000,000,000 bytes")
among("audio", "a sound written into a pipe", "x.wav", wav(0xFFFFFFFF), "1 whose header")
among("audio", "a FLAC cut off", "x.flac", FLAC[:60], "x.flac")
among("audio", "a FLAC of 19 days", "x.flac", _patched(FLAC, 22, b"\xff" * 4), "x.flac")
among("audio", "a sound of NaN", "x.wav", raw_wav(np.full(4000, np.nan)), "not finite")
among("audio", "silence", "x.wav", raw_wav(np.zeros(4000)), "it is silent")
among("audio", "no samples", "x.wav", raw_wav(np.zeros(0)), "no samples")
among("audio", "a sound much too loud", "x.wav", raw_wav(1e30 * tone()), "turned down")
among("audio", "a deep examples.json", "examples.json", DEEP, "nested too deeply")
among("audio", "an examples.json of a list", "examples.json", b"[1, 2]", "not NSynth's table")
among("audio", "an examples.json of others", "examples.json", b'{"x": {"pitch": 1}}', "No sound in")
among("audio", "a metadata.csv of LJSpeech", "metadata.csv", b'0|a "b|a "b\n', "was not read")
linked("audio", "a sound linked to /dev/zero", "x.wav", "/dev/zero", "it is a device")
piped("audio", "a sound that is a pipe", "x.wav", "it is a pipe")

# Texts.
ROWS = b"text,label\n" + b"".join(b"a word %d,%d\n" % (n, n % 2) for n in range(9))
among("text", "a PDF among texts", "x.txt", b"%PDF-1.7\n1 0 obj", "is a PDF")
among("text", "UTF-16 among texts", "x.txt", "hello".encode("utf-16"), "NUL bytes")
alone("text", "a PDF called text", "a.txt", b"%PDF-1.7\n1 0 obj\n<<\nendobj", "is a PDF")
alone("text", "a document of Word", "a.docx", b"PK\x03\x04\x14\0\x06", "a zip, or a document")
alone("text", "text that is packed", "a.txt.gz", b"\x1f\x8b\x08\0abc", "packed with gzip")
alone("text", "an empty text", "a.txt", b"", "There are no texts")
alone("text", "a text of blank lines", "a.txt", b"\n \n\t\n", "There are no texts")
alone("text", "a text of one line", "a.txt", b"hello", "one text")
alone("text", "a text in Latin-1", "a.txt", b"caf\xe9 one\ntwo\nthree", "is not utf-8")
alone("text", "a CSV with an unclosed quote", "a.csv", ROWS + b'"b,1\nc,2\n', "line 11: a quot")
alone(
    "text", "a CSV with quotes that mispair", "a.csv", b'text\n"a\nb\n"c"\nd', "that line 2 opens"
)
alone("text", "a CSV of semicolons", "a.csv", ROWS.replace(b",", b";"), "separated by ';'")
alone("text", "a CSV with two headers", "a.csv", ROWS + ROWS, "header is there 1 times more")
alone("text", "a CSV with a column twice", "a.csv", b"text,text\na,b\nc,d", "two columns called")
alone("text", "a CSV with too many values", "a.csv", b"text\na, b\nc\nd", "2 values for 1 columns")
alone("text", "an empty CSV", "a.csv", b"", "no column called")
alone("text", "a CSV with labels missing", "a.csv", ROWS + b"more\n", "labels in")
alone(
    "text", "a TSV with a quotation mark", "a.tsv", b'text\tlabel\n"a b\t1\na b\t2', "as they are"
)
alone("text", "deep JSON lines", "a.jsonl", DEEP, "nested too deeply")
alone("text", "JSON lines of numbers", "a.jsonl", b"1\n2\n3", "not a JSON object")
alone("text", "JSON lines of long numbers", "a.jsonl", b"9" * 9000, "not JSON")
alone("text", "JSON texts that are lists", "a.jsonl", b'{"text": []}\n{"text": {}}', "is a list")
alone("text", "JSON labels that are lists", "a.jsonl", b'{"text":"a","label":[]}\n' * 3, "are list")
alone("text", "a Parquet file called text", "a.txt", b"PAR1abc", "a Parquet file")
case("a folder of other files", "text", "Name one file")(
    lambda root: folder_of(root, {"a.md": b"abc"})
)
linked("text", "a text linked to nothing", "x.txt", "nowhere", "leads nowhere")
linked("text", "a text linked to /dev/zero", "x.txt", "/dev/zero", "it is a device")
piped("text", "a text that is a pipe", "x.txt", "it is a pipe")
case("an endless device", "text", "is a device")(lambda root: Path("/dev/zero"))


@case("a pipe", "text", "is a pipe")
def _pipe(root: Path) -> Path:
    os.mkfifo(root / "a.txt")
    return root / "a.txt"


@case("a name that is no UTF-8", "image", "images from")
def _undecodable(root: Path) -> Path:
    folder_of(root, pictures())
    (root / os.fsdecode(b"\xff\xfe.png")).write_bytes(png(9))
    return root


@case("a metadata.jsonl of lone surrogates", "image", "half of a pair of surrogates")
def _surrogates(root: Path) -> Path:
    row = json.dumps({"file_name": "\udcff.png", "label": "a"}).encode()
    return folder_of(root, {**pictures(), "metadata.jsonl": row})
