"""Writes a file completely or not at all, and refuses to overwrite a file of another kind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from . import _core
from ._arguments import path_of
from ._errors import OutputError


class FileKind(NamedTuple):
    """A kind of file that this package writes, described by how every such file begins."""

    name: str
    start: bytes
    """The first bytes."""
    mark: bytes
    """Bytes that must occur among the first ``reach`` bytes."""
    reach: int


@contextmanager
def replacing(file: str | os.PathLike[str], kind: FileKind | None) -> Iterator[Path]:
    """Yield a temporary path beside ``file``. If the block succeeds, the file written there replaces ``file``.

    Raises ExperimentError if ``file`` exists and does not begin as files of ``kind`` do. If ``kind`` is None, any file
    may be replaced. Raises OutputError, with a message of one line, if a file cannot be written.
    """
    path = Path(path_of("file", file))
    if kind is not None:
        _core.refuse_foreign_file(os.fspath(path), *kind)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror or error}, expected a file that can be written") from None
    finally:
        with suppress(OSError):
            part.unlink()
