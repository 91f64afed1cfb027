#include <algorithm>
#include <random>

#include "engine/selftest/checks.h"
#include "kernels/bf16.h"

namespace gpu_sweep {
namespace {

constexpr int kHighest = 4;  // inputs are integers in [-4, 4]: sums of 2^19 products are exact in fp32

struct Shape {
  int replicas, batch, inputs, outputs;
};

std::vector<Shape> shapes(const SelftestScale& scale) {
  const int wide = scale.widest, features = (scale.side * scale.side + 7) / 8 * 8;
  return {{2, scale.batch, features, wide}, {3, scale.batch / 2 + 1, wide, wide / 2}, {2, 1, wide, 16}};
}

struct Sizes {
  int a, b, c;
};

Sizes sizes(const Gemm& op) {
  const int x = op.batch * op.inputs, w = op.inputs * op.outputs, z = op.batch * op.outputs;
  if (op.product == Product::kForward) return {x, w, z};
  if (op.product == Product::kWeightGradient) return {x, z, w};
  return {z, w, x};
}

/// One replica's product in integers.
std::vector<int> multiply(const Gemm& op, const int* a, const int* b) {
  std::vector<int> c(static_cast<std::size_t>(sizes(op).c));
  const int I = op.inputs, O = op.outputs;
  for (int n = 0; n < op.batch; ++n) {
    for (int i = 0; i < I; ++i) {
      if (op.product == Product::kForward) {
        for (int o = 0; o < O; ++o) c[n * O + o] += a[n * I + i] * b[i * O + o];
      } else if (op.product == Product::kWeightGradient) {
        for (int o = 0; o < O; ++o) c[i * O + o] += a[n * I + i] * b[n * O + o];
      } else {
        for (int o = 0; o < O; ++o) c[n * I + i] += a[n * O + o] * b[i * O + o];
      }
    }
  }
  return c;
}

/// A program of one product with its operands one after the other.
struct ProductBench {
  Gemm op;
  Program program;

  ProductBench(const Shape& shape, Product product, Precision precision, bool shared) {
    op.product = product;
    op.replicas = shape.replicas;
    op.batch = shape.batch;
    op.inputs = shape.inputs;
    op.outputs = shape.outputs;
    op.input_type = precision == Precision::kBf16 ? DType::kBf16 : DType::kF32;
    op.math = precision == Precision::kTf32 ? MathMode::kTf32 : MathMode::kFp32;
    program.name = "product";
    program.replicas = shape.replicas;
    const Sizes size = sizes(op);
    op.a = take(size.a, op.input_type, shared ? 1 : shape.replicas, "a");
    op.b = take(size.b, op.input_type, shape.replicas, "b");
    op.c = take(size.c, DType::kF32, shape.replicas, nullptr);
    program.ops = {op};
  }

 private:
  Tensor take(int elements, DType type, int replicas, const char* resident) {
    const std::uint64_t bytes = static_cast<std::uint64_t>(elements) * size_of(type);
    const std::uint64_t stride = (bytes + 255) / 256 * 256;
    const Tensor tensor = {Space::kGroup, program.arena_bytes, replicas == 1 ? 0 : stride};
    if (resident != nullptr) program.residents.push_back({resident, tensor, bytes});
    program.arena_bytes += stride * static_cast<std::uint64_t>(replicas);
    return tensor;
  }
};

std::uint64_t at(const Tensor& tensor, int r) {
  return tensor.offset + tensor.replica_stride * static_cast<std::uint64_t>(r);
}

void upload(Lane& lane, const Buffer& arena, std::uint64_t offset, DType type,
            const std::vector<int>& values) {
  if (type == DType::kBf16) {
    std::vector<Bf16> rounded;
    for (const int value : values) rounded.push_back(to_bf16(static_cast<float>(value)));
    lane.upload(arena, offset, std::as_bytes(std::span(rounded)));
  } else {
    const std::vector<float> floats(values.begin(), values.end());
    lane.upload(arena, offset, std::as_bytes(std::span(floats)));
  }
}

/// Elements of c that are not exact.
int wrong_elements(Lane& lane, const ProductBench& bench, std::mt19937& random) {
  const Gemm& op = bench.op;
  const Sizes size = sizes(op);
  const Buffer dataset = lane.allocate(256);
  const Buffer arena = lane.allocate(bench.program.arena_bytes);
  const CompiledProgram compiled =
      lane.compile(bench.program, dataset, arena, 1);  // may warm up on the arena: first
  const auto draw = [&](int count) {
    std::vector<int> values(static_cast<std::size_t>(count));
    for (int& value : values) value = static_cast<int>(random() % (2 * kHighest + 1)) - kHighest;
    return values;
  };
  std::vector<std::vector<int>> a, b;
  for (int r = 0; r < op.replicas; ++r) {
    a.push_back(r > 0 && op.a.replica_stride == 0 ? a.front() : draw(size.a));
    b.push_back(draw(size.b));
    upload(lane, arena, at(op.a, r), op.input_type, a.back());
    upload(lane, arena, at(op.b, r), op.input_type, b.back());
  }
  lane.run(compiled, 1);
  int wrong = 0;
  for (int r = 0; r < op.replicas; ++r) {
    std::vector<float> c(static_cast<std::size_t>(size.c));
    lane.download(arena, at(op.c, r), std::as_writable_bytes(std::span(c)));
    lane.wait();
    const std::vector<int> expected =
        multiply(op, a[static_cast<std::size_t>(r)].data(), b[static_cast<std::size_t>(r)].data());
    for (std::size_t i = 0; i < c.size(); ++i) wrong += c[i] != static_cast<float>(expected[i]);
  }
  return wrong;
}

}  // namespace

SelftestResult check_products(const SelftestSubject& subject, Precision precision) {
  const std::unique_ptr<Lane> lane = subject.make_lane({});
  std::mt19937 random(7);
  int wrong = 0, products = 0;
  for (const Shape& shape : shapes(subject.scale)) {
    for (const Product product : {Product::kForward, Product::kWeightGradient, Product::kInputGradient}) {
      for (const bool shared : {false, true}) {
        if (shared && product != Product::kForward) continue;
        wrong += wrong_elements(*lane, ProductBench(shape, product, precision, shared), random);
        ++products;
      }
    }
  }
  return {std::string("products ") + to_string(precision), "three layouts on small integers, exact",
          std::to_string(wrong) + " wrong elements in " + std::to_string(products) + " products", wrong == 0};
}

}  // namespace gpu_sweep
