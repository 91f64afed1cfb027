// Scratch memory for kernels of the CPU.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace gpu_sweep::cpu {

/// An array of `count` values of an implicit-lifetime type T, aligned to a cache line. The values are not
/// initialized.
template <class T>
class AlignedScratch {
 public:
  explicit AlignedScratch(std::size_t count)
      : data_(static_cast<T*>(::operator new(count * sizeof(T), kAlignment))) {}

  T* data() const { return data_.get(); }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Delete {
    void operator()(T* data) const { ::operator delete(data, kAlignment); }
  };
  std::unique_ptr<T[], Delete> data_;
};

}  // namespace gpu_sweep::cpu
