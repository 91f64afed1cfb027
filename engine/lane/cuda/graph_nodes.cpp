#include "engine/lane/cuda/graph_nodes.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "kernels/common/cuda_host.h"

namespace gpu_sweep::cuda {
namespace {

/// Returns "draw_keys" for "gpu_sweep::cuda::(anonymous namespace)::draw_keys(...)".
std::string short_name(const char* mangled) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> demangled(
      abi::__cxa_demangle(mangled, nullptr, nullptr, &status), &std::free);
  if (status != 0) return mangled;
  constexpr std::string_view kAnonymous = "(anonymous namespace)::";
  std::string name = demangled.get();
  for (std::size_t at; (at = name.find(kAnonymous)) != std::string::npos;) name.erase(at, kAnonymous.size());
  name.resize(std::min(name.size(), name.find_first_of("(<")));
  const std::size_t colon = name.rfind("::");
  return colon == std::string::npos ? name : name.substr(colon + 2);
}

/// Returns the name of a kernel, or "kernel of a library" if the kernel belongs to another library, because
/// the runtime does not know such names.
std::string kernel_name(cudaGraphNode_t node) {
  cudaKernelNodeParams parameters{};
  const char* name = nullptr;
  if (cudaGraphKernelNodeGetParams(node, &parameters) == cudaSuccess &&
      cudaFuncGetName(&name, parameters.func) == cudaSuccess && name != nullptr) {
    return short_name(name);
  }
  cudaGetLastError();  // an unknown kernel is not an error, so clear it
  return "kernel of a library";
}

std::string name_of(cudaGraphNode_t node, const std::string& program) {
  cudaGraphNodeType type{};
  check_cuda(cudaGraphNodeGetType(node, &type), "asking for the type of a node");
  switch (type) {
    case cudaGraphNodeTypeKernel:
      return kernel_name(node);
    case cudaGraphNodeTypeMemcpy:
      return "copy";
    case cudaGraphNodeTypeMemset:
      return "fill";
    case cudaGraphNodeTypeMemAlloc:
    case cudaGraphNodeTypeMemFree:
      throw std::logic_error(program + ": its graph allocates memory");
    case cudaGraphNodeTypeHost:
      throw std::logic_error(program + ": its graph calls the host");
    default:
      return "node of type " + std::to_string(static_cast<int>(type));
  }
}

}  // namespace

NodeCounter::NodeCounter(cudaStream_t stream, std::string program) : program_(std::move(program)) {
  cudaStreamCaptureStatus status{};
  check_cuda(cudaStreamGetCaptureInfo(stream, &status, nullptr, &graph_), "asking for a capture's graph");
}

std::size_t NodeCounter::count() const {
  std::size_t count = 0;
  check_cuda(cudaGraphGetNodes(graph_, nullptr, &count), "counting the nodes of a graph");
  return count;
}

ReplayedNodes NodeCounter::nodes() const { return {static_cast<int>(count()), several_}; }

void NodeCounter::add(const char* operation) {
  std::size_t count = this->count();
  std::vector<cudaGraphNode_t> all(count);
  if (count > 0) check_cuda(cudaGraphGetNodes(graph_, all.data(), &count), "listing the nodes of a graph");
  std::vector<cudaGraphNode_t> added;
  std::ranges::copy_if(all, std::back_inserter(added), [this](cudaGraphNode_t node) {
    return !std::ranges::binary_search(seen_, node, std::less<>());
  });
  std::string names;
  for (const cudaGraphNode_t node : added) names += (names.empty() ? "" : ", ") + name_of(node, program_);
  if (added.size() > 1) several_.push_back(std::string(operation) + ": " + names);
  seen_ = std::move(all);
  std::ranges::sort(seen_, std::less<>());
}

}  // namespace gpu_sweep::cuda
