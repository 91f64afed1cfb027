#include "engine/lane/cuda/staging.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "engine/lane/cuda/memory.h"

namespace gpu_sweep::cuda {
namespace {

constexpr std::size_t kSlotBytes = std::size_t{4} << 20;

}  // namespace

Staging::Staging(const DevicePointer& device)
    : device_(device), downloads_(allocate_pinned_memory(device, kSlotBytes)) {
  for (Slot& slot : slots_) slot = {allocate_pinned_memory(device, kSlotBytes), make_event(device)};
}

void Staging::upload(cudaStream_t stream, std::byte* to, std::span<const std::byte> from) {
  while (!from.empty()) {
    Slot& slot = slots_[next_slot_];
    next_slot_ = (next_slot_ + 1) % slots_.size();
    const std::size_t bytes = std::min(from.size(), kSlotBytes);
    wait_for(*device_, slot.uploaded.get(), "upload: waiting for the staging buffer");
    std::memcpy(slot.memory.get(), from.data(), bytes);
    check_cuda(cudaMemcpyAsync(to, slot.memory.get(), bytes, cudaMemcpyHostToDevice, stream), "upload");
    check_cuda(cudaEventRecord(slot.uploaded.get(), stream), "upload: marking the staging buffer");
    to += bytes;
    from = from.subspan(bytes);
  }
}

void Staging::download(cudaStream_t stream, const std::byte* from, std::span<const Part> parts) {
  struct Arrival {
    std::byte* staged;
    std::span<std::byte> to;
  };
  std::vector<Arrival> arrivals;  // local, so that nothing writes to the caller's memory after the return
  std::size_t used = 0;
  const auto hand_out = [&] {
    wait_for(*device_, stream, "waiting for a download and what was queued before it");
    for (const Arrival& arrival : arrivals) std::memcpy(arrival.to.data(), arrival.staged, arrival.to.size());
    arrivals.clear();
    used = 0;
  };
  for (const Part& part : parts) {
    const std::byte* source = from + part.offset;
    for (std::span<std::byte> to = part.to; !to.empty();) {
      if (used == kSlotBytes) hand_out();
      const std::size_t bytes = std::min(to.size(), kSlotBytes - used);
      std::byte* staged = downloads_.get() + used;
      check_cuda(cudaMemcpyAsync(staged, source, bytes, cudaMemcpyDeviceToHost, stream), "download");
      arrivals.push_back({staged, to.first(bytes)});
      used += bytes;
      source += bytes;
      to = to.subspan(bytes);
    }
  }
  hand_out();
}

}  // namespace gpu_sweep::cuda
