"""Writes the seed corpus: a few files of most formats, valid and almost valid.

Usage: make_seeds.py DIRECTORY. Needs nothing but Python's standard library.
"""

import gzip
import hashlib
import io
import pathlib
import struct
import sys
import zipfile


def idx_seeds():
    images = struct.pack(">IIII", 0x803, 3, 2, 2) + bytes(range(12))
    labels = struct.pack(">II", 0x801, 5) + bytes([0, 1, 2, 9, 255])
    yield "images", images
    yield "labels", labels
    yield "images.gz", gzip.compress(images, mtime=0)
    yield "labels.gz", gzip.compress(labels, mtime=0)
    yield "members.gz", gzip.compress(images[:9], mtime=0) + gzip.compress(b"", mtime=0) + gzip.compress(images[9:], mtime=0)
    yield "padded.gz", gzip.compress(labels, mtime=0) + bytes(64)
    yield "twice.gz", gzip.compress(gzip.compress(labels, mtime=0), mtime=0)
    yield "page", b"<!DOCTYPE html><html>"
    yield "truncated.gz", gzip.compress(images, mtime=0)[:-9]
    yield "huge", struct.pack(">IIII", 0x803, 2**31, 28, 28)
    yield "zeros.gz", gzip.compress(struct.pack(">II", 0x801, 100000) + bytes(100000), mtime=0)


def npy(descr, shape, values, fortran=False, version=1):
    header = f"{{'descr': {descr!r}, 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + values


def npy_seeds():
    yield "f4", npy("<f4", (2, 3), struct.pack("<6f", *range(6)))
    yield "f8", npy("<f8", (), struct.pack("<d", 0.1))
    yield "u1", npy("|u1", (4,), b"\x00\x01\x02\xff", version=3)
    yield "fortran", npy("<f4", (2, 2), bytes(16), fortran=True)
    yield "object", npy("|O", (1,), b"\x80\x04N.")
    yield "overflow", npy("<f8", (2**32, 2**32, 2**32), b"")
    yield "empty", npy("<i4", (0, 4), b"", version=2)


def archive(method, entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as writer:
        for name, content in entries:
            writer.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return file.getvalue()


def npz_seeds():
    weights = [
        ("dense_0/kernel.npy", npy("<f4", (2, 3), bytes(24))),
        ("dense_0/bias.npy", npy("<f4", (3,), bytes(12))),
        ("dense_1/kernel.npy", npy("<f4", (3, 2), bytes(24))),
        ("dense_1/bias.npy", npy("<f4", (2,), bytes(8))),
    ]
    yield "stored", archive(zipfile.ZIP_STORED, weights)
    yield "deflated", archive(zipfile.ZIP_DEFLATED, weights)
    yield "climbing", archive(zipfile.ZIP_STORED, [("../a.npy", npy("<f4", (1,), bytes(4)))])
    yield "bomb", archive(zipfile.ZIP_DEFLATED, [("a.npy", npy("|u1", (1 << 20,), bytes(1 << 20)))])
    yield "one", archive(zipfile.ZIP_STORED, [("a.npy", npy("<f4", (1,), bytes(4)))])


def arrays_seeds():
    y_train, y_test = npy("|u1", (6,), bytes([0, 1, 2, 0, 1, 2])), npy("<i8", (2,), struct.pack("<2q", 1, 0))
    floats = npy("<f4", (6, 2), struct.pack("<12f", *range(12)))
    for name, x_train, x_test in (
        ("floats", floats, npy("<f4", (2, 2), bytes(16))),
        ("bytes", npy("|u1", (6, 1, 2), bytes(range(12))), npy("|u1", (2, 1, 2), bytes(4))),
        ("fortran", npy(">f8", (6, 2), struct.pack(">12d", *range(12)), fortran=True), npy("<f2", (2, 2), bytes(8))),
    ):
        arrays = [("x_train", x_train), ("y_train", y_train), ("x_test", x_test), ("y_test", y_test)]
        entries = [(array + ".npy", content) for array, content in arrays]
        yield name, archive(zipfile.ZIP_STORED, entries)
        yield name + ".deflated", archive(zipfile.ZIP_DEFLATED, entries)
    one_hot = npy("|b1", (2, 3), bytes([0, 1, 0, 1, 0, 0]))
    own = [("x_valid.npy", npy("<f4", (2, 2), bytes(16))), ("y_valid.npy", one_hot)]
    entries = [("x_train.npy", floats), ("y_train.npy", y_train), ("x_test.npy", floats), ("y_test.npy", y_train)]
    yield "own_validation", archive(zipfile.ZIP_STORED, entries + own)


def table_seeds():
    yield "words", b"a,y,b\n1,x,2\n-3e1,z,+4\n.5,x,6\n7,z,8\n9,x,1\n2,x,3\n"
    yield "quotes", b'\xef\xbb\xbf"a",y\r\n1,"x, 1"\r\n2,"""w"""\r\n3,"x, 1"\r\n4,3\r\n'
    yield "missing", b"a,y\n1,x\n,z\n"
    yield "numbers", b"y,a\n" + b"".join(b"%d,%d\n" % (i % 12, i) for i in range(40))


def experiment_seeds():
    yield "long_key.toml", b"a." * 60000 + b"a = 1\n"
    yield "long_header.toml", b"[[" + b"a." * 100000 + b"a]]\n"
    key = b"a." * 63 + b"a = "
    yield "deepest.toml", b"[" + key[:-3] + b"]\n" + (key + b"{") * 63 + key + b"1" + b"}" * 63 + b"\n"
    yield "small.toml", b'name = "a"\nruns = 2\n[[model]]\nname = "m"\nhidden = [4]\n'
    yield (
        "full.toml",
        b"""name = "b"
runs = 3
seed = 1
[defaults]
epochs = 5
batch_size = 16
activation = "tanh"
dropout = 0.1
shuffle = false
optimizer = { name = "sgd", learning_rate = 0.1, momentum = 0.9 }
[[model]]
name = "x"
hidden = [8, 4]
[[model]]
name = "y"
hidden = []
[grid]
dropout = [0.0, 0.5]
activation = ["relu", "sigmoid"]
""",
    )


def text(value):
    return struct.pack("<Q", len(value)) + value


def message_seeds():
    """Yields messages with and without a header, since the target accepts both."""
    hello, order, epoch, run, failure, dismissal, snapshot, stop = range(8)
    blobs = [bytes(48), bytes(64), struct.pack("<IIIII", 1, 5, 1, 5, 0), b"\0\1\2", bytes(8)]
    row = text(b"key") + text(b"model") + struct.pack("<qBq", 3, 1, 2) + b"".join(map(text, blobs))
    contents = {
        "hello": (hello, text(b"node") + text(b'{"name": "a"}') + text(b"{}") + struct.pack("<I", 2)),
        "order": (order, struct.pack("<III", 7, 2, 2) + text(b"a" * 64) + text(b"b" * 64) + bytes(4)),
        "lying_order": (order, struct.pack("<III", 7, 2**32 - 1, 2**32 - 1) + text(b"a")),
        "lying_text": (order, struct.pack("<IIIQ", 7, 1, 1, 2**63)),
        "epoch": (epoch, struct.pack("<II", 7, 1)),
        "run": (run, row + text(b"c" * 64)),
        "failure": (failure, struct.pack("<i", -1) + text(b"no luck")),
        "dismissal": (dismissal, b""),
        "stop": (stop, b""),
        "snapshot": (snapshot, b"\x01" + text(archive(zipfile.ZIP_STORED, [("key.npy", npy("|u1", (64,), b"c" * 64))]))),
    }
    for name, (kind, body) in contents.items():
        digest = hashlib.sha256(body).hexdigest().encode()
        yield name, b"gpi3" + struct.pack("<IQ", kind, len(body)) + digest + body
        yield name + ".contents", struct.pack("<I", kind) + body
    yield "row", b"".join(map(text, blobs))


def ledger_line(number, content):
    digest = hashlib.sha256(f"{number} {content}".encode()).hexdigest()
    return f"{number} {digest} {content}\n".encode()


def ledger_seeds():
    head = ledger_line(1, '{"ledger":1}')
    study = ledger_line(2, '{"study":"numerics_version","value":"1"}')
    runs = ledger_line(3, '{"runs":[["deep",5,"key","' + "a" * 64 + '"]]}')
    yield "sound", head + study + runs
    yield "missing", head + runs
    yield "torn", head + study + runs[:-9]
    yield "newer", ledger_line(1, '{"ledger":2}')
    yield "nested", head + ledger_line(2, "[" * 100 + "]" * 100)
    yield "other", head + ledger_line(2, '{"runs":[[1]]}') + ledger_line(3, '{"study":1}')


def carve_seeds():
    """Yields a record of one value that describes the study, and a record of a run, as SQLite stores them in a page."""
    name, value = b"numerics_version", b"1"
    digest = hashlib.sha256(name + b"\n" + value).hexdigest().encode()
    header = bytes([13 + 2 * len(name), 13 + 2 * len(value), 0x81, 0x0D])
    yield "value", bytes(7) + bytes([len(header) + 1]) + header + name + value + digest
    run = bytes([0, 19, 19, 1, 0, 108, 12 + 64, 12 + 8, 12, 28, 0x81, 0x0D])
    yield "run", bytes([len(run) + 1]) + run + b"keydeep" + bytes(1 + 48 + 32 + 4 + 8) + digest


def csv_seeds():
    yield "long", b"model,seed,score\na,0,0.5\nb,0,0.25\n"
    yield "wide", b"\xef\xbb\xbfseed,a,b\r\n0,0.5,nan\r\n1,,inf\r\n"
    yield "quotes", b'model,score\n"a, ""b""\nc",0.5\n'
    yield "open", b'model,score\n"a,0.5\n'
    yield "zero", b"model,score\na,\x000\n"


def main():
    root = pathlib.Path(sys.argv[1])
    corpora = {
        "arrays": arrays_seeds,
        "carve": carve_seeds,
        "csv": csv_seeds,
        "experiment": experiment_seeds,
        "idx": idx_seeds,
        "ledger": ledger_seeds,
        "message": message_seeds,
        "npy": npy_seeds,
        "npz": npz_seeds,
        "table": table_seeds,
    }
    for reader, seeds in corpora.items():
        directory = root / reader
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in seeds():
            (directory / name).write_bytes(content)


if __name__ == "__main__":
    main()
