#include "kernels/optimizer/rmsprop.h"
#include "kernels/optimizer/rmsprop_math.h"
#include "kernels/optimizer/update.cuh"

namespace gpu_sweep::cuda {
namespace {

class RmsPropRule {
 public:
  using Op = RmsProp;

  __device__ explicit RmsPropRule(const ReplicaState& state)
      : scalars_{state.step_size, static_cast<float>(state.rho), static_cast<float>(1.0 - state.rho),
                 state.epsilon} {}

  GPU_SWEEP_HOST_DEVICE static std::array<Tensor, 1> moments(const RmsProp& op) { return {op.v}; }

  __device__ void operator()(float g, float& w, float (&moments)[1]) const {
    rmsprop_update(g, scalars_, w, moments[0]);
  }

 private:
  RmsPropScalars scalars_;
};

}  // namespace

void execute(const RmsProp& op, const Memory& memory, Queue& queue) {
  execute_update<RmsPropRule>("rmsprop", op, memory, queue);
}

}  // namespace gpu_sweep::cuda
