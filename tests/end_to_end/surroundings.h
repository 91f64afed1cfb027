// What surrounds a started program, changed for a while: its environment, its limits.
#pragma once

#include <sys/resource.h>

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

namespace gpu_sweep::test {

/// An environment variable of this process and of those that it starts; as it was before when it goes.
class EnvironmentVariable {
 public:
  EnvironmentVariable(std::string name, const std::string& value) : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str())) before_ = before;
    setenv(name_.c_str(), value.c_str(), 1);
  }
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;
  ~EnvironmentVariable() { before_ ? setenv(name_.c_str(), before_->c_str(), 1) : unsetenv(name_.c_str()); }

 private:
  std::string name_;
  std::optional<std::string> before_;
};

/// The most memory in bytes that this process and those that it starts may map; as it was before when it
/// goes.
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
