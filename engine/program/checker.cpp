#include "engine/program/checker.h"

#include <map>
#include <stdexcept>
#include <string>

#include "engine/program/operands.h"
#include "kernels/activation/dropout_math.h"
#include "kernels/loss/most_classes.h"

namespace gpu_sweep {
namespace {

using std::uint64_t;

struct Range {
  uint64_t begin = 0;
  uint64_t end = 0;
  bool overlaps(const Range& other) const { return begin < other.end && other.begin < end; }
};

/// The bytes of one space that have been written, as a set of disjoint ranges. Adjacent ranges are joined.
class WrittenBytes {
 public:
  void add(Range range) {
    auto it = ranges_.upper_bound(range.begin);
    if (it != ranges_.begin() && std::prev(it)->second >= range.begin) --it;
    while (it != ranges_.end() && it->first <= range.end) {
      range.begin = std::min(range.begin, it->first);
      range.end = std::max(range.end, it->second);
      it = ranges_.erase(it);
    }
    ranges_[range.begin] = range.end;
  }

  bool covers(const Range& range) const {
    auto it = ranges_.upper_bound(range.begin);
    return it != ranges_.begin() && std::prev(it)->second >= range.end;
  }

 private:
  std::map<uint64_t, uint64_t> ranges_;  // begin -> end
};

Range range_of(const Operand& operand, int replica) {
  const uint64_t begin =
      operand.tensor.offset + operand.tensor.replica_stride * static_cast<uint64_t>(replica);
  return {begin, begin + operand.bytes};
}

Range hull(const Operand& operand) {
  return {operand.tensor.offset, range_of(operand, operand.replicas - 1).end};
}

class Checker {
 public:
  explicit Checker(const Program& program) : program_(program) {
    for (const Resident& resident : program.residents) {
      Operand operand{resident.name.c_str(), resident.tensor,
                      resident.bytes,        resident.tensor.replica_stride == 0 ? 1 : program.replicas,
                      Access::kRead,         1};
      where_ = "resident";
      check_bounds(operand);
      mark_written(operand);
    }
  }

  void check(int index, const Op& op) {
    where_ = "operation " + std::to_string(index) + " (" + name(op) + ")";
    std::visit([&](const auto& record) { check_sizes(record); }, op);
    const std::vector<Operand> all = operands(op);
    for (const Operand& operand : all) {
      check_bounds(operand);
      check_alignment(operand);
      check_replicas(operand);
      if (operand.access != Access::kWrite) check_written(operand);
    }
    check_aliases(op, all);
    for (const Operand& operand : all) {
      if (operand.access != Access::kRead) mark_written(operand);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::logic_error("program " + program_.name + ": " + where_ + ": " + what);
  }

  void require(bool holds, const char* what) const {
    if (!holds) fail(what);
  }

  uint64_t size_of_space(Space space) const {
    return space == Space::kDataset ? program_.dataset_bytes : program_.arena_bytes;
  }

  WrittenBytes& written(Space space) { return written_[space == Space::kDataset ? 0 : 1]; }

  void check_bounds(const Operand& operand) const {
    const uint64_t size = size_of_space(operand.tensor.space);
    const uint64_t last = static_cast<uint64_t>(operand.replicas - 1);
    uint64_t end = 0;
    const bool overflows = __builtin_mul_overflow(operand.tensor.replica_stride, last, &end) ||
                           __builtin_add_overflow(end, operand.tensor.offset, &end) ||
                           __builtin_add_overflow(end, operand.bytes, &end);
    if (overflows || end > size) {
      fail(std::string(operand.name) + " ends at byte " + (overflows ? "2^64" : std::to_string(end)) +
           " of a space of " + std::to_string(size));
    }
    if (operand.access != Access::kRead && operand.tensor.space == Space::kDataset) {
      fail(std::string(operand.name) + " is written, but the data set is read-only");
    }
  }

  void check_alignment(const Operand& operand) const {
    const auto alignment = static_cast<uint64_t>(operand.alignment);
    if (operand.tensor.offset % alignment != 0 ||
        (operand.replicas > 1 && operand.tensor.replica_stride % alignment != 0)) {
      fail(std::string(operand.name) + " at " + std::to_string(operand.tensor.offset) +
           " with replica stride " + std::to_string(operand.tensor.replica_stride) + " is not aligned to " +
           std::to_string(alignment) + " bytes");
    }
  }

  void check_replicas(const Operand& operand) const {
    if (operand.access == Access::kRead || operand.replicas == 1) return;
    if (operand.tensor.replica_stride < operand.bytes) {
      fail(std::string(operand.name) + " is written with replica stride " +
           std::to_string(operand.tensor.replica_stride) + ", less than its " +
           std::to_string(operand.bytes) + " bytes: replicas overlap");
    }
  }

  void check_written(const Operand& operand) {
    for (int r = 0; r < operand.replicas; ++r) {
      if (written(operand.tensor.space).covers(range_of(operand, r))) continue;
      fail(std::string(operand.name) + " of replica " + std::to_string(r) + " is read before it is written");
    }
  }

  void mark_written(const Operand& operand) {
    for (int r = 0; r < operand.replicas; ++r) written(operand.tensor.space).add(range_of(operand, r));
  }

  /// Returns whether `x` and `y` may be the same tensor, in which `op` then works in place.
  static bool may_be_in_place(const Op& op, const Operand& x, const Operand& y) {
    auto is = [&](const char* a, const char* b) {
      const std::string first = x.name, second = y.name;
      return (first == a && second == b) || (first == b && second == a);
    };
    if (std::holds_alternative<BiasActivationDropout>(op)) return is("z", "a");
    if (std::holds_alternative<ActivationBackward>(op)) return is("da", "dz");
    if (std::holds_alternative<SoftmaxCrossEntropy>(op)) return is("logits", "dlogits");
    return false;
  }

  void check_aliases(const Op& op, const std::vector<Operand>& all) const {
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (std::size_t j = i + 1; j < all.size(); ++j) {
        const Operand& x = all[i];
        const Operand& y = all[j];
        if (x.access == Access::kRead && y.access == Access::kRead) continue;
        if (x.tensor.space != y.tensor.space || !hull(x).overlaps(hull(y))) continue;
        if (x.tensor == y.tensor && x.bytes == y.bytes && may_be_in_place(op, x, y)) continue;
        if (!parts_overlap(x, y)) continue;
        fail(std::string(x.name) + " and " + y.name + " overlap, and one of them is written");
      }
    }
  }

  /// Compares the operands replica by replica. Comparing the whole ranges that the strided tensors span would
  /// report too much: such ranges may overlap although the tensors share no byte, as those of the gradients
  /// of kernels and biases do.
  static bool parts_overlap(const Operand& x, const Operand& y) {
    for (int r = 0; r < x.replicas; ++r) {
      for (int s = 0; s < y.replicas; ++s) {
        if (range_of(x, r).overlaps(range_of(y, s))) return true;
      }
    }
    return false;
  }

  template <class Record>
  void check_sizes(const Record& op) const {
    if constexpr (requires { op.replicas; }) {
      const bool shared_gather = std::is_same_v<Record, GatherBatch> && op.replicas == 1;
      require(op.replicas == program_.replicas || shared_gather, "replicas differ from the program's");
    }
    if constexpr (requires { op.batch; }) require(op.batch > 0, "batch is not positive");
    if constexpr (requires { op.rows; }) require(op.rows > 0, "rows is not positive");
    if constexpr (requires { op.features; }) {
      require(op.features > 0 && op.leading >= op.features, "leading is less than features");
    }
    if constexpr (requires { op.width; }) {
      require(op.width > 0 && op.leading >= op.width, "leading is less than width");
      require(std::int64_t{op.batch} * op.width <= kMostDropoutElements, "batch x width is not below 2^31");
    }
    if constexpr (requires { op.classes; }) {
      if (op.classes < 2 || op.classes > kMostClasses) {
        fail("classes is not in 2.." + std::to_string(kMostClasses));
      }
      if constexpr (requires { op.leading; })
        require(op.leading >= op.classes, "leading is less than classes");
    }
    if constexpr (requires { op.parameters; }) require(op.parameters > 0, "parameters is not positive");
    if constexpr (requires { op.inputs; }) {
      require(op.inputs > 0 && op.outputs > 0, "inputs or outputs is not positive");
    }
  }

  const Program& program_;
  std::string where_;
  WrittenBytes written_[2];
};

}  // namespace

void check(const Program& program) {
  if (program.replicas < 1) throw std::logic_error("program " + program.name + ": replicas is not positive");
  Checker checker(program);
  for (std::size_t i = 0; i < program.ops.size(); ++i) checker.check(static_cast<int>(i), program.ops[i]);
}

}  // namespace gpu_sweep
