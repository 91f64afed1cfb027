// Deferred execution: queued work is executed when the host waits, or sometimes a little earlier, in a random
// order of those that CUDA allows.
#include "tests/simt/runtime/device.h"

namespace simt {

namespace {

bool ready(const QueueItem& item, std::size_t node) {
  if (item.done[node]) return false;
  for (const std::size_t before : item.graph->nodes[node].after) {
    if (!item.done[before]) return false;
  }
  return true;
}

}  // namespace

cudaError_t Device::submit(cudaStream_t stream, WorkPointer work) {
  if (violations.sticky() != cudaSuccess) return violations.sticky();
  if (capturing(stream)) {
    if (stream->capture->invalidated) return cudaErrorStreamCaptureInvalidated;
    add_node(stream, std::move(work));
    return cudaSuccess;
  }
  check_workspace(stream, *work);
  QueueItem item;
  item.work = std::move(work);
  enqueue(stream, std::move(item));
  return violations.sticky();
}

cudaStream_t Device::default_stream(int index) {
  cudaStream_t& stream = default_streams[index];
  if (stream == nullptr) {
    stream = new CUstream_st;  // never destroyed, like the device itself
    stream->device = index;
    streams.insert(stream);
  }
  return stream;
}

void Device::enqueue(cudaStream_t stream, QueueItem item) {
  if (item.graph != nullptr) {
    for (const GraphNode& node : item.graph->nodes) check_workspace(stream, *node.work);
    item.done.assign(item.graph->nodes.size(), false);
  }
  stream->queue.push_back(std::move(item));
  run_some();
}

void Device::run_some() {
  if (!random.one_in(4)) return;
  std::size_t steps = random.below(6);
  run_until([&steps] { return steps-- == 0; });
}

void Device::run_while_asked() {
  std::size_t steps = random.below(256);
  run_until([&steps] { return steps-- == 0; });
}

void Device::run_all() {
  run_until([] { return false; });
}

void Device::run_until(const std::function<bool()>& done) {
  while (!done()) {
    const std::vector<Choice> possible = choices();
    if (possible.empty()) break;
    const Choice choice = possible[random.below(possible.size())];
    memory.open(choice.stream->device);
    ++work_done[choice.stream->device];
    perform(choice);
  }
  memory.close();
}

/// Returns all pieces of work that CUDA would allow to be run next.
std::vector<Device::Choice> Device::choices() const {
  std::vector<Choice> possible;
  for (const cudaStream_t stream : streams) {
    if (stream->queue.empty()) continue;
    const QueueItem& item = stream->queue.front();
    if (item.wait != nullptr && item.wait->completed < item.ticket) continue;
    if (item.graph == nullptr) {
      possible.push_back({stream, 0});
      continue;
    }
    if (item.done_count == 0 && item.graph->running) continue;
    if (item.graph->nodes.empty()) possible.push_back({stream, 0});
    for (std::size_t node = 0; node < item.graph->nodes.size(); ++node) {
      if (ready(item, node)) possible.push_back({stream, node});
    }
  }
  return possible;
}

void Device::perform(const Choice& choice) {
  QueueItem& item = choice.stream->queue.front();
  if (item.graph != nullptr && !item.graph->nodes.empty()) {
    item.graph->running = true;
    perform(*item.graph->nodes[choice.node].work);
    item.done[choice.node] = true;
    if (++item.done_count < item.graph->nodes.size()) return;
    item.graph->running = false;
  }
  if (item.work != nullptr) perform(*item.work);
  if (item.record != nullptr) {
    item.record->completed = std::max(item.record->completed, item.ticket);
    item.record->time = std::chrono::steady_clock::now();
  }
  choice.stream->queue.pop_front();
}

void Device::perform(const Work& work) {
  if (work_until_loss > 0 && --work_until_loss == 0) {
    violations.fail(cudaErrorECCUncorrectable, "the device is lost, as the test asked");
  }
  if (violations.sticky() == cudaSuccess) work.run();
}

/// Reports a failure if queued work of another stream uses the same workspace, because the two products would
/// destroy each other's partial sums.
void Device::check_workspace(cudaStream_t stream, const Work& work) {
  if (work.workspace == nullptr) return;
  const auto uses = [&work](const QueueItem& item) {
    if (item.work != nullptr) return item.work->workspace == work.workspace;
    if (item.graph == nullptr) return false;
    for (const GraphNode& node : item.graph->nodes) {
      if (node.work->workspace == work.workspace) return true;
    }
    return false;
  };
  for (const cudaStream_t other : streams) {
    if (other == stream) continue;
    for (const QueueItem& item : other->queue) {
      if (!uses(item)) continue;
      violations.fail(cudaErrorLaunchFailure, "a cuBLAS workspace is in use by two streams at a time");
      return;
    }
  }
}

}  // namespace simt
