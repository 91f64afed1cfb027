#include "engine/train/run_course.h"

#include <cstddef>
#include <limits>
#include <utility>

namespace gpu_sweep {

RunCourse::RunCourse(const ModelSpec& model)
    : extras_(step_extras(model)),
      restores_best_(model.early_stopping.restore_best),
      stopping_(model.early_stopping),
      plateau_(model) {}

void RunCourse::begin(const EpochMetrics& untrained, double objective) { append(untrained, objective); }

RunCourse::Turn RunCourse::add(const EpochMetrics& epoch, double objective) {
  append(epoch, objective);
  return see(epoch, objective);
}

void RunCourse::resume(std::vector<EpochMetrics> history, std::vector<double> objective) {
  history_ = std::move(history);
  objective_ = std::move(objective);
  if (extras_.has_objective()) objective_.resize(history_.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t epoch = 1; epoch < history_.size(); ++epoch) {
    see(history_[epoch], objective_at(history_, objective_, epoch));
  }
}

void RunCourse::append(const EpochMetrics& point, double objective) {
  history_.push_back(point);
  if (extras_.has_objective()) objective_.push_back(objective);
}

RunCourse::Turn RunCourse::see(const EpochMetrics& epoch, double objective) {
  Turn turn;
  turn.lowers_rate = plateau_.see(epoch, objective);
  const bool is_best = stopping_.see(epoch, objective);
  turn.keeps_weights = is_best && restores_best_;
  turn.stops = stopping_.stopped();
  return turn;
}

}  // namespace gpu_sweep
