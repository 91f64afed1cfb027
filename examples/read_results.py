#!/usr/bin/env python3
"""Reads the files of `gpu_sweep export DIR --format npz` and draws the reference study's figures.

    gpu_sweep run experiments/quick.toml
    gpu_sweep export results/quick --format npz
    python3 examples/read_results.py FOLDER_OF_THE_NPZ_FILES [OUTPUT_FOLDER]

Needs numpy and matplotlib. Writes curves.png, distributions.png and confusion.png.
"""
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy


def by_model(archive):
    """Returns {"model/array": values} as {model: {array: values}}."""
    models = {}
    for name in archive.files:
        model, array = name.rsplit("/", 1)
        models.setdefault(model, {})[array] = archive[name]
    return models


def draw_curves(history, file):
    """Draws training (dashed) and validation of every model per epoch: means over runs, from the untrained model on."""
    figure, (accuracy, loss) = plt.subplots(1, 2, figsize=(12, 4.5))
    for axes, name in ((accuracy, "accuracy"), (loss, "loss")):
        for index, (model, arrays) in enumerate(history.items()):
            axes.plot(arrays[name].mean(axis=0), "--", color=f"C{index}", linewidth=1)
            axes.plot(arrays["val_" + name].mean(axis=0), "-", color=f"C{index}", label=model)
        axes.set_xlabel("epoch")
        axes.set_ylabel(name)
        axes.grid(alpha=0.3)
    accuracy.legend(title="validation (training dashed)", fontsize=8)
    figure.tight_layout()
    figure.savefig(file, dpi=150)


def draw_distributions(final, file):
    """Draws the final accuracies of all runs, one box per model."""
    figure, panels = plt.subplots(1, 2, figsize=(12, 4.5))
    for axes, prefix, title in zip(panels, ("train", "valid"), ("training", "validation")):
        axes.boxplot([arrays[prefix + "_accuracy"] for arrays in final.values()])
        axes.set_xticks(range(1, len(final) + 1), list(final))
        axes.set_title(f"{title} accuracy")
        axes.tick_params(axis="x", rotation=20)
        axes.grid(axis="y", alpha=0.3)
    figure.tight_layout()
    figure.savefig(file, dpi=150)


def draw_confusion(confusion, file):
    """Draws the confusion matrix of the first run of the first model on the test split, with its counts."""
    model, arrays = next(iter(confusion.items()))
    matrix = arrays["test"][0]
    figure, axes = plt.subplots(figsize=(7, 6))
    axes.imshow(matrix, cmap="Blues")
    for truth, predicted in numpy.ndindex(matrix.shape):
        colour = "white" if matrix[truth, predicted] > matrix.max() / 2 else "black"
        axes.text(predicted, truth, matrix[truth, predicted], ha="center", va="center", color=colour, fontsize=8)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.set_title(f"{model}, seed {arrays['seed'][0]}")
    figure.tight_layout()
    figure.savefig(file, dpi=150)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    output = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else ".")
    output.mkdir(parents=True, exist_ok=True)

    final = {path.stem: dict(numpy.load(path)) for path in sorted(folder.glob("*.npz")) if " = " in path.stem}
    print("mean and standard deviation of the final accuracies (numpy's std divides by n)")
    for name, arrays in final.items():
        figures = "  ".join(f"{prefix} {arrays[prefix + '_accuracy'].mean():.4f} ± {arrays[prefix + '_accuracy'].std():.4f}"
                            for prefix in ("train", "valid", "test"))
        print(f"{name:14} {len(arrays['seed']):4} runs  {figures}")

    draw_curves(by_model(numpy.load(folder / "history.npz")), output / "curves.png")
    draw_distributions(final, output / "distributions.png")
    draw_confusion(by_model(numpy.load(folder / "confusion.npz")), output / "confusion.png")


if __name__ == "__main__":
    main()
