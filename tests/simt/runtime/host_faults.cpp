#include "tests/simt/runtime/host_faults.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

#include "tests/simt/runtime/block.h"

namespace simt {

namespace {

constexpr std::array kSignals = {SIGSEGV, SIGBUS, SIGILL};

struct Handlers {
  const DeviceMemory* memory = nullptr;
  std::array<struct sigaction, kSignals.size()> previous{};
};

Handlers& handlers() {
  static Handlers instance;
  return instance;
}

std::string who() {
  if (Block::current() == nullptr) return "the host";
  char text[128];
  std::snprintf(text, sizeof text, "thread (%u, %u, %u) of block (%u, %u, %u)", threadIdx.x, threadIdx.y,
                threadIdx.z, blockIdx.x, blockIdx.y, blockIdx.z);
  return text;
}

/// A signal handler should not allocate strings. This one does, because the process ends anyway.
void on_fault(int signal, siginfo_t* info, void*) {
  std::string text = "simt: " + who();
  text += signal == SIGILL ? " made a misaligned access"
                           : " touched " + handlers().memory->describe(info->si_addr);
  text += "\n";
  if (handlers().memory->overlaps(info->si_addr, 1) || Block::current() != nullptr) {
    [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
  }
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] != signal) continue;
    sigaction(signal, &handlers().previous[i], nullptr);
  }
  if (signal == SIGILL) raise(signal);  // other faults recur when the instruction is repeated
}

}  // namespace

void report_faults_on(const DeviceMemory& memory) {
  handlers().memory = &memory;
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &action, &handlers().previous[i]);
}

}  // namespace simt
