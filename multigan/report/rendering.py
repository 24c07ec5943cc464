"""Pages of HTML that need no other file: templates, in which every value is escaped."""

from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multigan.report.formatting import shown

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).with_name("templates")


def render(template: str, *, folder: Path = TEMPLATES, **values: Any) -> "Markup":
    """Returns what a template makes of some values; a template that is given it does not escape it.

    Args:
        template: The file's name.
        folder: Where it is. It may build on the templates of this package.
        values: By the names that the template has for them.
    """
    from markupsafe import Markup

    return Markup(_environment(folder).get_template(template).render(values))


def data_address(kind: str, content: bytes) -> str:
    """Returns an address that holds the content itself, e.g. of the kind "image/png"."""
    return f"data:{kind};base64,{b64encode(content).decode()}"


@cache
def _environment(folder: Path) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([folder, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = shown
    environment.filters["markdown"] = _in_markdown
    return environment


def _in_markdown(value: Any) -> "Markup":
    """Returns a value as text of one cell or line: no tags, no rows, no code."""
    from markupsafe import Markup

    text = " ".join(str(value).split()).replace("|", "\\|").replace("`", "'")
    return Markup(text.replace("<", "&lt;"))
