"""Prints the seconds of one epoch of the study's original model in PyTorch, validation included.

    pytorch_epoch.py DATA_DIRECTORY

Uses one thread and a plain loop, written with the usual care: data in one tensor, index_select for a batch, no loader.
Prints the median of three epochs after one to warm up.
"""
import gzip
import os
import statistics
import sys
import time

import numpy
import torch


def read(directory, name):
    path = os.path.join(directory, name)
    opened = open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")
    with opened as file:
        return file.read()


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    images = numpy.frombuffer(read(sys.argv[1], "train-images-idx3-ubyte"), numpy.uint8, offset=16)
    labels = numpy.frombuffer(read(sys.argv[1], "train-labels-idx1-ubyte"), numpy.uint8, offset=8)
    order = numpy.random.RandomState(0).permutation(len(labels))
    x = torch.from_numpy(images.reshape(len(labels), -1).astype(numpy.float32) / 255)
    y = torch.from_numpy(labels.astype(numpy.int64))
    validation, training = torch.from_numpy(order[:10000]), torch.from_numpy(order[10000:])
    x_train, y_train, x_validation, y_validation = x[training], y[training], x[validation], y[validation]
    model = torch.nn.Sequential(
        torch.nn.Linear(784, 256), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(256, 10)
    )
    loss_of = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)

    def epoch():
        model.train()
        shuffled = torch.randperm(len(y_train))
        for start in range(0, len(y_train), 256):
            rows = shuffled[start : start + 256]
            optimizer.zero_grad(set_to_none=True)
            loss_of(model(x_train.index_select(0, rows)), y_train.index_select(0, rows)).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            for start in range(0, len(y_validation), 1000):
                logits = model(x_validation[start : start + 1000])
                loss_of(logits, y_validation[start : start + 1000])
                logits.argmax(1)

    epoch()
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        epoch()
        seconds.append(time.perf_counter() - start)
    print(statistics.median(seconds))


if __name__ == "__main__":
    main()
