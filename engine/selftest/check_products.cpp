#include <algorithm>

#include "engine/selftest/checks.h"
#include "engine/selftest/exact_products.h"

namespace gpu_sweep {
namespace {

struct Shape {
  int replicas, batch, inputs, outputs;
};

std::vector<Shape> shapes(const SelftestScale& scale) {
  const int wide = scale.widest, features = (scale.side * scale.side + 7) / 8 * 8;
  return {{2, scale.batch, features, wide},
          {3, scale.batch / 2 + 1, wide, wide / 2},
          {2, 1, wide, 16},
          {scale.speed_replicas, scale.batch, features, wide},
          {scale.speed_replicas, scale.batch, wide, 16}};
}

}  // namespace

SelftestResult check_products(const SelftestSubject& subject, Precision precision) {
  std::vector<Gemm> products;
  for (const Shape& shape : shapes(subject.scale)) {
    Gemm op;
    op.replicas = shape.replicas;
    op.batch = shape.batch;
    op.inputs = shape.inputs;
    op.outputs = shape.outputs;
    op.input_type = precision == Precision::kBf16 ? DType::kBf16 : DType::kF32;
    op.math = precision == Precision::kTf32 ? MathMode::kTf32 : MathMode::kFp32;
    for (const Product product : {Product::kForward, Product::kWeightGradient, Product::kInputGradient}) {
      op.product = product;
      op.a.replica_stride = 1;
      op.output_type = product == Product::kWeightGradient ? DType::kF32 : op.input_type;
      products.push_back(op);
      if (product != Product::kForward) continue;
      op.a.replica_stride = 0;  // all replicas share their input, as in an evaluation
      products.push_back(op);
      if (op.output_type == DType::kF32) continue;
      op.output_type = DType::kF32;  // the logits
      products.push_back(op);
    }
  }
  const ExactProducts seen = multiply_integers(*subject.make_lane({}), products);
  return {std::string("products ") + to_string(precision),
          "three layouts on integers, exact, with up to " +
              std::to_string(std::max(3, subject.scale.speed_replicas)) + " replicas",
          std::to_string(seen.wrong) + " wrong elements in " + std::to_string(seen.products) + " products" +
              (seen.first.empty() ? "" : "; " + seen.first),
          seen.wrong == 0, seen.margins()};
}

}  // namespace gpu_sweep
