// Exports results as NumPy arrays.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/formats/npy.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

using NamedArrays = std::vector<std::pair<std::string, NpyArray>>;

/// Where to find class probabilities, and how to report files that cannot be used.
struct KeptWith {
  std::filesystem::path results = {};  ///< results folder; empty if none are wanted
  std::function<void(const std::string& line)> warn = [](const std::string&) {};
  std::function<void(const std::string& line)> unread = [](const std::string&) {};
};

/// Returns archives by file name. n is the number of a model's runs in the archive, in the order of their
/// seeds; E the most epochs that one of them trained; MODEL the model's name as returned by `file_name`; K
/// the number of classes; N the number of test images.
/// - "layer = D.npz", one per model, where D is the number of hidden layers minus 1 (as in the reference
///   study):
///   train_loss, train_accuracy, valid_loss, valid_accuracy, test_loss, test_accuracy f64 [n] and seed u64
///   [n]; if all these runs have judging rows, also judge_loss and judge_accuracy f64 [n]. Runs that diverged
///   are left out. If two models have equal depth, or one has no hidden layer, the files are called
///   "model = MODEL.npz" instead.
/// - history.npz: MODEL/loss, MODEL/accuracy, MODEL/val_loss, MODEL/val_accuracy and, if it differs from the
///   loss, MODEL/objective f64 [n, E + 1], NaN after the last epoch of a run that stopped early.
/// - confusion.npz: MODEL/train, MODEL/validation, MODEL/test u32 [n, K, K], rows by true class.
/// - predictions.npz: MODEL/test u8 [n, N]; if all runs of a model keep class probabilities, also
///   MODEL/probabilities f16 [n, N, K], and the true classes, labels u8 [N].
/// The last three contain every run, with MODEL/seed u64 [n] and MODEL/diverged_epoch i32 [n], -1 if the run
/// did not diverge. They are absent if there are no runs.
/// Calls `warn` for each damaged file of probabilities and for each model with probabilities of only some of
/// its runs, and `unread` for each file of probabilities that cannot be read. In each case, the probabilities
/// of the model are left out.
std::vector<std::pair<std::string, NamedArrays>> npz_archives(const StoredExperiment& stored,
                                                              const std::vector<RunRecord>& runs,
                                                              const KeptWith& kept_with = {});

}  // namespace gpu_sweep
