#include "engine/lane/cpu/fused_update.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/program/operands.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep {
namespace {

/// Returns the index of the program's update, or nothing if the program has none or several.
std::optional<std::size_t> find_update(const Program& program) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < program.ops.size(); ++i) {
    if (!std::holds_alternative<Update>(program.ops[i])) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

std::uint64_t end_of(const Operand& operand) {
  return operand.tensor.offset +
         operand.tensor.replica_stride * static_cast<std::uint64_t>(operand.replicas - 1) + operand.bytes;
}

bool overlap(const Operand& a, const Operand& b) {
  return a.tensor.space == b.tensor.space && a.tensor.offset < end_of(b) && b.tensor.offset < end_of(a);
}

/// Returns whether the product can be computed in the place of the update: no operation between the two
/// writes what the product reads, or reads what it writes.
bool can_wait(const Program& program, std::size_t product, std::size_t update) {
  const std::vector<Operand> own = operands(program.ops[product]);
  const auto conflicts = [&](const Operand& other) {
    return std::ranges::any_of(own, [&](const Operand& operand) {
      const Access harmless = operand.access == Access::kRead ? Access::kRead : Access::kWrite;
      return other.access != harmless && overlap(operand, other);
    });
  };
  for (std::size_t i = product + 1; i < update; ++i) {
    if (std::ranges::any_of(operands(program.ops[i]), conflicts)) return false;
  }
  return true;
}

/// Returns the index of the first parameter whose gradient the product computes, or nothing if `update`
/// does not read the product's result as a part of its gradient.
std::optional<std::int64_t> first_parameter(const Gemm& product, const Update& update) {
  const Tensor &part = product.c, &whole = update.gradient;
  if (part.space != whole.space || part.replica_stride != whole.replica_stride) return std::nullopt;
  if (product.replicas != update.replicas || part.offset < whole.offset) return std::nullopt;
  const auto first = static_cast<std::int64_t>((part.offset - whole.offset) / sizeof(float));
  const std::int64_t count = std::int64_t{product.inputs} * product.outputs;
  return first + count <= update.parameters ? std::optional(first) : std::nullopt;
}

}  // namespace

FusedUpdate::FusedUpdate(const Update& op, std::size_t place, std::vector<Part> parts)
    : op_(op), place_(place), parts_(std::move(parts)) {}

bool FusedUpdate::computes(std::size_t product) const {
  return std::ranges::find(parts_, product, &Part::place) != parts_.end();
}

void FusedUpdate::execute(const Memory& memory) {
  for (int r = 0; r < op_.replicas; ++r) execute(memory, r);
}

void FusedUpdate::execute(const Memory& memory, int replica) {
  const auto* gradient = read<float>(memory, op_.gradient, replica);
  std::int64_t done = 0;
  for (const Part& part : parts_) {
    cpu::update_range(op_, memory, replica, done, part.first - done, gradient + done);
    part.rows->run(memory, replica, [&](int first, int rows, const float* gradient_of_rows) {
      cpu::update_range(op_, memory, replica, part.first + first * part.width, rows * part.width,
                        gradient_of_rows);
    });
    done = part.first + part.count;
  }
  cpu::update_range(op_, memory, replica, done, op_.parameters - done, gradient + done);
}

std::unique_ptr<FusedUpdate> fuse_update(const Program& program) {
  const std::optional<std::size_t> place = find_update(program);
  if (!place) return nullptr;
  const auto& update = std::get<Update>(program.ops[*place]);
  std::vector<FusedUpdate::Part> parts;
  for (std::size_t i = 0; i < *place; ++i) {
    const auto* product = std::get_if<Gemm>(&program.ops[i]);
    if (!product || product->product != Product::kWeightGradient) continue;
    const std::optional<std::int64_t> first = first_parameter(*product, update);
    if (!first || !can_wait(program, i, *place)) continue;
    auto rows = cpu::GradientRows::make(*product);
    if (!rows) continue;
    parts.push_back(
        {i, *first, std::int64_t{product->inputs} * product->outputs, product->outputs, std::move(rows)});
  }
  if (parts.empty()) return nullptr;
  std::ranges::sort(parts, {}, &FusedUpdate::Part::first);
  return std::make_unique<FusedUpdate>(update, *place, std::move(parts));
}

}  // namespace gpu_sweep
