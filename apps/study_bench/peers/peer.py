"""What all peers share: the data, the split, and the protocol with compare.py.

    PEER.py --data DIRECTORY [--core N] [--replicas N] [...]

A peer trains the original model of the study (784-256-10, relu, dropout 0.2, Adam, batches of 256) on 50,000 images
and validates it on 10,000 after every epoch, as gpu_sweep does. It imports this module before its library, warms up
with one epoch, prints "ready", and waits for a line on stdin. Then it prints the median seconds of three epochs, and
fails if its validation accuracy says that it did not train.
"""

import argparse
import gzip
import os
import statistics
import sys
import time

EPOCHS = 3
BATCH = 256
VALIDATION_ROWS = 10_000
LEAST_ACCURACY = 0.82

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--core", type=int, help="number of the usable core to which the process is bound")
parser.add_argument("--replicas", type=int, default=1)
parser.add_argument("--bf16", action="store_true")
options = parser.parse_args()
if options.core is not None:  # before a library counts the cores
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[options.core]})

import numpy  # noqa: E402


def read(name):
    path = os.path.join(options.data, name)
    with open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb") as file:
        return file.read()


def split():
    """Returns training images, their labels, validation images, their labels; images are rows of float32 in 0..1."""
    images = numpy.frombuffer(read("train-images-idx3-ubyte"), numpy.uint8, offset=16)
    labels = numpy.frombuffer(read("train-labels-idx1-ubyte"), numpy.uint8, offset=8).astype(numpy.int32)
    images = images.reshape(len(labels), -1).astype(numpy.float32) / 255
    order = numpy.random.RandomState(0).permutation(len(labels))
    validation, training = order[:VALIDATION_ROWS], order[VALIDATION_ROWS:]
    return images[training], labels[training], images[validation], labels[validation]


def measure(version, epoch):
    """Takes part in compare.py's protocol with `epoch`, which trains and validates each replica once and returns their
    mean validation accuracy."""
    epoch()
    print("ready", version, flush=True)
    sys.stdin.readline()
    seconds = []
    for _ in range(EPOCHS):
        start = time.perf_counter()
        accuracy = float(epoch())
        seconds.append(time.perf_counter() - start)
    if not accuracy > LEAST_ACCURACY:
        sys.exit(f"validation accuracy {accuracy:.3f} after {EPOCHS + 1} epochs: this did not train")
    print(statistics.median(seconds), flush=True)
