#include "engine/report/export/export_kinds.h"

#include "engine/report/export/summary_json.h"

namespace gpu_sweep {
namespace {

constexpr const char* kPlace = "another folder";
constexpr std::string_view kArchive = "PK\x03\x04";
constexpr std::size_t kLongestName = 1024;  // bytes that may precede the end of the first array's name

constexpr FileKind kRunsTable = {"runs.csv of gpu_sweep", "model,seed,hidden,activation,", ",key", 4096,
                                 kPlace};
constexpr FileKind kHistoryTable = {"history.csv of gpu_sweep", "model,seed,epoch,loss,accuracy,",
                                    ",val_accuracy", 4096, kPlace};
constexpr FileKind kModelArchive = {"export of gpu_sweep", kArchive, "train_loss.npy", 64, kPlace};
constexpr FileKind kHistoryArchive = {"export of gpu_sweep", kArchive, "/loss.npy", kLongestName, kPlace};
constexpr FileKind kConfusionArchive = {"export of gpu_sweep", kArchive, "/train.npy", kLongestName, kPlace};
constexpr FileKind kPredictionArchive = {"export of gpu_sweep", kArchive, "/test.npy", kLongestName, kPlace};
constexpr FileKind kLatexTable = {"table of gpu_sweep", "% ", "\\usepackage{booktabs}", 1024, kPlace};
constexpr FileKind kLatexText = {"paragraph of gpu_sweep", "We trained ", " with gpu\\_sweep ", 256, kPlace};

}  // namespace

const FileKind* export_kind(const std::string& format, const std::string& name) {
  if (format == "csv") return name == "runs.csv" ? &kRunsTable : &kHistoryTable;
  if (format == "json") return &kSummaryKind;
  if (format == "latex") return name == "methods.tex" ? &kLatexText : &kLatexTable;
  if (format == "tensorboard") return nullptr;
  if (name == "history.npz") return &kHistoryArchive;
  if (name == "confusion.npz") return &kConfusionArchive;
  return name == "predictions.npz" ? &kPredictionArchive : &kModelArchive;
}

}  // namespace gpu_sweep
