#include "engine/lane/cuda_program.h"

#include <exception>
#include <stdexcept>
#include <variant>

#include "engine/error.h"
#include "engine/lane/cuda_range.h"
#include "kernels/gemm_cublas.h"

namespace gpu_sweep::cuda {
namespace {

/// The CUDA back end as an overload set over the records: an operation without CUDA code does not compile.
void enqueue(const Op& op, const Memory& memory, Queue& queue) {
  const Range range(gpu_sweep::name(op));
  std::visit([&](const auto& record) { execute(record, memory, queue); }, op);
}

/// Turing multiplies in fp32 only.
void fit_to_turing(Op& op, const Device& device) {
  auto* gemm = std::get_if<Gemm>(&op);
  if (gemm == nullptr) return;
  gemm->math = MathMode::kFp32;
  if (gemm->input_type == DType::kBf16) {
    throw Error(ExitCode::kDevice, device.id + " (" + device.name +
                                       "): no bf16 products below compute capability 8.0; use fp32");
  }
}

/// The number of nodes. Throws for one that a replay must not contain.
int count_nodes(cudaGraph_t graph, const std::string& program) {
  std::size_t count = 0;
  check_cuda(cudaGraphGetNodes(graph, nullptr, &count), "counting the nodes of a graph");
  std::vector<cudaGraphNode_t> nodes(count);
  check_cuda(cudaGraphGetNodes(graph, nodes.data(), &count), "listing the nodes of a graph");
  for (const cudaGraphNode_t node : nodes) {
    cudaGraphNodeType type{};
    check_cuda(cudaGraphNodeGetType(node, &type), "asking for the type of a node");
    if (type == cudaGraphNodeTypeMemAlloc || type == cudaGraphNodeTypeMemFree) {
      throw std::logic_error(program + ": its graph allocates memory");
    }
    if (type == cudaGraphNodeTypeHost) throw std::logic_error(program + ": its graph calls the host");
  }
  return static_cast<int>(count);
}

}  // namespace

CudaProgram::CudaProgram(const Device& device, const Program& program, const Memory& memory, int repeats)
    : ordinal_(device.ordinal),
      name_(program.name),
      range_(program.name + " x" + std::to_string(repeats)),
      ops_(program.ops),
      memory_(memory),
      repeats_(repeats) {
  if (device.has_tf32_and_bf16()) return;
  for (Op& op : ops_) fit_to_turing(op, device);
}

CudaProgram::~CudaProgram() {
  cudaSetDevice(ordinal_);
  const std::scoped_lock lock(allocation_mutex(ordinal_));
  graph_.reset();
}

void CudaProgram::warm_up(const Memory& scratch, Queue& queue) const {
  const Range range("warm-up");
  run_op_by_op(scratch, queue);
}

void CudaProgram::capture(Queue& queue) {
  const std::scoped_lock lock(allocation_mutex(ordinal_));
  const Range range("capture");
  check_cuda(cudaStreamBeginCapture(queue.stream, cudaStreamCaptureModeThreadLocal), "beginning a capture");
  std::exception_ptr error;
  try {
    for (int i = 0; i < repeats_; ++i) {
      for (const Op& op : ops_) enqueue(op, memory_, queue);
    }
  } catch (...) {
    error = std::current_exception();
  }
  cudaGraph_t captured = nullptr;
  const cudaError_t status = cudaStreamEndCapture(queue.stream, &captured);
  const Graph graph(captured);
  if (error) std::rethrow_exception(error);
  check_cuda(status, "ending a capture");
  nodes_ = count_nodes(graph.get(), name_);
  cudaGraphExec_t executable = nullptr;
  check_cuda(cudaGraphInstantiate(&executable, graph.get(), 0), "instantiating a graph");
  graph_.reset(executable);
}

void CudaProgram::run(Queue& queue) const {
  const Range range(range_.c_str());
  if (graph_) {
    check_cuda(cudaGraphLaunch(graph_.get(), queue.stream), name_.c_str());
  } else {
    for (int i = 0; i < repeats_; ++i) run_op_by_op(memory_, queue);
  }
}

void CudaProgram::run_op_by_op(const Memory& memory, Queue& queue) const {
  for (std::size_t i = 0; i < ops_.size(); ++i) {
    enqueue(ops_[i], memory, queue);
    const std::string what = name_ + ", operation " + std::to_string(i) + ", " + gpu_sweep::name(ops_[i]);
    check_cuda(cudaStreamSynchronize(queue.stream), what.c_str());
  }
}

}  // namespace gpu_sweep::cuda
