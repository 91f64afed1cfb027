// Limits the memory of a test and of the programs that it starts.
#pragma once

#include <sys/resource.h>

#include <stdexcept>

namespace gpu_sweep::test {

/// Limits the number of bytes that this process and its children may map. The destructor restores the
/// previous limit.
class AddressSpaceLimit {
 public:
  explicit AddressSpaceLimit(rlim_t bytes) {
    getrlimit(RLIMIT_AS, &before_);
    const rlimit limit = {bytes, before_.rlim_max};
    if (setrlimit(RLIMIT_AS, &limit) != 0) throw std::runtime_error("no limit on the address space");
  }
  AddressSpaceLimit(const AddressSpaceLimit&) = delete;
  AddressSpaceLimit& operator=(const AddressSpaceLimit&) = delete;
  ~AddressSpaceLimit() { setrlimit(RLIMIT_AS, &before_); }

 private:
  rlimit before_ = {};
};

}  // namespace gpu_sweep::test
