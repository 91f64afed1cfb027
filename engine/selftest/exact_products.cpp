#include "engine/selftest/exact_products.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <random>
#include <set>
#include <span>
#include <tuple>

#include "engine/program/builders.h"
#include "engine/program/operands.h"
#include "engine/selftest/spread.h"
#include "kernels/common/bf16.h"
#include "reference/gemm.h"

namespace gpu_sweep {
namespace {

constexpr int kSets = 2;     // sets of operands; replica r has set r mod 2
constexpr int kPowers = 32;  // powers of two, 2^-16 to 2^15; replicas r and r + 64 have equal operands
constexpr double kMostTerms = 1 << 23;  // in the exact sums of one set; they take tens of milliseconds

reference::ProductShape shape_of(const Gemm& op) {
  return reference::product_shape(op.product, op.batch, op.inputs, op.outputs);
}

float scale_of(int r) { return std::ldexp(1.0F, r / kSets % kPowers - kPowers / 2); }

/// Returns the power of two closest to alpha. It scales about as much as alpha, but keeps every result exact.
float exact_alpha(const Gemm& op) {
  return std::ldexp(1.0F, static_cast<int>(std::lround(std::log2(op.alpha))));
}

/// A program that consists of one product. Its operands lie one after the other in the arena.
struct ProductBench {
  Gemm op;
  Program program;
  std::size_t a_size, b_size, c_size;  // number of elements in one replica

  explicit ProductBench(const Gemm& like) : op(like) {
    op.alpha = exact_alpha(like);
    const std::vector<Operand> sized = operands(op);
    program.name = "product";
    program.replicas = op.replicas;
    op.a = take(sized[0], op.a.replica_stride == 0 ? 1 : op.replicas, true);
    op.b = take(sized[1], op.replicas, true);
    op.c = take(sized[2], op.replicas, false);
    a_size = sized[0].bytes / size_of(op.input_type);
    b_size = sized[1].bytes / size_of(op.input_type);
    c_size = sized[2].bytes / size_of(op.output_type);
    program.ops = {op};
  }

 private:
  Tensor take(const Operand& operand, int replicas, bool resident) {
    const std::uint64_t stride = (operand.bytes + 255) / 256 * 256;
    const Tensor tensor = {Space::kGroup, program.arena_bytes, replicas == 1 ? 0 : stride};
    if (resident) program.residents.push_back({operand.name, tensor, operand.bytes});
    program.arena_bytes += stride * static_cast<std::uint64_t>(replicas);
    return tensor;
  }
};

std::uint64_t at(const Tensor& tensor, int r) {
  return tensor.offset + tensor.replica_stride * static_cast<std::uint64_t>(r);
}

/// Uploads `values`, each multiplied by the power of two `scale`.
void upload(Lane& lane, const Buffer& arena, std::uint64_t offset, DType type,
            const std::vector<float>& values, float scale) {
  if (type == DType::kF32) {
    std::vector<float> scaled(values.size());
    std::transform(values.begin(), values.end(), scaled.begin(), [scale](float x) { return x * scale; });
    return lane.upload(arena, offset, std::as_bytes(std::span(scaled)));
  }
  std::vector<Bf16> scaled(values.size());
  std::transform(values.begin(), values.end(), scaled.begin(),
                 [scale](float x) { return to_bf16(x * scale); });
  lane.upload(arena, offset, std::as_bytes(std::span(scaled)));
}

std::vector<float> download(Lane& lane, const Buffer& arena, std::uint64_t offset, DType type,
                            std::size_t count) {
  std::vector<float> floats(count);
  if (type == DType::kF32) {
    lane.download(arena, offset, std::as_writable_bytes(std::span(floats)));
    return floats;
  }
  std::vector<Bf16> rounded(count);
  lane.download(arena, offset, std::as_writable_bytes(std::span(rounded)));
  std::transform(rounded.begin(), rounded.end(), floats.begin(), [](Bf16 x) { return to_float(x); });
  return floats;
}

/// Returns whether `actual` is the integer `expected`. If the type is bf16 and `expected` is not a bf16
/// number, the two bf16 numbers around it are right.
bool right(float actual, double expected, DType type) {
  if (type == DType::kF32) return actual == static_cast<float>(expected);
  const float towards_zero =
      std::bit_cast<float>(std::bit_cast<std::uint32_t>(static_cast<float>(expected)) & 0xffff0000u);
  if (towards_zero == static_cast<float>(expected)) return actual == towards_zero;
  const float away = std::bit_cast<float>(std::bit_cast<std::uint32_t>(towards_zero) + 0x10000u);
  return actual == towards_zero || actual == away;
}

/// Returns the largest integer for the operand with large integers. It has as many bits as `op` keeps of an
/// input, or fewer if the sums (of ProductShape::length terms) would otherwise not be exact.
int largest_input(const Gemm& op) {
  const int kept = op.input_type == DType::kBf16 ? 8 : op.math == MathMode::kTf32 ? 11 : 12;
  return std::max(1, std::min((1 << kept) - 1, (1 << 24) / shape_of(op).length));
}

/// Multiplies once and counts wrong elements. If `wide_a` is set, a has the large integers, otherwise b has
/// them.
std::uint64_t wrong_elements(Lane& lane, const ProductBench& bench, const CompiledProgram& compiled,
                             const Buffer& arena, bool wide_a, std::mt19937& random) {
  const Gemm& op = bench.op;
  const auto draw = [&](std::size_t count, int largest) {
    std::vector<float> values(count);
    for (float& value : values) {
      value =
          static_cast<float>(static_cast<int>(random() % static_cast<unsigned>(2 * largest + 1)) - largest);
    }
    return values;
  };
  const int sets = std::min(op.replicas, kSets);
  const int largest = largest_input(op);
  std::vector<std::vector<float>> a, b;
  for (int set = 0; set < sets; ++set) {
    const bool shared = set > 0 && op.a.replica_stride == 0;
    a.push_back(shared ? a.front() : draw(bench.a_size, wide_a ? largest : 1));
    b.push_back(draw(bench.b_size, wide_a ? 1 : largest));
  }
  for (int r = 0; r < op.replicas; ++r) {
    const auto set = static_cast<std::size_t>(r % kSets);
    if (r == 0 || op.a.replica_stride != 0) upload(lane, arena, at(op.a, r), op.input_type, a[set], 1);
    upload(lane, arena, at(op.b, r), op.input_type, b[set], scale_of(r));
  }
  lane.run(compiled, 1);

  const reference::ProductShape shape = shape_of(op);
  const auto columns = static_cast<std::size_t>(shape.columns);
  const std::vector<int> rows =
      spread(shape.rows, static_cast<int>(std::clamp(
                             kMostTerms / (static_cast<double>(shape.columns) * shape.length), 2.0, 1e9)));
  std::uint64_t wrong = 0;
  std::vector<std::vector<float>> first(static_cast<std::size_t>(sets));
  for (int r = 0; r < op.replicas; ++r) {
    const auto set = static_cast<std::size_t>(r % kSets);
    std::vector<float> c = download(lane, arena, at(op.c, r), op.output_type, bench.c_size);
    const float unscale = 1 / (scale_of(r) * op.alpha);  // a power of two, too
    for (float& value : c) value *= unscale;
    if (r >= kSets) {
      for (std::size_t i = 0; i < c.size(); ++i) wrong += !(c[i] == first[set][i]);
      continue;
    }
    const std::vector<double> exact_a(a[set].begin(), a[set].end()), exact_b(b[set].begin(), b[set].end());
    const auto sums = reference::dot_products(op.product, exact_a.data(), exact_b.data(), op.batch, op.inputs,
                                              op.outputs, rows);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const float actual = c[static_cast<std::size_t>(rows[i / columns]) * columns + i % columns];
      wrong += !right(actual, sums[i].value, op.output_type);
    }
    first[set] = std::move(c);
  }
  return wrong;
}

std::string text(const Gemm& op) {
  const char* kind = op.product == Product::kForward          ? "forward"
                     : op.product == Product::kWeightGradient ? "weight gradient"
                                                              : "input gradient";
  return std::string(kind) + " product of " + std::to_string(op.inputs) + " x " + std::to_string(op.outputs) +
         ", batch " + std::to_string(op.batch) + ", " + std::to_string(op.replicas) + " replicas";
}

auto key(const Gemm& op) {
  return std::tuple(op.product, op.batch, op.inputs, op.outputs, op.input_type, op.output_type, op.math,
                    exact_alpha(op), op.a.replica_stride == 0);
}

}  // namespace

std::vector<Margin> ExactProducts::margins() const {
  return {{"wrong elements", static_cast<double>(wrong), 0.0}};
}

std::vector<Gemm> products_of(const GroupLayout& layout) {
  std::vector<Gemm> products;
  std::set<decltype(key(Gemm{}))> seen;
  for (const Program& program :
       {build_train_step(layout), build_evaluation_step(layout, Split::kTest, false)}) {
    for (const Op& op : program.ops) {
      const auto* gemm = std::get_if<Gemm>(&op);
      if (gemm != nullptr && seen.insert(key(*gemm)).second) products.push_back(*gemm);
    }
  }
  return products;
}

ExactProducts multiply_integers(Lane& lane, const std::vector<Gemm>& products) {
  ExactProducts result;
  std::mt19937 random(7);
  for (const Gemm& product : products) {
    const ProductBench bench(product);
    const Buffer dataset = lane.allocate(256);
    const Buffer arena = lane.allocate(bench.program.arena_bytes);
    const CompiledProgram compiled = lane.compile(bench.program, dataset, arena, 1);
    std::uint64_t wrong = 0;
    for (const bool wide_a : {true, false}) {
      wrong += wrong_elements(lane, bench, compiled, arena, wide_a, random);
    }
    lane.wait();  // until here, the lane may still use the arena
    ++result.products;
    result.wrong += wrong;
    if (wrong > 0 && result.first.empty()) {
      result.first = text(bench.op) + ": " + std::to_string(wrong) + " elements are wrong";
    }
  }
  return result;
}

}  // namespace gpu_sweep
