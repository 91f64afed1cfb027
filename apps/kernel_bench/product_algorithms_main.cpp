// Times the two big products of the study's original model, one of them also fused with bias and relu, with
// the algorithms that cublasLt offers.
//
//   product_algorithms [R]       replicas (default 50)
//
// Prints JSON: the algorithms for each product and precision, in cublasLt's own ranking, the first of which
// is its default choice. An empty list means that cublasLt has no algorithm, as may happen for a product
// fused with bias and relu.
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "apps/kernel_bench/product_algorithms.h"

namespace {

using gpu_sweep::cuda::ProbedProduct;
using gpu_sweep::cuda::time_algorithms;
using gpu_sweep::cuda::TimedAlgorithm;

/// Prints the algorithms of a product. If cublasLt refuses the product, prints the error instead, so that the
/// other products are still timed.
void print(const ProbedProduct& product, bool first) {
  std::vector<TimedAlgorithm> algorithms;
  std::string error;
  try {
    algorithms = time_algorithms(product);
  } catch (const std::runtime_error& refused) {
    error = refused.what();
  }
  std::printf("%s\n  {\"product\": \"%s\", \"precision\": \"%s\", ", first ? "" : ",", product.name,
              product.bf16 ? "bf16" : "tf32");
  if (!error.empty()) std::printf("\"error\": \"%s\", ", error.c_str());
  std::printf("\"algorithms\": [");
  const char* between = "";
  for (const TimedAlgorithm& a : algorithms) {
    std::printf("%s\n    {\"id\": %d, \"tile\": %d, \"stages\": %d, \"split_k\": %d, ", between, a.id, a.tile,
                a.stages, a.split_k);
    if (a.error.empty()) {
      std::printf("\"microseconds\": %.6g}", a.microseconds);
    } else {
      std::printf("\"error\": \"%s\"}", a.error.c_str());
    }
    between = ",";
  }
  std::printf("]}");
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const int replicas = argc > 1 ? std::atoi(argv[1]) : 50;
  if (argc > 2 || replicas < 1) {
    std::fprintf(stderr, "product_algorithms: expected at most one argument, the replicas\n");
    return 2;
  }
  // There are 256 rows of 784 pixels, and 256 outputs. cublasLt reads row-major matrices as column-major
  // ones.
  constexpr int kBatch = 256, kInputs = 784, kOutputs = 256;
  std::printf("{\"replicas\": %d, \"products\": [", replicas);
  bool first = true;
  for (const bool bf16 : {false, true}) {
    for (const ProbedProduct& product : {
             ProbedProduct{"forward", kOutputs, kBatch, kInputs, false, false, bf16, replicas},
             ProbedProduct{"forward with bias and relu", kOutputs, kBatch, kInputs, false, true, bf16,
                           replicas},
             ProbedProduct{"weight gradient", kOutputs, kInputs, kBatch, true, false, bf16, replicas},
         }) {
      print(product, first);
      first = false;
    }
  }
  std::printf("]}\n");
}
