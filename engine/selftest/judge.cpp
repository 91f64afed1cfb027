#include "engine/selftest/judge.h"

#include <algorithm>
#include <cmath>

#include "engine/program/operands.h"
#include "engine/selftest/judge_operation.h"
#include "reference/philox.h"

namespace gpu_sweep {

using reference::Bounded;

void Judge::untouched(const Op& op) {
  std::vector<bool> written(deed_.after.size());
  for (const Operand& operand : operands(op)) {
    if (operand.access == Access::kRead) continue;
    for (int r = 0; r < operand.replicas; ++r) {
      const auto first = operand.tensor.offset + operand.tensor.replica_stride * static_cast<std::size_t>(r);
      std::fill_n(written.begin() + static_cast<std::ptrdiff_t>(first), operand.bytes, true);
    }
  }
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (!written[i] && deed_.before[i] != deed_.after[i]) {
      return complain("byte " + std::to_string(i) + " of the arena was changed");
    }
  }
}

Judge::Mask Judge::mask_of(const Tensor& replicas, const Tensor& state, int layer, int r) const {
  const ReplicaState replica = replica_state(replicas, r);
  return {replica.dropout_rate, replica.dropout_seed, layer, step_state(state).step};
}

void Judge::real(const char* what, const Tensor& tensor, DType type, int r, std::size_t i,
                 const Bounded& oracle) {
  const double actual = element(after_, tensor, type, r, i);
  within(what, actual, type == DType::kBf16 ? reference::stored_as_bf16(oracle) : oracle);
}

void Judge::pad(const char* what, const Tensor& tensor, DType type, int r, std::size_t i) {
  exact(what, element(after_, tensor, type, r, i), 0.0);
}

void Judge::within(const char* what, double actual, const Bounded& oracle) {
  const double apart = std::fabs(actual - oracle.value);
  const double error = apart == 0 ? 0 : apart / (2 * oracle.error);  // avoids 0 / 0 if the bound is 0
  if (!(error <= 1)) {
    complain(std::string(what) + " is " + std::to_string(actual) + ", expected " +
             std::to_string(oracle.value) + " +- " + std::to_string(2 * oracle.error));
  }
  verdict_.worst = std::fmax(verdict_.worst, std::isfinite(error) ? error : HUGE_VAL);
}

void Judge::exact(const char* what, double actual, double expected) {
  if (actual == expected && std::signbit(actual) == std::signbit(expected)) return;
  complain(std::string(what) + " is " + std::to_string(actual) + ", expected " + std::to_string(expected));
}

void Judge::complain(const std::string& text) {
  if (verdict_.complaint.empty()) verdict_.complaint = text;
}

bool Judge::Mask::keeps(int element) const {
  return rate == 0 || reference::dropout_keeps(seed, layer, step, element, rate);
}

namespace {

Verdict named(const Op& op, Verdict verdict) {
  if (!verdict.complaint.empty()) verdict.complaint = std::string(name(op)) + ": " + verdict.complaint;
  return verdict;
}

}  // namespace

Verdict judge(const Op& op, const Deed& deed) {
  Judge judge(deed);
  std::visit(judge, op);
  judge.untouched(op);
  return named(op, judge.verdict());
}

Verdict judge_results(const Op& op, const Deed& deed) {
  Judge judge(deed);
  std::visit(judge, op);
  return named(op, judge.verdict());
}

}  // namespace gpu_sweep
