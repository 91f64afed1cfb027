"""Writes a small data set of four IDX files: make_data.py FOLDER

Three classes of 6 x 6 images, each with a bright band in a different place over seeded noise.
"""

import pathlib
import random
import struct
import sys


def image(draw, label):
    rows = [[draw.randrange(60) for _ in range(6)] for _ in range(6)]
    for row in rows[2 * label : 2 * label + 2]:
        row[:] = [draw.randrange(180, 256) for _ in row]
    return bytes(value for row in rows for value in row)


def write_set(folder, name, count, draw):
    labels = [draw.randrange(3) for _ in range(count)]
    labels[0] = 2  # the largest label determines the number of classes
    images = b"".join(image(draw, label) for label in labels)
    (folder / f"{name}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 0x803, count, 6, 6) + images)
    (folder / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, count) + bytes(labels))


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True)
draw = random.Random(7)
write_set(folder, "train", 1200, draw)
write_set(folder, "t10k", 200, draw)
