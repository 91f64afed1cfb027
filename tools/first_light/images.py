"""Writes seeded images as four IDX files, for use if the real images are missing or would take too long."""

from __future__ import annotations

import gzip
import pathlib
import random
import struct

CLASSES = 10
REAL_FOLDERS = ("/usr/share/datasets/fashion-mnist",)
NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def _write_set(folder: pathlib.Path, name: str, count: int, side: int, draw: random.Random) -> None:
    """Writes noise with a bright bar in a different place for each class, so that there is something to learn."""
    pixels = side * side
    bar = max(1, pixels // CLASSES)
    labels = bytes(i if i < CLASSES else draw.randrange(CLASSES) for i in range(count))
    images = bytearray(draw.randbytes(count * pixels)).translate(bytes(v // 4 for v in range(256)))
    for i, label in enumerate(labels):
        start = i * pixels + label * bar
        images[start : start + bar] = b"\xc8" * min(bar, (i + 1) * pixels - start)
    header = struct.pack(">IIII", 0x803, count, side, side)
    (folder / f"{name}-images-idx3-ubyte").write_bytes(header + images)
    (folder / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, count) + labels)


def write_images(folder: pathlib.Path, *, train: int, test: int, side: int, seed: int = 7) -> pathlib.Path:
    """Writes `train` and `test` images of `side` x `side` pixels into `folder`, the same bytes for the same seed."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed)
    _write_set(folder, "train", train, side, draw)
    _write_set(folder, "t10k", test, side, draw)
    return folder


def is_data(folder: pathlib.Path) -> bool:
    return all((folder / name).is_file() or (folder / f"{name}.gz").is_file() for name in NAMES)


def train_rows(folder: pathlib.Path) -> int:
    """Returns the number of training images in the header of the labels."""
    path = folder / NAMES[1]
    opened = open(path, "rb") if path.is_file() else gzip.open(f"{path}.gz", "rb")
    with opened as file:
        return int(struct.unpack(">II", file.read(8))[1])
