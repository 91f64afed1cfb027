// Limits of the oldest hardware that the project supports (compute capability 7.5).
#pragma once

#include <cstddef>

namespace simt {

constexpr unsigned kMaxThreads = 1024;
constexpr unsigned kMaxBlockZ = 64;
constexpr unsigned kMaxGridX = 0x7fffffff;
constexpr unsigned kMaxGridYz = 65535;
constexpr std::size_t kStaticSharedLimit = 48 * 1024;
constexpr std::size_t kDynamicSharedLimit = 64 * 1024;  ///< after cudaFuncSetAttribute
constexpr std::size_t kMaxParameterBytes = 4096;

}  // namespace simt
