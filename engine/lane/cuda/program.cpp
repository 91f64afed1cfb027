#include "engine/lane/cuda/program.h"

#include <nvtx3/nvToolsExt.h>

#include <exception>
#include <utility>
#include <variant>

#include "engine/lane/cuda/graph_nodes.h"
#include "gpu_sweep/error.h"
#include "kernels/gemm/gemm_cublas.h"

namespace gpu_sweep::cuda {
namespace {

/// A named range on the timeline that a profiler shows for the calling thread (docs/profiling.md).
class Range {
 public:
  explicit Range(const char* name) { nvtxRangePushA(name); }
  ~Range() { nvtxRangePop(); }
  Range(const Range&) = delete;
  Range& operator=(const Range&) = delete;
};

/// Calls the CUDA code of an operation, which is the `execute` for its record. An operation without CUDA code
/// does not compile.
void enqueue(const Op& op, const Memory& memory, Queue& queue) {
  const Range range(gpu_sweep::name(op));
  std::visit([&](const auto& record) { execute(record, memory, queue); }, op);
}

/// Changes products to fp32 on Turing, which has neither TF32 nor bf16. Throws Error(kDevice) for bf16
/// products.
void fit_to_turing(Op& op, const Device& device) {
  auto* gemm = std::get_if<Gemm>(&op);
  if (gemm == nullptr) return;
  gemm->math = MathMode::kFp32;
  if (gemm->input_type == DType::kBf16) {
    throw Error(ExitCode::kDevice, device.id + " (" + device.name +
                                       "): no bf16 products below compute capability 8.0; use fp32");
  }
}

}  // namespace

CudaProgram::CudaProgram(DevicePointer device, const Program& program, const Memory& memory, int repeats)
    : device_(std::move(device)),
      name_(program.name),
      range_(program.name + " x" + std::to_string(repeats)),
      ops_(program.ops),
      memory_(memory),
      repeats_(repeats) {
  if (device_->has_tf32_and_bf16()) return;
  for (Op& op : ops_) fit_to_turing(op, *device_);
}

void CudaProgram::capture(Queue& queue) {
  {
    const Range range("warm-up");
    run_op_by_op(queue);
  }
  const std::scoped_lock lock(device_->mutex);
  const Range range("capture");
  check_cuda(cudaStreamBeginCapture(queue.stream, cudaStreamCaptureModeThreadLocal), "beginning a capture");
  std::exception_ptr error;
  try {
    record(queue);
  } catch (...) {
    error = std::current_exception();
  }
  cudaGraph_t captured = nullptr;
  const cudaError_t status = cudaStreamEndCapture(queue.stream, &captured);
  const Graph graph(captured);
  if (error) std::rethrow_exception(error);
  check_cuda(status, "ending a capture");
  cudaGraphExec_t executable = nullptr;
  check_cuda(cudaGraphInstantiate(&executable, graph.get(), 0), "instantiating a graph");
  graph_ = GraphExec(executable, {device_});
  // Allocates the graph's memory now, while the caller can still choose a smaller group. Without this call,
  // the memory would be allocated at the first launch, when it is too late for that.
  check_cuda(cudaGraphUpload(executable, queue.stream), "uploading a graph");
}

void CudaProgram::record(Queue& queue) {
  NodeCounter counter(queue.stream, name_);
  for (int i = 0; i < repeats_; ++i) {
    for (const Op& op : ops_) {
      enqueue(op, memory_, queue);
      // The nodes of the other executions are equal, and listing them, too, would take quadratic time.
      if (i == 0) counter.add(gpu_sweep::name(op));
    }
  }
  nodes_ = counter.nodes();
}

void CudaProgram::run(Queue& queue) const {
  const Range range(range_.c_str());
  if (graph_) {
    check_cuda(cudaGraphLaunch(graph_.get(), queue.stream), name_.c_str());
  } else {
    for (int i = 0; i < repeats_; ++i) run_op_by_op(queue);
  }
}

void CudaProgram::run_op_by_op(Queue& queue) const {
  for (std::size_t i = 0; i < ops_.size(); ++i) {
    {
      const std::scoped_lock lock(device_->mutex);  // may load a kernel
      enqueue(ops_[i], memory_, queue);
    }
    const std::string what = name_ + ", operation " + std::to_string(i) + ", " + gpu_sweep::name(ops_[i]);
    wait_for(*device_, queue.stream, what.c_str());
  }
}

}  // namespace gpu_sweep::cuda
