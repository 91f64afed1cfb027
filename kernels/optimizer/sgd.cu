#include "kernels/optimizer/sgd.h"
#include "kernels/optimizer/sgd_math.h"
#include "kernels/optimizer/update.cuh"

namespace gpu_sweep::cuda {
namespace {

class SgdRule {
 public:
  using Op = Sgd;

  __device__ explicit SgdRule(const ReplicaState& state)
      : learning_rate_(state.step_size), momentum_(state.momentum) {}

  GPU_SWEEP_HOST_DEVICE static std::array<Tensor, 1> moments(const Sgd& op) { return {op.velocity}; }

  __device__ void operator()(float g, float& w, float (&moments)[1]) const {
    sgd_update(g, learning_rate_, momentum_, w, moments[0]);
  }

 private:
  float learning_rate_;
  float momentum_;
};

}  // namespace

void execute(const Sgd& op, const Memory& memory, Queue& queue) {
  execute_update<SgdRule>("sgd", op, memory, queue);
}

}  // namespace gpu_sweep::cuda
