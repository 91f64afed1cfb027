// Checks of the requirements that readers must fulfill.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "gpu_sweep/error.h"

namespace gpu_sweep::fuzz {

/// Aborts the process if `holds` is false. libFuzzer reports this as a finding.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

/// Runs `read`, which must either succeed or throw an Error with this code and a message of one printable
/// line. Any other exception is not caught and ends the process.
template <class Function>
void require_error_or_success(ExitCode code, const Function& read) {
  try {
    read();
  } catch (const Error& error) {
    require(error.code() == code, "the exit code is the reader's own");
    for (const char c : std::string_view(error.what())) {
      const auto byte = static_cast<std::uint8_t>(c);
      require(byte >= 0x20 && byte != 0x7f, "the message is one line without control characters");
    }
  }
}

}  // namespace gpu_sweep::fuzz
