#include <algorithm>
#include <map>
#include <mutex>
#include <random>
#include <tuple>
#include <vector>

#include "kernels/common/bf16.h"
#include "kernels/common/tensor_access.h"
#include "kernels/gemm/gemm_onednn.h"
#include "kernels/gemm/same_bits.h"

namespace gpu_sweep::cpu {
namespace {

/// Random numbers of either sign and of different magnitudes.
class RandomNumbers {
 public:
  float operator()() {
    const auto bits = static_cast<std::int32_t>(generator_()) - (1 << 30);
    return static_cast<float>(bits) * (generator_() % 4 == 0 ? 0x1p-24f : 0x1p-31f);
  }

 private:
  std::minstd_rand generator_{1};
};

/// The shape of an operand of a product: `terms` is the size of the dimension over which the product
/// sums, and `others` that of the other dimension.
struct Factor {
  std::size_t terms, others;
  bool terms_are_rows;

  std::size_t at(std::size_t term, std::size_t other) const {
    return terms_are_rows ? term * others + other : other * terms + term;
  }
};

/// Fills both operands. In every second row of the product, the second half of the terms of each sum
/// cancels the first half. Only rounding errors are left, and the last term if the number of terms is odd.
/// The errors show the order of the terms even after they are rounded to bf16.
template <class T>
void fill(const Factor& a, const Factor& b, T* left, T* right) {
  RandomNumbers random;
  const std::size_t half = a.terms / 2;
  for (std::size_t term = 0; term < a.terms; ++term) {
    const bool cancels = term >= half && term < 2 * half;
    for (std::size_t i = 0; i < a.others; ++i) {
      const T value = from_float<T>(random());
      left[a.at(term, i)] = cancels && i % 2 == 0 ? left[a.at(term - half, i)] : value;
    }
    for (std::size_t i = 0; i < b.others; ++i) {
      right[b.at(term, i)] = from_float<T>(cancels ? -to_float(right[b.at(term - half, i)]) : random());
    }
  }
}

/// With a batch of one or two rows, oneDNN uses other kernels than with more rows. Their results differ near
/// the smallest numbers, which the random matrices would not show.
constexpr int kFewestRows = 3;

/// The most memory that a comparison may take. This memory is not planned for, unlike that of a group, so
/// it must be small. It suffices for a layer of 1,024 x 1,024 with a batch of up to 1,024 rows.
constexpr std::size_t kMostBytes = std::size_t{16} << 20;

std::size_t bytes_to_compare(const Gemm& op) {
  const auto batch = static_cast<std::size_t>(op.batch), inputs = static_cast<std::size_t>(op.inputs),
             outputs = static_cast<std::size_t>(op.outputs);
  return sizeof(float) * (batch * inputs + batch * outputs + 2 * inputs * outputs);
}

bool compare_bits(Gemm op, const std::function<void(const Gemm&, const Memory&)>& other) {
  const auto batch = static_cast<std::size_t>(op.batch), inputs = static_cast<std::size_t>(op.inputs),
             outputs = static_cast<std::size_t>(op.outputs);
  Factor a{inputs, batch, false}, b{inputs, outputs, true};  // of the forward product
  if (op.product == Product::kWeightGradient) a = {batch, inputs, true}, b = {batch, outputs, true};
  if (op.product == Product::kInputGradient) a = {outputs, batch, false}, b = {outputs, inputs, false};
  const auto bytes_of = [](std::size_t rows, std::size_t columns) {
    return (4 * rows * columns + 4095) / 4096 * 4096;
  };
  const std::size_t of_a = bytes_of(a.terms, a.others), of_b = bytes_of(b.terms, b.others),
                    of_c = bytes_of(a.others, b.others);

  std::vector<std::byte> bytes(of_a + of_b + 2 * of_c);
  const Memory memory = {nullptr, bytes.data()};
  op.replicas = 1;
  op.a = {Space::kGroup, 0, 0};
  op.b = {Space::kGroup, of_a, 0};
  op.c = {Space::kGroup, of_a + of_b, 0};
  if (op.input_type == DType::kBf16) {
    fill(a, b, write<Bf16>(memory, op.a, 0), write<Bf16>(memory, op.b, 0));
  } else {
    fill(a, b, write<float>(memory, op.a, 0), write<float>(memory, op.b, 0));
  }
  Gemm second = op;
  second.c.offset += of_c;
  GemmPrimitive(op).execute(memory);
  other(second, memory);
  const auto* found = read<std::byte>(memory, second.c, 0);
  return std::equal(found, found + a.others * b.others * size_of(op.output_type),
                    read<std::byte>(memory, op.c, 0));
}

}  // namespace

bool has_bits_of_onednn(const Gemm& op, const std::function<void(const Gemm&, const Memory&)>& other) {
  static std::mutex mutex;
  static std::map<std::tuple<Product, int, int, int, float, DType, DType>, bool> answers;
  if (op.batch < kFewestRows || bytes_to_compare(op) > kMostBytes) return false;
  const auto shape =
      std::make_tuple(op.product, op.batch, op.inputs, op.outputs, op.alpha, op.input_type, op.output_type);
  const std::scoped_lock lock(mutex);
  if (const auto known = answers.find(shape); known != answers.end()) return known->second;
  const bool same = compare_bits(op, other);
  answers.emplace(shape, same);
  return same;
}

}  // namespace gpu_sweep::cpu
