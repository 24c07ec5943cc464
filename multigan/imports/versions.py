"""Which version of a package is installed."""

from importlib.metadata import PackageNotFoundError, version


def installed_version(package: str) -> str | None:
    """Returns a package's version, None if it is not installed; nothing of it is imported."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
