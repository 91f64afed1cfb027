#include "apps/kernel_bench/cudnn_baseline.h"

#include <benchmark/benchmark.h>

#include <exception>
#include <functional>
#include <map>
#include <memory>

#include "apps/kernel_bench/cudnn_ops.h"
#include "engine/program/operands.h"

namespace gpu_sweep {
namespace {

constexpr float kDropoutRate = 0.2f;  // as in the study

/// A stream, and the sequences of cuDNN calls that are queued on it.
class Baseline {
 public:
  explicit Baseline(StudyStep& step) : step_(step) {
    cudaStream_t stream = nullptr;
    cuda::check_cuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "a stream for cuDNN");
    stream_.reset(stream);
    ops_ = std::make_unique<cuda::CudnnOps>(stream, kDropoutRate);
  }

  /// Returns a function that queues `op` once.
  std::function<void()> work(const Op& op) {
    if (const auto* forward = std::get_if<BiasActivationDropout>(&op)) {
      return [this, op = *forward] { ops_->execute(op, step_.memory()); };
    }
    if (const auto* backward = std::get_if<ActivationBackward>(&op)) {
      draw_mask(*backward);
      return [this, op = *backward] { ops_->execute(op, step_.memory()); };
    }
    const auto& loss = std::get<SoftmaxCrossEntropy>(op);
    const std::size_t bytes = static_cast<std::size_t>(loss.replicas) * loss.batch * loss.leading * 4;
    target_ = step_.lane().allocate(bytes);  // all 0, which takes as long as real labels
    log_softmax_ = step_.lane().allocate(bytes);
    return [this, loss] {
      ops_->execute(loss, step_.memory(), reinterpret_cast<const float*>(target_.data()),
                    reinterpret_cast<float*>(log_softmax_.data()));
    };
  }

  /// Captures `times` executions of `work`. Before that, executes it once without a capture, because the
  /// first execution allocates memory. The capture is relaxed because cuDNN may still make driver calls.
  void capture(const std::function<void()>& work, int times) {
    work();
    wait();
    cuda::check_cuda(cudaStreamBeginCapture(stream_.get(), cudaStreamCaptureModeRelaxed), "capturing cuDNN");
    for (int i = 0; i < times; ++i) work();
    cudaGraph_t graph = nullptr;
    cuda::check_cuda(cudaStreamEndCapture(stream_.get(), &graph), "capturing cuDNN");
    const std::unique_ptr<CUgraph_st, cuda::Destroy<cudaGraphDestroy>> captured(graph);
    cudaGraphExec_t executable = nullptr;
    cuda::check_cuda(cudaGraphInstantiate(&executable, graph, 0), "instantiating a graph of cuDNN");
    executable_.reset(executable);
  }

  void launch() { cuda::check_cuda(cudaGraphLaunch(executable_.get(), stream_.get()), "launching cuDNN"); }

  void wait() { cuda::check_cuda(cudaStreamSynchronize(stream_.get()), "waiting for cuDNN"); }

 private:
  /// Runs the forward pass, in which cuDNN draws its dropout mask.
  void draw_mask(const ActivationBackward& backward) {
    for (const Op& op : step_.train_step().ops) {
      const auto* forward = std::get_if<BiasActivationDropout>(&op);
      if (forward != nullptr && forward->layer == backward.layer) ops_->execute(*forward, step_.memory());
    }
  }

  StudyStep& step_;
  std::unique_ptr<CUstream_st, cuda::Destroy<cudaStreamDestroy>> stream_;
  std::unique_ptr<cuda::CudnnOps> ops_;
  std::unique_ptr<CUgraphExec_st, cuda::Destroy<cudaGraphExecDestroy>> executable_;
  Buffer target_, log_softmax_;
};

bool composable(const Op& op) {
  return std::holds_alternative<BiasActivationDropout>(op) ||
         std::holds_alternative<ActivationBackward>(op) || std::holds_alternative<SoftmaxCrossEntropy>(op);
}

}  // namespace

void register_cudnn_baseline(StudyStep& step, const Repeats& repeats, const std::string& prefix) {
  const Program& program = step.train_step();
  std::map<std::string, int> seen;
  for (const Op& op : program.ops) {
    const std::string operation = name(op);
    const int index = seen[operation]++;
    if (!composable(op)) continue;
    const std::string title =
        prefix + "/" + program.name + "/" + operation + "/" + std::to_string(index) + "/cudnn";
    benchmark::RegisterBenchmark(title.c_str(), [&step, op, repeats](benchmark::State& state) {
      try {
        Baseline baseline(step);
        baseline.capture(baseline.work(op), repeats.in_a_graph);
        time_launches(state, cost(op), repeats, [&] {
          for (int i = 0; i < repeats.graphs; ++i) baseline.launch();
          baseline.wait();
        });
      } catch (const std::exception& error) {
        state.SkipWithError(error.what());
      }
    })->UseRealTime();
  }
}

}  // namespace gpu_sweep
