"""Loads OURS.npz, which numpy_test.cpp wrote, with NumPy, checks it, and writes it again, stored and deflated.

Usage: numpy_round_trip.py OURS.npz STORED.npz DEFLATED.npz
"""

import sys

import numpy

ours, stored, deflated = sys.argv[1:]
with numpy.load(ours, allow_pickle=False) as archive:
    arrays = dict(archive)

assert sorted(arrays) == ["dense_0/kernel", "empty", "scalar", "words"], sorted(arrays)
kernel = arrays["dense_0/kernel"]
assert kernel.dtype == numpy.dtype("<f4") and kernel.shape == (2, 3), kernel
assert kernel.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], kernel
assert arrays["scalar"].shape == () and arrays["scalar"].dtype == numpy.dtype("<f8"), arrays["scalar"]
assert arrays["empty"].shape == (0, 4), arrays["empty"]
assert arrays["words"].tolist() == [2**64 - 1], arrays["words"]

numpy.savez(stored, **arrays)
numpy.savez_compressed(deflated, **arrays)
