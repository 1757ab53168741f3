"""Data files of a package: text, lines, and fields that `|` separates."""

from importlib import resources


def read_text(package: str, name: str) -> str:
    """A file of the package's folder `data`."""
    return (resources.files(package) / "data" / name).read_text("utf-8")


def read_lines(package: str, name: str) -> list[str]:
    """Its lines, without empty ones and comments."""
    lines = (line.strip() for line in read_text(package, name).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def read_fields(package: str, name: str) -> list[list[str]]:
    """Its lines as fields."""
    return [[field.strip() for field in line.split("|")] for line in read_lines(package, name)]
