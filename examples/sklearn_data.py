#!/usr/bin/env python3
"""Writes a data set that scikit-learn ships as a file for gpu_sweep: sklearn_data.py NAME FILE

NAME is digits, breast_cancer, wine or iris. FILE ends in .npz (arrays; a fifth of the rows, stratified, is for
the test) or in .csv (one table whose column "target" has the names of the classes). Needs scikit-learn:
apt-get install python3-sklearn, or pip install scikit-learn.

    python3 examples/sklearn_data.py digits digits.npz
    gpu_sweep train --data digits.npz --normalize standardize --hidden 64 --epochs 20 --batch-size 32

    python3 examples/sklearn_data.py breast_cancer breast_cancer.csv
    gpu_sweep run experiments/tabular.toml --data breast_cancer.csv
"""
import csv
import sys

import numpy as np
from sklearn import datasets
from sklearn.model_selection import train_test_split

NAMES = ("digits", "breast_cancer", "wine", "iris")


def write_arrays(data, file):
    x_train, x_test, y_train, y_test = train_test_split(
        data.data, data.target, test_size=0.2, random_state=0, stratify=data.target)
    np.savez_compressed(file, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


def write_table(data, file):
    with open(file, "w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow([*data.feature_names, "target"])
        for row, label in zip(data.data.tolist(), data.target):
            table.writerow([*row, data.target_names[label]])


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in NAMES or not sys.argv[2].endswith((".npz", ".csv")):
        sys.exit(__doc__)
    data = getattr(datasets, "load_" + sys.argv[1])()
    write = write_arrays if sys.argv[2].endswith(".npz") else write_table
    write(data, sys.argv[2])


if __name__ == "__main__":
    main()
