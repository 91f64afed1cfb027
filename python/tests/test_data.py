"""Data of many types and with many settings must give the same bits as the program on files from data.save."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_sweep as gs
from gpu_sweep._arrays import inputs_of
from gpu_sweep._core import activations

from .conftest import Arrays, summary_without_timing

Make = Callable[..., gs.Experiment]
Run = Callable[..., str]
NAMES = ("x_train", "y_train", "x_test", "y_test")
TYPES = ["?", "i1", "u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", ">f4", ">i2"]


@pytest.fixture(scope="session")
def floats() -> Arrays:
    """Rows of float columns with very different magnitudes."""
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, 300)
    x = rng.normal(size=(300, 5)) + y[:, None]
    x *= [1, 10, 100, 0.01, 1]
    return x[:240], y[:240], x[240:], y[240:]


def by_program(run_program: Run, data: gs.Data, experiment: gs.Experiment, place: str) -> dict[str, Any]:
    data.save(place)
    experiment.save("e.toml", data)
    run_program("run", "e.toml", "--data", place, "-o", "by_program", "--device", "cpu")
    return summary_without_timing("by_program")


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"normalize": "standardize"},
        {"normalize": "standardize", "validation": {"fraction": 0.25, "seed": 3, "stratified": True}},
        {"validation": 0.4, "class_names": ["no", "yes"]},
        {"validation": 0.25, "judge": 0.25},
    ],
)
def test_settings_give_the_bits_of_the_program(
    floats: Arrays, two_models: Make, run_program: Run, settings: dict[str, Any]
) -> None:
    data = gs.Data(*floats, **settings)
    experiment = two_models(runs=2, epochs=2)
    expected = by_program(run_program, data, experiment, "d.npz")
    experiment.run(data, out="by_python", device="cpu")
    assert summary_without_timing("by_python") == expected
    if "class_names" not in settings:
        gs.Experiment.from_toml("e.toml").run(gs.Data(*floats), out="from_toml", device="cpu")
        assert summary_without_timing("from_toml") == expected


def test_no_validation_rows(floats: Arrays, run_program: Run) -> None:
    data = gs.Data(*floats, validation="none")
    assert data.rows == (240, 0, 60)
    experiment = gs.Experiment("last", [gs.Model("m", [8])], runs=2, epochs=2, batch_size=32)
    expected = by_program(run_program, data, experiment, "d.npz")
    result = experiment.run(data, out="by_python", device="cpu")
    assert summary_without_timing("by_python") == expected
    assert result.choice is None
    assert result.runs["val_accuracy" if "val_accuracy" in result.runs else "valid_accuracy"].isna().all()
    assert "<svg" not in result._repr_html_()


def test_a_folder_and_rows_of_their_own(floats: Arrays, two_models: Make, run_program: Run) -> None:
    x, y, x_test, y_test = floats
    one_hot = np.eye(2, dtype=np.float32)
    data = gs.Data(x[:200], one_hot[y[:200]], x_test, y_test, validation=(x[200:], y[200:]))
    assert data.rows == (200, 40, 60)
    expected = by_program(run_program, data, two_models(runs=1, epochs=2), "folder")
    two_models(runs=1, epochs=2).run(data, out="by_python", device="cpu")
    assert summary_without_timing("by_python") == expected


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_is_known_by_the_file_that_numpy_writes(arrays: Arrays, kind: str) -> None:
    x, y, x_test, y_test = arrays
    x, x_test = (x // 32).astype(kind), (x_test // 32).astype(kind)
    data = gs.Data(x, y, x_test, y_test)
    assert data.features == 36
    data.save("d.npz")
    with zipfile.ZipFile("d.npz") as archive, np.load("d.npz") as loaded:
        for name, array, digest in zip(NAMES, (x, y, x_test, y_test), data.sha256, strict=True):
            stream = io.BytesIO()
            np.save(stream, array)
            assert archive.read(f"{name}.npy") == stream.getvalue()
            assert hashlib.sha256(stream.getvalue()).hexdigest() == digest
            assert (loaded[name] == array).all()


def test_equal_data_give_equal_archives(floats: Arrays) -> None:
    gs.Data(*floats).save("a.npz")
    gs.Data(*(array.copy() for array in floats)).save("b.npz")
    assert Path("a.npz").read_bytes() == Path("b.npz").read_bytes()


def test_numbers_beyond_bytes_train_as_their_floats_do(arrays: Arrays, two_models: Make) -> None:
    x, y, x_test, y_test = arrays
    runs = [
        two_models(runs=1).run(gs.Data(x.astype(kind), y, x_test.astype(kind), y_test), out=f"out_{kind}").runs
        for kind in ("int16", "float64", "float32")
    ]
    for other in runs[1:]:
        assert (other["test_loss"] == runs[0]["test_loss"]).all()


def test_contiguous_arrays_are_borrowed(arrays: Arrays) -> None:
    for array in (arrays[0], arrays[0].reshape(360, 36), arrays[0].astype(np.float32), arrays[0][..., None]):
        assert np.shares_memory(inputs_of("x", array), array)
    read_only = arrays[0].view()
    read_only.setflags(write=False)
    turned = np.asfortranarray(arrays[0])
    expected = gs.Data(*arrays).sha256
    for same in (read_only, turned, arrays[0][..., None]):
        assert gs.Data(same, *arrays[1:]).sha256 == expected


def test_frames_and_other_libraries(floats: Arrays) -> None:
    import pandas as pd

    x, y, x_test, y_test = floats
    frames = gs.Data(pd.DataFrame(x), pd.Series(y), pd.DataFrame(x_test), pd.Series(y_test))
    assert frames.sha256 == gs.Data(*floats).sha256

    class OnlyDlpack:
        def __dlpack__(self, **options: Any) -> Any:
            return x.__dlpack__(**options)

        def __dlpack_device__(self) -> Any:
            return x.__dlpack_device__()

    assert gs.Data(OnlyDlpack(), y, x_test, y_test).sha256 == frames.sha256


def test_standardized_rows_are_predicted_as_the_test_rows_were(floats: Arrays, two_models: Make) -> None:
    data = gs.Data(*floats, normalize="standardize")
    result = two_models().run(data, out="out", keep=["weights", "probabilities"])
    kept = result.probabilities("two").astype(float).mean(axis=0)
    assert result.predict_proba("two", floats[2]) == pytest.approx(kept, abs=1e-3)
    inputs = result.networks("two")[0].inputs(floats[0])
    assert inputs.dtype == np.float32
    assert np.abs(inputs.mean(axis=0)).max() < 0.3


def test_judging_rows_are_held_out_and_judge(floats: Arrays, two_models: Make) -> None:
    data = gs.Data(*floats, validation=0.25, judge=0.25)
    assert data.rows == (135, 45, 60)  # of 240 rows, 60 judge
    result = two_models(runs=2, epochs=2).run(data, out="out", device="cpu")
    assert result.summary["verdict"]["judged_on"] == "judging"
    assert set(result.runs["judged_on"]) == {"judge"}
    assert (result.runs["judge_accuracy"] * 60 % 1).round(6).isin([0, 1]).all()


@pytest.mark.parametrize("activation", activations())
def test_onnx_predicts_the_same(arrays: Arrays, floats: Arrays, activation: str) -> None:
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    experiment = gs.Experiment("e", [gs.Model("m", [16, 8], activation=activation)], runs=1, epochs=2, batch_size=32)
    for name, given, normalize in (
        ("bytes", arrays, None),
        ("plain", floats, None),
        ("standardized", floats, "standardize"),
    ):
        result = experiment.run(gs.Data(*given, normalize=normalize), out=name, keep="weights")
        result.save_onnx("m.onnx", "m", seed=0)
        x = given[2] if given[2].dtype == np.uint8 else given[2].astype(np.float32)
        rows = x.reshape(len(x), -1)
        (likely,) = runtime.InferenceSession("m.onnx", providers=["CPUExecutionProvider"]).run(None, {"x": rows})
        assert likely == pytest.approx(result.predict_proba("m", rows), abs=1e-5)
    with pytest.raises(gs.ExperimentError, match="expected results opened with their data"):
        gs.open("plain").save_onnx("m.onnx", "m", seed=0)


def test_rows_of_another_kind_are_refused(arrays: Arrays, two_models: Make) -> None:
    result = two_models(runs=1).run(gs.Data(*arrays), out="out", keep="weights")
    with pytest.raises(gs.DataError, match="x: found float64, expected uint8, as the training rows are"):
        result.predict_proba("one", arrays[2] / 255)


def test_settings_that_differ_are_refused(floats: Arrays, two_models: Make) -> None:
    two_models().save("e.toml", gs.Data(*floats, normalize="standardize"))
    experiment = gs.Experiment.from_toml("e.toml")
    with pytest.raises(gs.ExperimentError, match="data: normalize: found a setting that differs from experiment small"):
        experiment.run(gs.Data(*floats, normalize="none"), out="out")
    both = experiment.run(gs.Data(*floats, validation=0.5), out="out")
    assert (
        both.summary["data"]
        == two_models().run(gs.Data(*floats, validation=0.5, normalize="standardize"), out="again").summary["data"]
    )
    with pytest.raises(gs.ExperimentError, match='normalize: found "scale" for float64'):
        gs.Data(*floats, normalize="scale")


def test_a_study_on_idx_files_continues(arrays: Arrays, two_models: Make, run_program: Run) -> None:
    folder = Path("idx")
    folder.mkdir()
    files = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    for file, array in zip(files, arrays, strict=True):
        sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
        start = bytes([0, 0, 8, array.ndim]) + sizes
        (folder / f"{file}-ubyte").write_bytes(start + array.astype(np.uint8).tobytes())
    few, more = two_models(runs=1), two_models(runs=2)
    few.save("e.toml")
    run_program("run", "e.toml", "--data", folder, "-o", "out", "--device", "cpu")
    data = gs.Data(*arrays)
    assert len(gs.open("out", data=data).runs) == 2
    opened = gs.Data.open(folder)
    assert opened.rows == data.rows
    assert opened.is_bytes
    assert len(gs.open("out", data=opened).runs) == 2
    with pytest.raises(gs.DataError, match="idx: found a data set in files"):
        opened.save("d.npz")
    more.run(data, out="out", device="cpu")
    more.save("e.toml")
    run_program("run", "e.toml", "--data", folder, "-o", "at_once", "--device", "cpu")
    assert summary_without_timing("out") == summary_without_timing("at_once")


def test_a_table_in_a_file(floats: Arrays, two_models: Make, run_program: Run) -> None:
    import pandas as pd

    x, y, _, _ = floats
    pd.DataFrame(x).assign(kind=np.where(y == 1, "yes", "no")).to_csv("t.csv", index=False)
    with pytest.raises(gs.ExperimentError, match="target"):
        gs.Data.open("t.csv")
    data = gs.Data.open("t.csv", target="kind", test=0.25, normalize="standardize")
    assert repr(data) == "Data(150 training, 30 validation, 60 test rows of 5 features, 2 classes)"
    assert data.class_names == ["no", "yes"]
    result = two_models(runs=1).run(data, out="by_python", device="cpu", keep="weights")
    two_models(runs=1).save("e.toml", data)
    run_program("run", "e.toml", "--data", data.place, "-o", "by_program", "--device", "cpu")
    assert summary_without_timing("by_python") == summary_without_timing("by_program")
    assert (result.predict_proba("two", x).argmax(axis=1) == y).mean() > 0.5


def test_fashion_mnist_is_one_data_set() -> None:
    import gzip

    folder = Path("/usr/share/datasets/fashion-mnist")
    if not folder.exists():
        pytest.skip("dataset-fashion-mnist is not installed")
    arrays = []
    for part, rows in (("train", 60000), ("t10k", 10000)):
        images = gzip.decompress((folder / f"{part}-images-idx3-ubyte.gz").read_bytes())[16:]
        labels = gzip.decompress((folder / f"{part}-labels-idx1-ubyte.gz").read_bytes())[8:]
        arrays += [np.frombuffer(images, np.uint8).reshape(rows, 28, 28), np.frombuffer(labels, np.uint8)]
    for kind in (np.uint8, np.int32, np.int64):
        data = gs.Data(arrays[0], arrays[1].astype(kind), arrays[2], arrays[3].astype(kind))
        assert data.class_names[9] == "ankle boot"
        assert data.sha256 == gs.Data.open().sha256
        assert [digest[:8] for digest in data.sha256] == ["c59f468a", "bad3541b", "5b4141f0", "0402a96d"]
