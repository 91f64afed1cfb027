// Copies between pageable host memory and a device. The copies go through page-locked buffers, so that the
// host waits for them as little as possible.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "engine/lane/cuda/device.h"
#include "engine/lane/cuda/handles.h"
#include "engine/lane/lane.h"

namespace gpu_sweep::cuda {

/// Belongs to one lane, and so is used with one stream and by one host thread.
class Staging {
 public:
  explicit Staging(const DevicePointer& device);

  /// Queues a copy of `from` to the device memory at `to`. The caller may reuse `from` as soon as this
  /// function returns.
  void upload(cudaStream_t stream, std::byte* to, std::span<const std::byte> from);

  /// Copies parts of the device memory at `from`, after everything queued on the stream is done. Returns when
  /// the copies are complete.
  void download(cudaStream_t stream, const std::byte* from, std::span<const Part> parts);

 private:
  struct Slot {
    std::shared_ptr<std::byte> memory;
    Event uploaded;  // recorded after the slot's last copy
  };
  DevicePointer device_;
  std::array<Slot, 2> slots_;  // used in turn: one is filled while the other is being copied
  std::size_t next_slot_ = 0;
  std::shared_ptr<std::byte> downloads_;
};

}  // namespace gpu_sweep::cuda
