#include "tests/simt/runtime/device.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "tests/simt/runtime/host_faults.h"
#include "tests/simt/simt.h"

namespace simt {

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Parses a list such as "7.0,9.0,prohibited,broken".
std::vector<Card> cards_of(const std::string& text) {
  std::vector<Card> cards;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    Card card;
    if (word == "prohibited") {
      card.state = Card::State::kProhibited;
    } else if (word == "broken") {
      card.state = Card::State::kBroken;
    } else if (std::sscanf(word.c_str(), "%d.%d", &card.major, &card.minor) != 2) {
      std::fprintf(stderr, "simt: SIMT_CARDS: found '%s', expected such as 9.0, prohibited or broken\n",
                   word.c_str());
      std::abort();
    }
    cards.push_back(card);
  }
  return cards;
}

}  // namespace

int& current_device() {
  thread_local int index = 0;
  return index;
}

Device& device() {
  // The object is never destroyed, because streams and lanes may be destroyed after any static object.
  static Device& instance = *new Device;
  return instance;
}

Device::Device() {
  seed = from_environment("SIMT_SEED", 0);
  cards.resize(from_environment("SIMT_DEVICES", 1));
  if (const char* text = std::getenv("SIMT_CARDS")) cards = cards_of(text);
  driver_version = static_cast<int>(from_environment("SIMT_DRIVER", kRuntimeVersion));
  memory.set_total_bytes(from_environment("SIMT_MEMORY", memory.total_bytes()));
  work_until_loss = from_environment("SIMT_LOSS", 0);
  cublas_version = static_cast<int>(from_environment("SIMT_CUBLAS", 130000));
  random = Random(seed);
  report_faults_on(memory);
}

cudaError_t Device::check_card(int index) const {
  if (!has(index)) return cudaErrorInvalidDevice;
  const bool broken = cards[static_cast<std::size_t>(index)].state == Card::State::kBroken;
  return broken ? cudaErrorECCUncorrectable : cudaSuccess;
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
  device().run_all();  // after a sticky error, this drops the queued work
  return device().violations.take();
}

void set_memory_bytes(std::size_t bytes) {
  const std::lock_guard lock(device().mutex);
  device().memory.set_total_bytes(bytes);
}

void set_cards(std::vector<Card> cards) {
  const std::lock_guard lock(device().mutex);
  device().cards = std::move(cards);
}

void set_device_count(int count) { set_cards(std::vector<Card>(static_cast<std::size_t>(count))); }

void set_driver_version(int version) {
  const std::lock_guard lock(device().mutex);
  device().driver_version = version;
}

void lose_device_after(std::uint64_t work) {
  const std::lock_guard lock(device().mutex);
  device().work_until_loss = work;
}

void set_compute_capability(int major, int minor) {
  const std::lock_guard lock(device().mutex);
  for (Card& card : device().cards) {
    card.major = major;
    card.minor = minor;
  }
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
