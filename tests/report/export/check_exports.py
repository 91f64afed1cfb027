"""Reads the exports of one study with independent readers and compares them with summary.json.

Usage: check_exports.py DIRECTORY, which holds the folders npz, csv, json and tensorboard of one study. Needs
nothing beyond Python; where NumPy is installed, numpy.load must agree as well.
"""

import ast
import csv
import json
import math
import pathlib
import struct
import sys
import urllib.parse
import zipfile


def check(condition, *message):
    if not condition:
        sys.exit("check_exports: " + " ".join(map(str, message)))


def same(a, b):
    """Returns whether `a` from JSON equals `b` from another export. null in JSON stands for NaN or infinity."""
    return not math.isfinite(b) if a is None else a == b


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    while data:
        (length, length_crc) = struct.unpack("<QI", data[:12])
        check(length_crc == masked(data[:8]), "checksum of a length")
        payload = data[12 : 12 + length]
        (payload_crc,) = struct.unpack("<I", data[12 + length : 16 + length])
        check(payload_crc == masked(payload), "checksum of a record")
        yield payload
        data = data[16 + length :]


def fields(message):
    """Yields (number, value) for each field of a protocol buffer. A value is an integer, a float or bytes."""
    place = 0

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = message[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while place < len(message):
        key = varint()
        kind = key & 7
        if kind == 0:
            value = varint()
        else:
            size = {1: 8, 2: None, 5: 4}[kind]
            size = varint() if size is None else size
            value = message[place : place + size]
            place += size
            if kind != 2:
                (value,) = struct.unpack("<d" if kind == 1 else "<f", value)
        yield key >> 3, value


def scalars(path):
    """Returns {tag: {step: value}} of an event file."""
    curves = {}
    for index, record in enumerate(records(path.read_bytes())):
        event = dict(fields(record))
        if index == 0:
            check(event[3] == b"brain.Event:2", "file version of", path)
            continue
        for number, value in fields(event[5]):
            check(number == 1, "field of a summary")
            scalar = dict(fields(value))
            curves.setdefault(scalar[1].decode(), {})[event.get(2, 0)] = scalar.get(2, 0.0)
    return curves


def npz(path):
    """Returns {name: (shape, flat values)} of an archive, read according to the specification of the format."""
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        check(archive.testzip() is None, "checksum in", path)
        for name in archive.namelist():
            data = archive.read(name)
            check(data[:8] == b"\x93NUMPY\x01\x00", "magic of", name)
            (size,) = struct.unpack("<H", data[8:10])
            header = ast.literal_eval(data[10 : 10 + size].decode("latin1"))
            check(not header["fortran_order"], "order of", name)
            code = {"<f8": "d", "<u8": "Q", "<i4": "i", "<u4": "I", "|u1": "B"}[header["descr"]]
            count = math.prod(header["shape"])
            values = struct.unpack(f"<{count}{code}", data[10 + size :])
            arrays[name.removesuffix(".npy")] = (header["shape"], values)
    return arrays


def history_keys(model):
    """Returns the metrics of a model's histories: only some models have an objective other than their loss."""
    return list(model["per_run"][0]["history"])


def check_tensorboard(root, summary):
    names = {"loss": ("train", "epoch_loss"), "accuracy": ("train", "epoch_accuracy"),
             "val_loss": ("validation", "epoch_loss"), "val_accuracy": ("validation", "epoch_accuracy"),
             "objective": ("train", "epoch_objective")}

    def float32(value):
        return struct.unpack("<f", struct.pack("<f", value))[0]

    for model in summary["models"]:
        folder = root / urllib.parse.quote(model["name"], safe=" ,=._+-")
        for key in history_keys(model):
            set_name, tag = names[key]
            curves = {}
            for curve in folder.iterdir():
                (file,) = (curve / set_name).iterdir()
                check("tfevents" in file.name, file)
                curves[curve.name] = scalars(file)[tag]
            finite = [run for run in model["per_run"] if run["diverged_epoch"] is None]
            for run in model["per_run"]:
                for epoch, value in enumerate(run["history"][key]):
                    found = curves[f"seed {run['seed']}"][epoch]
                    check(same(None if value is None else float32(value), found), folder, run["seed"], key, epoch)
            for epoch in range(model["epochs"] + 1):
                values = [run["history"][key][epoch] for run in finite]
                mean = sum(values) / len(values)
                std = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
                for name, expected in {"mean": mean, "mean+std": mean + std, "mean-std": mean - std}.items():
                    check(abs(curves[name][epoch] - expected) < 1e-6, folder, name, key, epoch)
    return len(summary["models"])


def check_npz(root, summary):
    history, confusion = npz(root / "history.npz"), npz(root / "confusion.npz")
    for model in summary["models"]:
        layer = npz(root / f"layer = {len(model['hidden']) - 1}.npz")
        finite = [run for run in model["per_run"] if run["diverged_epoch"] is None]
        for figure in ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "test_loss", "test_accuracy"):
            check(layer[figure] == ((len(finite),), tuple(run[figure] for run in finite)), model["name"], figure)
        check(layer["seed"][1] == tuple(run["seed"] for run in finite), model["name"], "seed")
        name = urllib.parse.quote(model["name"], safe=" ,=._+-")
        check((f"{name}/objective" in history) == ("objective" in history_keys(model)), model["name"], "objective")
        for key in history_keys(model):
            shape, values = history[f"{name}/{key}"]
            check(shape == (len(model["per_run"]), model["epochs"] + 1), shape)
            expected = [value for run in model["per_run"] for value in run["history"][key]]
            check(all(map(same, expected, values)), model["name"], key)
        diverged = tuple(-1 if run["diverged_epoch"] is None else run["diverged_epoch"] for run in model["per_run"])
        check(history[f"{name}/diverged_epoch"][1] == diverged, model["name"], "diverged_epoch")
        for set_name, rows in model["confusion"].items():
            (runs, classes, _), values = confusion[f"{name}/{set_name}"]
            total = [0] * classes**2
            for index in range(runs):
                if diverged[index] == -1:
                    part = values[index * classes**2 : (index + 1) * classes**2]
                    total = [a + b for a, b in zip(total, part)]
            check(total == [count for row in rows for count in row], model["name"], "confusion", set_name)
    try:
        import numpy
    except ImportError:
        print("check_exports: NumPy is not installed, numpy.load was not tried")
        return
    for path in root.iterdir():
        with numpy.load(path, allow_pickle=False) as arrays:
            expected = npz(path)
            check(set(arrays.files) == set(expected), path)
            for name, (shape, values) in expected.items():
                check(arrays[name].shape == shape, path, name)
                check(numpy.array_equal(arrays[name].ravel(), values, equal_nan=True), path, name)


def check_csv(root, summary):
    with open(root / "runs.csv", newline="", encoding="utf-8") as file:
        runs = list(csv.DictReader(file))
    with open(root / "history.csv", newline="", encoding="utf-8") as file:
        history = list(csv.DictReader(file))
    expected = [(model, run) for model in summary["models"] for run in model["per_run"]]
    check(len(runs) == len(expected), "rows of runs.csv")
    points = iter(history)
    for row, (model, run) in zip(runs, expected):
        check(row["model"] == model["name"] and int(row["seed"]) == run["seed"], row)
        check(row["hidden"] == "-".join(map(str, model["hidden"])), row)
        check(float(row["learning_rate"]) == model["optimizer"]["learning_rate"], row)
        check(row["diverged_epoch"] == ("" if run["diverged_epoch"] is None else str(run["diverged_epoch"])), row)
        for figure in ("train_loss", "valid_accuracy", "test_loss", "test_accuracy"):
            check(same(run[figure], float(row[figure])), row, figure)
        for epoch in range(model["epochs"] + 1):
            point = next(points)
            check((point["model"], int(point["seed"]), int(point["epoch"])) == (model["name"], run["seed"], epoch), point)
            for key in history_keys(model):
                check(same(run["history"][key][epoch], float(point[key])), point, key)
            if "objective" in point and "objective" not in history_keys(model):
                check(point["objective"] == point["loss"], point, "objective")
    check(next(points, None) is None, "rows of history.csv")


def main():
    root = pathlib.Path(sys.argv[1])
    summary = json.loads((root / "json" / "summary.json").read_text(encoding="utf-8"))
    check_csv(root / "csv", summary)
    check_npz(root / "npz", summary)
    check(check_tensorboard(root / "tensorboard", summary) > 0, "no models")
    print("check_exports: all agree")


if __name__ == "__main__":
    main()
