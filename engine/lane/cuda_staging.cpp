#include "engine/lane/cuda_staging.h"

#include <algorithm>
#include <cstring>

#include "engine/lane/cuda_memory.h"

namespace gpu_sweep::cuda {
namespace {

constexpr std::size_t kSlotBytes = std::size_t{4} << 20;

}  // namespace

Staging::Staging(const DevicePointer& device)
    : device_(device), downloads_(allocate_pinned_memory(device, kSlotBytes)) {
  for (Slot& slot : slots_) slot = {allocate_pinned_memory(device, kSlotBytes), make_event()};
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

void Staging::download(cudaStream_t stream, const std::byte* from, std::span<std::byte> to) {
  while (!to.empty()) {
    if (downloads_used_ == kSlotBytes) {
      wait_for(*device_, stream, "download: waiting for the staging buffer");
      finish_downloads();
    }
    const std::size_t bytes = std::min(to.size(), kSlotBytes - downloads_used_);
    std::byte* staged = downloads_.get() + downloads_used_;
    check_cuda(cudaMemcpyAsync(staged, from, bytes, cudaMemcpyDeviceToHost, stream), "download");
    arrivals_.push_back({staged, to.first(bytes)});
    downloads_used_ += bytes;
    from += bytes;
    to = to.subspan(bytes);
  }
}

void Staging::finish_downloads() {
  for (const Arrival& arrival : arrivals_) {
    std::memcpy(arrival.to.data(), arrival.staged, arrival.to.size());
  }
  arrivals_.clear();
  downloads_used_ = 0;
}

}  // namespace gpu_sweep::cuda
