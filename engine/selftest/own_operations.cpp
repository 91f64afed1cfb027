#include "engine/selftest/own_operations.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <set>
#include <string_view>
#include <utility>

#include "engine/program/operands.h"
#include "engine/selftest/judge.h"
#include "engine/selftest/trial.h"

namespace gpu_sweep {
namespace {

constexpr int kTrialSteps = 2;
constexpr std::uint64_t kMostBytesInHand = 64ull << 20;  // read at a time to compare replicas

std::uint64_t place(const Operand& operand, int r) {
  return operand.tensor.offset + operand.tensor.replica_stride * static_cast<std::uint64_t>(r);
}

std::size_t hash_of(std::span<const std::byte> bytes) {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// Returns the same product, but of replica `j` only.
Gemm one_of(Gemm product, int j) {
  for (Tensor* tensor : {&product.a, &product.b, &product.c}) {
    tensor->offset += tensor->replica_stride * static_cast<std::uint64_t>(j);
  }
  product.replicas = 1;
  return product;
}

/// Returns the replicas that are judged: the first one, and the last one whose seed is the other of the two
/// seeds.
std::vector<int> judged_replicas(int replicas) {
  if (replicas == 1) return {0};
  return {0, replicas % 2 == 0 ? replicas - 1 : replicas - 2};
}

/// An operation in the form in which the device runs it, and in a form for a small host arena that holds only
/// the judged replicas.
struct Step {
  Op on_device;
  Op judged;
  CompiledProgram compiled;
};

class Hearing {
 public:
  Hearing(Lane& lane, const Dataset& rows, const GroupSpec& group)
      : trial_(lane, rows, trial_of(group)),
        replicas_(judged_replicas(group.replicas)),
        judged_layout_(group_layout(group.shape, trial_.layout().dataset, static_cast<int>(replicas_.size()),
                                    group.shape.batch, group.shuffle, trial_.layout().shuffle_scratch_bytes)),
        before_(judged_layout_.arena_bytes),
        after_(judged_layout_.arena_bytes),
        begin_(prepare(build_begin_epoch(trial_.layout()), build_begin_epoch(judged_layout_))),
        step_(prepare(build_train_step(trial_.layout()), build_train_step(judged_layout_))) {}

  OwnOperations judge() {
    trial_.start();
    for (const auto* steps : {&begin_, &step_}) {
      for (const Step& step : *steps) {
        fetch(step, [](const Operand&) { return true; });
      }
    }
    before_ = after_;
    for (int i = 0; i < kTrialSteps; ++i) {
      if (i % trial_.steps_per_epoch() == 0) hear(begin_, i);
      hear(step_, i);
      look_for_stray_writes(i);
    }
    return seen_;
  }

 private:
  std::vector<Step> prepare(const Program& on_device, const Program& judged) {
    std::vector<Step> steps;
    for (std::size_t i = 0; i < on_device.ops.size(); ++i) {
      Program alone = on_device;
      alone.ops = {on_device.ops[i]};
      alone.residents.push_back({"arena", {Space::kGroup, 0, 0}, alone.arena_bytes});
      steps.push_back({on_device.ops[i], judged.ops[i], trial_.compile(alone)});
    }
    return steps;
  }

  /// Copies operands of the judged replicas from the device to after_. Only operands that satisfy `wanted`
  /// are copied.
  template <class Wanted>
  void fetch(const Step& step, const Wanted& wanted) {
    std::vector<Part> parts;
    each(step, wanted, [&](const Operand& device, const Operand& own) {
      for (int j = 0; j < own.replicas; ++j) {
        parts.push_back({place(device, replicas_[static_cast<std::size_t>(j)]),
                         std::span(after_).subspan(place(own, j), own.bytes)});
      }
    });
    trial_.download(parts);
  }

  /// Calls `act` for each operand in the group's memory that satisfies `wanted`. It receives the operand on
  /// the device and the corresponding operand in the judged arena.
  template <class Wanted, class Act>
  static void each(const Step& step, const Wanted& wanted, const Act& act) {
    const std::vector<Operand> on_device = operands(step.on_device), judged = operands(step.judged);
    for (std::size_t k = 0; k < on_device.size(); ++k) {
      if (on_device[k].tensor.space == Space::kGroup && wanted(on_device[k])) act(on_device[k], judged[k]);
    }
  }

  static bool written(const Operand& operand) { return operand.access != Access::kRead; }

  void hear(const std::vector<Step>& steps, int steps_done) {
    for (const Step& step : steps) {
      trial_.run(step.compiled);
      fetch(step, written);
      hold_to_bound(step.judged, "", steps_done);
      ++seen_.judged;
      compare_places(step, steps_done);
      each(step, written, [&](const Operand&, const Operand& own) {
        for (int j = 0; j < own.replicas; ++j) {
          std::memcpy(&before_[place(own, j)], &after_[place(own, j)], own.bytes);
        }
      });
    }
  }

  /// Judges the results of `op` in after_. A complaint begins with the text `where`.
  void hold_to_bound(const Op& op, const std::string& where, int steps_done) {
    const Verdict verdict = judge_results(op, {trial_.dataset(), before_, after_, steps_done});
    double& worst = seen_.worst[name(op)];
    worst = std::fmax(worst, verdict.worst);
    if (!verdict.complaint.empty()) complain(where + verdict.complaint, steps_done);
  }

  /// Judges whether `bytes`, the result of replica `r`, is the product of the operands of the judged replica
  /// `j`.
  void hold_unlike_to_bound(const Gemm& product, std::span<const std::byte> bytes, int r, int j,
                            int steps_done) {
    const Gemm one = one_of(product, j);
    const std::span<std::byte> result = std::span(after_).subspan(one.c.offset, bytes.size());
    const std::vector<std::byte> kept(result.begin(), result.end());
    std::copy(bytes.begin(), bytes.end(), result.begin());
    hold_to_bound(one, "replica " + std::to_string(r) + ": ", steps_done);
    std::copy(kept.begin(), kept.end(), result.begin());
  }

  /// Checks that every replica has the same bits as the judged replica with its seed. Results of products may
  /// differ: each distinct result is judged once, and is then replaced by the result of the judged replica.
  void compare_places(const Step& step, int steps_done) {
    std::set<std::pair<int, std::size_t>> heard;  // judged replica and hash of each result judged so far
    each(step, written, [&](const Operand& device, const Operand& own) {
      const auto chunk = static_cast<int>(std::max<std::uint64_t>(1, kMostBytesInHand / device.bytes));
      for (int first = 0; first < device.replicas; first += chunk) {
        const int count = std::min(chunk, device.replicas - first);
        std::vector<std::byte> bytes(device.bytes * static_cast<std::size_t>(count));
        std::vector<Part> parts;
        for (int i = 0; i < count; ++i) {
          parts.push_back(
              {place(device, first + i),
               std::span(bytes).subspan(device.bytes * static_cast<std::size_t>(i), device.bytes)});
        }
        trial_.download(parts);
        for (int i = 0; i < count; ++i) {
          const int r = first + i;
          if (own.replicas == 1 && device.replicas > 1) continue;  // only one replica is there to compare
          const int j = own.replicas == 1 ? 0 : r % 2;
          const std::span<const std::byte> expected(&after_[place(own, j)], own.bytes);
          const std::span<const std::byte> actual(&bytes[device.bytes * static_cast<std::size_t>(i)],
                                                  own.bytes);
          if (std::memcmp(actual.data(), expected.data(), own.bytes) == 0) continue;
          if (const auto* product = std::get_if<Gemm>(&step.judged)) {
            ++seen_.unlike_products;
            if (heard.emplace(j, hash_of(actual)).second) {
              hold_unlike_to_bound(*product, actual, r, j, steps_done);
            }
            trial_.upload(place(device, r), expected);
          } else {
            complain(std::string(name(step.judged)) + ": " + own.name + " of replica " + std::to_string(r) +
                         " differs in bits from that of replica " +
                         std::to_string(replicas_[static_cast<std::size_t>(r % 2)]) +
                         ", which has the same seed",
                     steps_done);
          }
        }
      }
    });
  }

  void look_for_stray_writes(int steps_done) {
    for (const Step& step : step_) {
      fetch(step, [](const Operand&) { return true; });
      each(
          step, [](const Operand&) { return true; },
          [&](const Operand&, const Operand& own) {
            for (int j = 0; j < own.replicas; ++j) {
              if (std::memcmp(&before_[place(own, j)], &after_[place(own, j)], own.bytes) == 0) continue;
              complain(std::string(own.name) + " of " + name(step.judged) +
                           " was changed by an operation that must not change it",
                       steps_done);
            }
          });
    }
  }

  void complain(const std::string& what, int steps_done) {
    if (seen_.complaint.empty()) seen_.complaint = "step " + std::to_string(steps_done + 1) + ", " + what;
  }

  Trial trial_;
  std::vector<int> replicas_;
  GroupLayout judged_layout_;
  std::vector<std::byte> before_;
  std::vector<std::byte> after_;
  std::vector<Step> begin_;
  std::vector<Step> step_;
  OwnOperations seen_;
};

}  // namespace

std::vector<Margin> OwnOperations::margins() const {
  std::vector<Margin> margins;
  for (const auto& [operation, error] : worst)
    margins.push_back({operation + ", part of its bound", error, 1});
  margins.push_back({"products unlike in other replicas", static_cast<double>(unlike_products), {}});
  return margins;
}

OwnOperations judge_operations(Lane& lane, const Dataset& dataset, const GroupSpec& group) {
  return Hearing(lane, trial_rows(dataset, group.shape.batch, kTrialSteps), group).judge();
}

}  // namespace gpu_sweep
