#!/usr/bin/env python3
"""Compares the runs of experiments/layer_depth.toml with the reference study's table.

    gpu_sweep run experiments/layer_depth.toml
    python3 examples/compare_to_study.py results/layer_depth/summary.json

Prints our eight numbers for every model as a Markdown table, each with its difference from the study's number in
standard errors of that difference: sqrt(s1^2 / n1 + s2^2 / n2) for means, sqrt(s1^2 / (2 n1) + s2^2 / (2 n2)) for
standard deviations (as if metrics were normally distributed over seeds). Needs only Python.
"""
import json
import math
import sys

MODELS = ("original model", "one hidden layer", "two hidden layer", "three hidden layer", "four hidden layer")
RUNS = 100
# docs/what_is_computed.md, section 4: means and standard deviations by model.
STUDY = {
    "train_accuracy": ((0.9613, 0.9574, 0.9501, 0.9429, 0.9304),
                       (0.002507, 0.002415, 0.002410, 0.002359, 0.002894)),
    "valid_accuracy": ((0.9025, 0.9032, 0.9026, 0.9012, 0.8982),
                       (0.002545, 0.002301, 0.002075, 0.002052, 0.002292)),
    "train_loss": ((0.1085, 0.1135, 0.1310, 0.1499, 0.1856),
                   (0.005113, 0.005091, 0.005578, 0.005028, 0.006498)),
    "valid_loss": ((0.3177, 0.3238, 0.3129, 0.3135, 0.3340),
                   (0.007317, 0.009034, 0.007756, 0.007519, 0.009441)),
}


def compare(models):
    """Yields (name of the row, [(ours, difference in standard errors) or None per model])."""
    for figure, (means, deviations) in STUDY.items():
        ours = [models[name] for name in MODELS]
        name = figure.replace("valid", "validation").replace("_", " ")
        mean_row, std_row = [], []
        for model, mean, std in zip(ours, means, deviations):
            runs, found = model["runs"], model[figure]
            if runs < 2:
                mean_row.append(None)
                std_row.append(None)
                continue
            squares = found["std"] ** 2 / runs + std**2 / RUNS
            mean_row.append((found["mean"], (found["mean"] - mean) / math.sqrt(squares)))
            std_row.append((found["std"], (found["std"] - std) / math.sqrt(squares / 2)))
        yield name + ", mean", mean_row
        yield name + ", std", std_row


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        models = {model["name"]: model for model in json.load(file)["models"]}
    missing = [name for name in MODELS if name not in models]
    if missing:
        sys.exit(f"{sys.argv[1]}: no model named {missing[0]!r}, expected those of experiments/layer_depth.toml")

    print("| | " + " | ".join(MODELS) + " |\n" + "|---" * (len(MODELS) + 1) + "|")
    print("| runs | " + " | ".join(str(models[name]["runs"]) for name in MODELS) + " |")
    all_differences = []
    for name, row in sorted(compare(models), key=lambda row: row[0].endswith("std")):
        digits = 6 if name.endswith("std") else 4
        cells = ["-" if cell is None else f"{cell[0]:.{digits}f} ({cell[1]:+.2f})" for cell in row]
        all_differences += [abs(cell[1]) for cell in row if cell is not None]
        print(f"| {name} | " + " | ".join(cells) + " |")
    within = sum(difference < 2 for difference in all_differences)
    print(f"\n{within} of {len(all_differences)} differences are below 2 standard errors, "
          f"the largest is {max(all_differences):.2f}")


if __name__ == "__main__":
    main()
