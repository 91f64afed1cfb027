// Copies between pageable host memory and a device through page-locked buffers, so that the host does not
// wait for copies needlessly.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "engine/lane/cuda/device.h"
#include "engine/lane/cuda/handles.h"
#include "engine/lane/lane.h"

namespace gpu_sweep::cuda {

/// Belongs to one lane: one stream, one host thread.
class Staging {
 public:
  explicit Staging(const DevicePointer& device);

  /// Queues a copy to `to` on the device. The caller may reuse `from` as soon as this returns.
  void upload(cudaStream_t stream, std::byte* to, std::span<const std::byte> from);

  /// Copies parts of the device memory at `from` once everything queued on the stream is done, and waits for
  /// the copies.
  void download(cudaStream_t stream, const std::byte* from, std::span<const Part> parts);

 private:
  struct Slot {
    std::shared_ptr<std::byte> memory;
    Event uploaded;  // recorded after the slot's last copy
  };
  DevicePointer device_;
  std::array<Slot, 2> slots_;  // filled in turn: one is copied while the other is filled
  std::size_t next_slot_ = 0;
  std::shared_ptr<std::byte> downloads_;
};

}  // namespace gpu_sweep::cuda
