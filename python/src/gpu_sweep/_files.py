"""Writing a file completely or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ._errors import OutputError


@contextmanager
def replacing(file: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside ``file``. If the block succeeds, the file written there replaces ``file``.

    Raises OutputError, with a message of one line, if a file cannot be written.
    """
    path = Path(file)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror or error}, expected a file that can be written") from None
    finally:
        part.unlink(missing_ok=True)
