// A working directory with a small real data set and an experiment.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/data/data_files.h"
#include "engine/data/idx_file.h"
#include "gpu_sweep/find_data.h"
#include "gpu_sweep/run_store.h"
#include "tests/data/idx_fixture.h"
#include "tests/end_to_end/program.h"
#include "tests/support/files.h"

namespace gpu_sweep::test {

/// Returns the first rows of one file of Fashion-MNIST.
inline Bytes first_rows(const std::filesystem::path& file, IdxKind kind, int rows) {
  const IdxFile all = read_idx(file, kind);
  const std::size_t row_bytes = all.values.size() / static_cast<std::size_t>(all.rows);
  const Bytes values(
      all.values.begin(),
      all.values.begin() + static_cast<std::ptrdiff_t>(row_bytes * static_cast<std::size_t>(rows)));
  const auto count = static_cast<std::uint32_t>(rows);
  if (kind == IdxKind::kLabels) return idx_labels(values);
  return idx_bytes({0x803, count, 28, 28}, values);
}

/// Returns the four files of Fashion-MNIST, reduced to 600 training images (of which 500 remain after the
/// split) and 120 test images.
inline const std::array<Bytes, 4>& small_fashion_mnist() {
  static const std::array<Bytes, 4> files = [] {
    const auto paths = data_files(find_data(""));
    return std::array{
        first_rows(paths[0], IdxKind::kImages, 600), first_rows(paths[1], IdxKind::kLabels, 600),
        first_rows(paths[2], IdxKind::kImages, 120), first_rows(paths[3], IdxKind::kLabels, 120)};
  }();
  return files;
}

inline constexpr std::array kDataNames = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                          "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

/// A study with two models, three seeds (the first is 5), two epochs, and a short last batch.
inline constexpr const char* kStudy = R"(name = "study"
runs = 3
seed = 5
[defaults]
epochs = 2
batch_size = 64
[[model]]
name = "wide"
hidden = [32]
[[model]]
name = "deep"
hidden = [24, 16]
activation = "tanh"
optimizer = { name = "sgd", learning_rate = 0.1, momentum = 0.9 }
)";

/// Returns a summary without the values that may differ between two trainings.
inline nlohmann::json without_timing(nlohmann::json summary) {
  EXPECT_TRUE(summary.contains("timing"));
  summary.erase("timing");
  return summary;
}

class Study : public testing::Test {
 protected:
  Study() {
    std::filesystem::create_directory(directory_ / "data");
    for (std::size_t i = 0; i < kDataNames.size(); ++i) {
      write_bytes(directory_ / "data" / kDataNames[i], small_fashion_mnist()[i]);
    }
    write("study.toml", kStudy);
  }

  void write(const std::string& name, const std::string& text) { write_file(directory_ / name, text); }

  std::string read(const std::string& name) const { return read_file(directory_ / name); }

  /// Runs the program to its end, always on the CPU and with the small data set.
  Outcome gpu_sweep(std::vector<std::string> arguments) {
    return Program(directory_.path(), with_usual_flags(std::move(arguments))).wait();
  }

  /// Runs a command that must succeed and print JSON, and returns that JSON.
  nlohmann::json json_of(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    const Outcome outcome = gpu_sweep(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out, nullptr, false);
  }

  static std::vector<std::string> with_usual_flags(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--device", "cpu", "--data", "data"});
    return arguments;
  }

  /// Returns every file and folder below the working directory, except the program's streams.
  std::set<std::string> listing() const {
    std::set<std::string> names;
    std::error_code error;  // a program that is running may create and remove files at the same time
    for (std::filesystem::recursive_directory_iterator entry(directory_.path(), error), end;
         !error && entry != end; entry.increment(error)) {
      const std::string name = entry->path().lexically_relative(directory_.path()).string();
      if (name != ".stdout" && name != ".stderr") names.insert(name);
    }
    return names;
  }

  /// Returns the summary in a folder of results without the values that may differ between two trainings.
  nlohmann::json metrics(const std::string& results) const {
    return without_timing(nlohmann::json::parse(read(results + "/summary.json"), nullptr, false));
  }

  /// Returns the text of the summary up to its timing, which comes last.
  std::string metrics_text(const std::string& results) const {
    const std::string summary = read(results + "/summary.json");
    EXPECT_NE(summary.find("\"timing\""), std::string::npos) << results;
    return summary.substr(0, summary.find("\"timing\""));
  }

  /// Returns the number of runs in a folder of results, which may be in use by a sweep, or 0 if no store can
  /// be read there.
  std::size_t kept_runs(const std::string& results) const {
    try {
      return RunStore::open(directory_ / results).runs().size();
    } catch (const Error&) {
      return 0;  // for example, if the store does not exist yet
    }
  }

  /// Returns an amount of work, such as a number of epochs, that is large enough for `interfere` to act in
  /// time. `interfere(amount)` starts the program with this amount of work and the output folder results/,
  /// and returns whether it could interfere before the program ended. If it could not, because the machine is
  /// fast or busy, it is called again with twice the amount and an empty results/.
  int enough_work(int amount, const std::function<bool(int)>& interfere) const {
    for (int attempt = 0; attempt < 4; ++attempt, amount *= 2) {
      std::filesystem::remove_all(directory_ / "results");
      if (interfere(amount)) return amount;
    }
    ADD_FAILURE() << "it was always too late";
    return amount;
  }

  TemporaryDirectory directory_;
};

}  // namespace gpu_sweep::test
