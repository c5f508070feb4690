"""The files of the page, which are in the package compressed. The module says which one is sent, with which head."""

import functools
import gzip
from pathlib import Path

DIRECTORY = Path(__file__).parents[2] / "page" / "assets"


@functools.cache
def _files(directory: Path) -> dict[str, Path]:
    """The files by name. What is asked for is looked up here, so no name leads out of the directory."""
    return {path.name: path for path in directory.iterdir() if path.suffix in (".br", ".gz")}


@functools.cache
def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def content(name: str, *, decompress: bool) -> bytes:
    """The bytes of the file `name`, or what a `.gz` of that name holds. Raises `LookupError` or `OSError`."""
    compressed = _bytes(_files(DIRECTORY)[name])
    return gzip.decompress(compressed) if decompress else compressed
