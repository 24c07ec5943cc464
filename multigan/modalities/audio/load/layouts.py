"""Where a folder or zip of sounds keeps its classes and its splits.

What is known: the Free Spoken Digit Dataset's file names, NSynth's annotations, Speech Commands'
lists, any pattern of file names that is stated, and a folder per class.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from multigan.data.annotations import by_annotations
from multigan.data.labels import (
    SPLITS,
    WHOLE,
    Labels,
    class_folders,
    index_labels,
    plain_split,
    require_split,
)
from multigan.data.readers import Classified, Classify, Listing, by_folders
from multigan.errors import DataError
from multigan.files import parse_json
from multigan.modalities.audio.load.options import AudioOptions

Fields = Mapping[str, Any]

# Jakobovski et al., "Free Spoken Digit Dataset": DIGIT_SPEAKER_INDEX.wav, and its README makes the
# recordings 0 to 4 of each speaker and digit the official test split.
FSDD = re.compile(r"\d_[a-z]+_\d+")
FSDD_PATTERN, FSDD_TEST = "{label}_{speaker}_{index}", "index<5"

NSYNTH_FILE = "examples.json"  # Engel et al. (2017), "Neural Audio Synthesis of Musical Notes"
COMMAND_LISTS = {"test": "testing_list.txt", "validation": "validation_list.txt"}
BACKGROUND = "_background_noise_"  # Warden (2018), "Speech Commands": minutes long, no command

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
CONDITION = re.compile(r"\s*(\w+)\s*(<=|>=|!=|<|>|=)\s*(.+?)\s*")


def by_layout(options: AudioOptions) -> Classify:
    """Returns what finds the classes of a listing in the way that suits it."""

    def classify(listing: Listing) -> Classified:
        found = _layout(listing, options)(listing, options)
        return _chosen_classes(found, options, listing.where)

    return classify


def matcher(pattern: str) -> re.Pattern[str]:
    """Returns the regular expression of a pattern such as "{label}_{speaker}_{index}".

    A field takes as little as it can and at least one character, but no slash. A pattern without a
    slash describes a file's name without its suffix, one with slashes the end of its path.

    Raises:
        DataError: The pattern has no field, or one twice.

    Example:
        >>> matcher("{label}_{speaker}").fullmatch("7_george")["speaker"]
        'george'
    """
    parts = re.split(r"\{(\w+)\}", pattern)
    names = parts[1::2]
    if not names or len(set(names)) < len(names):
        raise DataError(
            f"The pattern {pattern!r} needs fields in braces, each once: {{label}}_{{speaker}}."
        )
    text = "".join(
        f"(?P<{part}>[^/]+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return re.compile(text)


def holds(condition: str, fields: Fields) -> bool:
    """Returns whether fields meet a condition such as "index<5" or "speaker=theo".

    Raises:
        DataError: It is no condition, or on a field that is not there.

    Example:
        >>> holds("index<5", {"index": "12"}), holds("speaker=theo", {"speaker": "theo"})
        (False, True)
    """
    parsed = CONDITION.fullmatch(condition)
    if parsed is None or parsed[1] not in fields:
        raise DataError(
            f"{condition!r} is no condition on the fields {', '.join(fields)}. Write a field, one "
            "of = != < <= > >= and a value: index<5."
        )
    name, sign, wanted = parsed.groups()
    left, right = str(fields[name]), wanted
    if _is_number(left) and _is_number(right):
        return COMPARE[sign](float(left), float(right))
    return COMPARE[sign](left, right)


def _layout(
    listing: Listing, options: AudioOptions
) -> Callable[[Listing, AudioOptions], Classified]:
    names = {PurePosixPath(name).name for name in listing.others}
    if options.pattern is not None:
        return _by_pattern
    if NSYNTH_FILE in names:
        return _by_nsynth
    if set(COMMAND_LISTS.values()) <= names:
        return _by_commands
    return _by_annotations


def _is_fsdd(paths: Sequence[PurePosixPath]) -> bool:
    """Whether all is in one folder, or in one per digit: kick/0_kick_00.wav is another's.

    Each may be inside folders called train, test and so on.
    """
    folders = {tuple(part for part in path.parent.parts if part not in SPLITS) for path in paths}
    sorted_out = all(path.parent.name == path.stem.partition("_")[0] for path in paths)
    return (len(folders) == 1 or sorted_out) and _named_as_fsdd(paths)


def _named_as_fsdd(paths: Sequence[PurePosixPath]) -> bool:
    return all(FSDD.fullmatch(path.stem) for path in paths)


def _by_fsdd(listing: Listing, options: AudioOptions) -> Classified:
    label, split = options.label or "label", options.split
    test: str | None = options.test or FSDD_TEST
    note = f"Read as the Free Spoken Digit Dataset, whose split 'test' is {test}."
    stated = any(part in SPLITS for path in listing.paths for part in path.parent.parts)
    if stated and options.test is None:
        if split != "all":
            used = class_folders(listing.paths, split, listing.where)[2]
            listing = listing._replace(paths=used)
        note = "Read as the Free Spoken Digit Dataset, divided by its folders."
        test, split = None, "all"  # of what is left
    return _by_fields(listing, _fields(listing, FSDD_PATTERN), label, test, split, note)


def _by_pattern(listing: Listing, options: AudioOptions) -> Classified:
    assert options.pattern is not None  # or this layout would not have been picked
    fields = _fields(listing, options.pattern)
    label = options.label or ("label" if "label" in fields[0] else "")
    return _by_fields(listing, fields, label, options.test, options.split)


def _fields(listing: Listing, pattern: str) -> list[Fields]:
    match = matcher(pattern)
    depth = pattern.count("/") + 1
    ends = ["/".join(path.with_suffix("").parts[-depth:]) for path in listing.paths]
    found = [match.fullmatch(end) for end in ends]
    unmatched = [str(path) for path, one in zip(listing.paths, found, strict=True) if one is None]
    if unmatched:
        raise DataError(
            f"{len(unmatched)} of {len(found)} files in {listing.where} are not named "
            f"{pattern!r}, e.g. {unmatched[0]}. Correct the pattern, or move them elsewhere."
        )
    return [one.groupdict() for one in found if one is not None]


def _by_fields(
    listing: Listing,
    fields: Sequence[Fields],
    label: str,
    test: str | None,
    split: str,
    note: str = "",
) -> Classified:
    """Takes the class from the field `label`, and for the split "test" what meets `test`."""
    if label and label not in fields[0]:
        raise DataError(
            f"{listing.where} has no field {label!r} to take as the class, only "
            f"{', '.join(fields[0])}. Name one of them: --set data.label={next(iter(fields[0]))}"
        )
    require_split(split, WHOLE if test is None else ("train", "test", "all"), listing.where)
    kept = list(range(len(fields)))
    if test is not None and split != "all":
        wanted = plain_split(split) == "test"
        kept = [index for index in kept if holds(test, fields[index]) == wanted]
    if not kept:
        raise DataError(f"The split {split!r} of {listing.where} is empty, with test={test!r}.")
    values = [str(fields[index][label]) for index in kept] if label else []
    labels = Labels(*index_labels(values, (), listing.where))
    used = [listing.paths[index] for index in kept]
    return Classified(used, labels, (note,) if note else ())


def _by_nsynth(listing: Listing, options: AudioOptions) -> Classified:
    """Reads NSynth's annotations; the class is the pitch unless another field is asked for."""
    all_tables = [name for name in listing.others if PurePosixPath(name).name == NSYNTH_FILE]
    known = tuple(sorted({_split_of(name) for name in all_tables}))
    wanted = plain_split(options.split)
    if wanted == "train" and len(known) == 1:
        wanted = known[0]  # all there is, as a lone folder of classes would be
    require_split(wanted, (*known, "all"), listing.where)
    tables = [name for name in all_tables if wanted in ("all", _split_of(name))]
    annotations: dict[str, Fields] = {}
    for name in tables:
        annotations |= _annotations(listing, name)
    paths = [path for path in listing.paths if path.stem in annotations]
    if not paths:
        raise DataError(
            f"No sound in {listing.where} is described in {NSYNTH_FILE} for the split "
            f"{options.split!r}. Fetch both again, or name another split."
        )
    folders = [PurePosixPath(name).parent for name in tables]
    beside = [path for path in listing.paths if any(path.is_relative_to(at) for at in folders)]
    missing = sum(path.stem not in annotations for path in beside)
    note = "Read as NSynth." + (f" {missing} files are not in its annotations." if missing else "")
    absent = sorted(annotations.keys() - {path.stem for path in paths})
    if absent:
        note += f" {len(absent)} sounds that it describes are not there, e.g. {absent[0]}."
    if wanted not in ("all", plain_split(options.split)):
        note += f" Only its split {wanted!r} is there."
    described = listing._replace(paths=paths)
    fields = [annotations[path.stem] for path in paths]
    return _by_fields(described, fields, options.label or "pitch", None, "all", note)


def _split_of(name: str) -> str:
    """Returns the split of an annotation file: its folder's, nsynth-valid and so on, else train."""
    last = PurePosixPath(name).parent.name.rsplit("-", 1)[-1]
    return SPLITS.get(last, "train")


def _annotations(listing: Listing, name: str) -> dict[str, Fields]:
    try:
        found = parse_json(listing.read(name))
        return {str(key): dict(value) for key, value in found.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise DataError(
            f"{name} in {listing.where} is not NSynth's table of notes: {error}. Fetch it again."
        ) from None


def _by_commands(listing: Listing, options: AudioOptions) -> Classified:
    """Reads Speech Commands: a folder per word, and lists of what is held out."""
    held_out = {split: _listed(listing, name) for split, name in COMMAND_LISTS.items()}
    words = [path for path in listing.paths if path.parent.name != BACKGROUND]
    names = {path: f"{path.parent.name}/{path.name}" for path in words}
    split = plain_split(options.split)
    require_split(split, ("train", *held_out, "all"), listing.where)
    if split in held_out:
        used = [path for path in words if names[path] in held_out[split]]
    elif split == "all":
        used = words
    else:
        outside = set().union(*held_out.values())
        used = [path for path in words if names[path] not in outside]
    if not used:
        raise DataError(f"The split {options.split!r} of {listing.where} is empty.")
    labels = Labels(*index_labels([path.parent.name for path in used], (), listing.where))
    note = f"Read as Speech Commands, without {len(listing.paths) - len(words)} noises."
    return Classified(used, labels, (note,))


def _listed(listing: Listing, name: str) -> frozenset[str]:
    path = next(other for other in listing.others if PurePosixPath(other).name == name)
    return frozenset(listing.read(path).decode("utf-8", errors="replace").split())


def _by_annotations(listing: Listing, options: AudioOptions) -> Classified:
    otherwise = _by_fsdd if _is_fsdd(listing.paths) else _by_folders
    return by_annotations(options, lambda files: otherwise(files, options))(listing)


def _by_folders(listing: Listing, options: AudioOptions) -> Classified:
    if options.test is not None:
        raise DataError(
            f"test={options.test!r} is a condition on fields, and {listing.where} has none. "
            "State the pattern of its file names: --set data.pattern='{label}_{index}'"
        )
    found = by_folders(options.split)(listing)
    if not found.labels.classes or not _named_as_fsdd(listing.paths):
        return found
    note = (
        "The files are named as those of the Free Spoken Digit Dataset, but the folders are the "
        f"classes. For digits: --set data.pattern='{FSDD_PATTERN}' --set data.test='{FSDD_TEST}'"
    )
    return found._replace(notes=(*found.notes, note))


def _chosen_classes(found: Classified, options: AudioOptions, where: str) -> Classified:
    """Leaves out what is in none of the wanted classes, which keep the order they are stated in."""
    if not options.classes:
        return found
    values, names, _ = found.labels
    unknown = [name for name in options.classes if name not in names]
    if unknown:
        raise DataError(
            f"{where} has no class {unknown[0]!r}. Its classes: {', '.join(names[:20])}."
        )
    number_of = {names.index(name): new for new, name in enumerate(options.classes)}
    kept = [index for index, label in enumerate(values) if label in number_of]
    return found._replace(
        used=[found.used[index] for index in kept],
        labels=Labels([number_of[values[index]] for index in kept], options.classes),
    )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?\d+(\.\d+)?", text) is not None
