// Copies between pageable host memory and a device, through page-locked buffers, so that the host never waits
// for a copy that it need not wait for.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/lane/cuda_device.h"
#include "engine/lane/cuda_handles.h"

namespace gpu_sweep::cuda {

/// Belongs to one lane: one stream, one host thread.
class Staging {
 public:
  explicit Staging(const DevicePointer& device);

  /// Queues a copy to `to` on the device. `from` is free again when this returns.
  void upload(cudaStream_t stream, std::byte* to, std::span<const std::byte> from);

  /// Queues a copy from `from` on the device. `to` holds it after `finish_downloads`.
  void download(cudaStream_t stream, const std::byte* from, std::span<std::byte> to);

  /// Hands out what was downloaded. Everything queued on the stream must be done.
  void finish_downloads();

 private:
  struct Slot {
    std::shared_ptr<std::byte> memory;
    Event uploaded;  // recorded behind the slot's last copy
  };
  struct Arrival {
    std::byte* staged;
    std::span<std::byte> to;
  };

  DevicePointer device_;
  std::array<Slot, 2> slots_;  // filled in turn: one is copied while the other is filled
  std::size_t next_slot_ = 0;
  std::shared_ptr<std::byte> downloads_;
  std::size_t downloads_used_ = 0;
  std::vector<Arrival> arrivals_;
};

}  // namespace gpu_sweep::cuda
