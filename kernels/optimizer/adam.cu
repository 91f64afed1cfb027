#include "kernels/optimizer/adam.h"
#include "kernels/optimizer/adam_math.h"
#include "kernels/optimizer/update.cuh"

namespace gpu_sweep::cuda {
namespace {

class AdamRule {
 public:
  using Op = Adam;

  __device__ explicit AdamRule(const ReplicaState& state)
      : scalars_{state.step_size, static_cast<float>(1.0 - state.beta1),
                 static_cast<float>(1.0 - state.beta2), state.epsilon} {}

  GPU_SWEEP_HOST_DEVICE static std::array<Tensor, 2> moments(const Adam& op) { return {op.m, op.v}; }

  __device__ void operator()(float g, float& w, float (&moments)[2]) const {
    adam_update(g, scalars_, w, moments[0], moments[1]);
  }

 private:
  AdamScalars scalars_;
};

}  // namespace

void execute(const Adam& op, const Memory& memory, Queue& queue) {
  execute_update<AdamRule>("adam", op, memory, queue);
}

}  // namespace gpu_sweep::cuda
