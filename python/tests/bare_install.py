"""Trains with an installed wheel and only NumPy, and checks where loaded libraries come from. Run by ./run wheel."""

import sys
import tempfile
from pathlib import Path

import numpy as np

import gpu_sweep as gs

# Libraries of the machine that a manylinux wheel may use.
NAMES = ("c", "dl", "gcc_s", "m", "pthread", "rt", "stdc++", "util")
SYSTEM = ("ld-linux-x86-64.so", *(f"lib{name}.so" for name in NAMES))


def main() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (300, 8, 8), dtype=np.uint8)
    y = (x[:, :4].mean(axis=(1, 2)) > 127).astype(int)
    data = gs.Data(x[:200], y[:200], x[200:], y[200:])
    experiment = gs.Experiment("bare", [gs.Model("a", [16]), gs.Model("b", [8])], runs=2, epochs=2, batch_size=32)
    with tempfile.TemporaryDirectory() as folder:
        result = experiment.run(data, out=Path(folder) / "out", device="cpu", keep=["weights"])
        assert len(result.summary["models"][0]["per_run"]) == 2
        assert result.weights("a", seed=1)[0][0].shape == (64, 16)
        floats = gs.Data(x[:200] / 255, y[:200], x[200:] / 255, y[200:], normalize="standardize", validation=0.25)
        floats.save(Path(folder) / "d.npz")
        assert gs.Data.open(Path(folder) / "d.npz", normalize="standardize", validation=0.25).sha256 == floats.sha256
        trained = experiment.run(floats, out=Path(folder) / "floats", device="cpu", keep=["weights"])
        assert trained.predict_proba("a", x[200:] / 255).shape == (100, 2)
    assert "pandas" not in sys.modules
    package = Path(gs.__file__).parents[1]
    lines = Path("/proc/self/maps").read_text().splitlines()
    libraries = {Path(line.split(maxsplit=5)[5]) for line in lines if ".so" in line}
    mine = [library for library in libraries if library.is_relative_to(package)]
    assert any(library.name.startswith("libdnnl") for library in mine), mine
    # Other libraries of the machine. They are only printed, because modules of Python may need them.
    foreign = {
        library
        for library in libraries
        if not library.is_relative_to(package)
        and not library.is_relative_to(
            Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
        )
        and not library.name.startswith((*SYSTEM, "libpython"))
    }
    print(
        f"{len(mine)} libraries of the wheel; of the machine: {sorted(map(str, foreign)) or 'glibc and libstdc++ only'}"
    )


if __name__ == "__main__":
    main()
