#include "engine/store/snapshots/snapshot_store.h"

#include <utility>

#include "engine/store/files/atomic_file.h"
#include "engine/store/snapshots/snapshot_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSuffix = ".npz";

std::vector<fs::path> files_in(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    files.push_back(entry->path());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw Error(ExitCode::kOutput, "cannot read " + directory.string() + ": " + error.message());
  }
  return files;
}

}  // namespace

SnapshotStore::SnapshotStore(fs::path directory, const std::function<bool(const std::string&)>& finished)
    : directory_(std::move(directory)) {
  refuse_link(directory_);
  remove_unfinished_files(directory_, [](const std::string& name) { return name.ends_with(kSuffix); });
  std::error_code ignored;
  for (const fs::path& path : files_in(directory_)) {
    const std::string key = path.stem().string();
    if (path.extension() == kSuffix && finished(key)) {
      fs::remove(path, ignored);
      continue;
    }
    if (path.extension() != kSuffix) continue;
    try {
      const Snapshot snapshot = load(key);
      if (snapshot.epochs_done() > 0) epochs_done_[key] = snapshot.epochs_done();
      shapes_[key] = {snapshot.weights.size(), snapshot.optimizer.size()};
    } catch (const Error& error) {
      if (error.code() != ExitCode::kData) throw;
      damaged_.emplace_back(error.what());
    }
  }
  fs::remove(directory_, ignored);  // if it is empty
}

int SnapshotStore::epochs_done(const std::string& key) const {
  const auto found = epochs_done_.find(key);
  return found == epochs_done_.end() ? 0 : found->second;
}

void SnapshotStore::check(const std::string& key, int epochs, std::size_t parameters,
                          std::size_t optimizer_vectors) {
  const auto found = shapes_.find(key);
  if (epochs_done(key) == 0 || found == shapes_.end()) return;
  const auto [has_parameters, has_vectors] = found->second;
  if (epochs_done(key) <= epochs && has_parameters == parameters && has_vectors == optimizer_vectors) return;
  damaged_.push_back(file(key).string() + ": " + std::to_string(epochs_done(key)) + " epochs, " +
                     std::to_string(has_parameters) + " parameters and " + std::to_string(has_vectors) +
                     " vectors of its optimizer, expected at most " + std::to_string(epochs) + ", " +
                     std::to_string(parameters) + " and " + std::to_string(optimizer_vectors));
  epochs_done_.erase(key);
}

Snapshot SnapshotStore::load(const std::string& key) const { return load_snapshot_of(key, directory_); }

void SnapshotStore::keep(const Snapshot& snapshot) {
  refuse_link(directory_);
  make_directory(directory_);
  save_snapshot(file(snapshot.key), snapshot);
  epochs_done_[snapshot.key] = snapshot.epochs_done();
}

void SnapshotStore::drop(const std::string& key) {
  std::error_code ignored;
  fs::remove(file(key), ignored);
  if (epochs_done_.erase(key) > 0 && epochs_done_.empty()) fs::remove(directory_, ignored);
}

fs::path SnapshotStore::file(const std::string& key) const { return directory_ / (key + kSuffix); }

}  // namespace gpu_sweep
