"""What can be set of a record, a class or a function: names, ranges, defaults, documentation.

A field is documented by the text below it, an argument in its docstring's "Args:"; a type that many
share may say it for all of them: `Every = Annotated[int, AtLeast(1), "Interval in steps."]`.
"""

import ast
import dataclasses
import functools
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from multigan.typed.arguments import parameters_of
from multigan.typed.check import expected, hints_of, peeled

SECTION = re.compile(r"^(?:Args|Attributes):\n((?:[ ]+.*\n?|\n)+)", re.MULTILINE)
ENTRY = re.compile(r"^ {4}(\w+(?:, \w+)*): (.*(?:\n {5,}.*|\n(?= {5}))*)", re.MULTILINE)


class Setting(NamedTuple):
    """One thing that can be set.

    Attributes:
        name: Of the field or argument.
        expected: What it may be, in words: "a whole number of at least 1, or null".
        default: Its default; `inspect.Parameter.empty` if it has none.
        doc: What it is for, in one line; "" if nobody wrote it.
    """

    name: str
    expected: str
    default: Any
    doc: str


def describe(owner: Any) -> list[Setting]:
    """Returns what can be set of a dataclass, or of any other class or function, in order."""
    return [
        Setting(name, expected(kind), default, doc_of(owner, name, kind))
        for name, kind, default in _settings(owner)
    ]


def doc_of(owner: Any, name: str, kind: Any) -> str:
    """Returns what a field or argument is for: what its owner says, or else its annotation."""
    texts = (each for each in peeled(kind)[1] if isinstance(each, str))
    return documentation(owner).get(name) or next(texts, "")


@functools.cache
def documentation(owner: Any) -> dict[str, str]:
    """Returns what each field or argument is for, in one line."""
    classes = reversed(inspect.getmro(owner)) if isinstance(owner, type) else [owner]
    docs: dict[str, str] = {}
    for each in classes:
        if each.__module__ != "builtins":
            docs |= dict(_in_docstring(each))
            docs |= dict(_below_fields(each)) if dataclasses.is_dataclass(each) else {}
    return docs


def _settings(owner: Any) -> Iterator[tuple[str, Any, Any]]:
    if dataclasses.is_dataclass(owner):
        hints = hints_of(owner)
        for field in dataclasses.fields(owner):
            made = field.default_factory
            default = field.default if made is dataclasses.MISSING else made()
            missing = default is dataclasses.MISSING
            yield field.name, hints[field.name], inspect.Parameter.empty if missing else default
        return
    for each in parameters_of(owner).values():
        if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL):
            kind = Any if each.annotation is each.empty else each.annotation
            yield each.name, kind, each.default


def _in_docstring(owner: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    for text in (owner.__doc__, vars(owner).get("__init__", owner).__doc__):
        for section in SECTION.findall(inspect.cleandoc(text or "") + "\n"):
            for names, doc in ENTRY.findall(section):
                for name in names.split(", "):
                    yield name, " ".join(doc.split())


def _below_fields(owner: type) -> Iterator[tuple[str, str]]:
    try:
        source = textwrap.dedent(inspect.getsource(owner))
    except (OSError, TypeError):  # made where there is no source, as in a shell
        return
    (body,) = ast.parse(source).body
    assert isinstance(body, ast.ClassDef)
    for field, text in zip(body.body, body.body[1:], strict=False):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(
                value=ast.Constant(value=str(doc))
            ):
                yield name, " ".join(doc.split())
