#include "tests/simt/runtime/device.h"

#include <cstdlib>

#include "tests/simt/runtime/host_faults.h"
#include "tests/simt/simt.h"

namespace simt {

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

int& current_device() {
  thread_local int index = 0;
  return index;
}

Device& device() {
  // Never destroyed: streams and lanes may outlive any order of static destruction.
  static Device& instance = *new Device;
  return instance;
}

Device::Device() {
  seed = from_environment("SIMT_SEED", 0);
  count = static_cast<int>(from_environment("SIMT_DEVICES", 1));
  memory.set_total_bytes(from_environment("SIMT_MEMORY", memory.total_bytes()));
  work_until_loss = from_environment("SIMT_LOSS", 0);
  cublas_version = static_cast<int>(from_environment("SIMT_CUBLAS", 130000));
  random = Random(seed);
  report_faults_on(memory);
}

bool Device::is_pinned(const void* pointer, std::size_t bytes) const {
  auto next = pinned.upper_bound(const_cast<void*>(pointer));
  if (next == pinned.begin()) return false;
  const auto& [start, length] = *std::prev(next);
  const auto offset = static_cast<std::size_t>(static_cast<const char*>(pointer) - static_cast<char*>(start));
  return offset <= length && bytes <= length - offset;
}

void set_seed(std::uint64_t seed) {
  const std::lock_guard lock(device().mutex);
  device().seed = seed;
  device().random = Random(seed);
}

std::vector<std::string> take_violations() {
  const std::lock_guard lock(device().mutex);
  device().run_all();  // drops the rest where an error stuck
  return device().violations.take();
}

void set_memory_bytes(std::size_t bytes) {
  const std::lock_guard lock(device().mutex);
  device().memory.set_total_bytes(bytes);
}

void set_device_count(int count) {
  const std::lock_guard lock(device().mutex);
  device().count = count;
}

void lose_device_after(std::uint64_t work) {
  const std::lock_guard lock(device().mutex);
  device().work_until_loss = work;
}

void set_compute_capability(int major, int minor) {
  const std::lock_guard lock(device().mutex);
  device().major = major;
  device().minor = minor;
}

void set_split_products(bool splits) {
  const std::lock_guard lock(device().mutex);
  device().splits_products = splits;
}

std::uint64_t work_done(int index) {
  const std::lock_guard lock(device().mutex);
  return device().work_done[index];
}

std::uint64_t threads_run() {
  const std::lock_guard lock(device().mutex);
  return device().threads_run;
}

}  // namespace simt
