// SHA-256 hashes, which identify files and runs.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

using EVP_MD_CTX = struct evp_md_ctx_st;  // a type of OpenSSL

namespace gpu_sweep {

/// Computes the hash of bytes that arrive in several parts.
class Sha256 {
 public:
  Sha256();
  void update(std::span<const std::uint8_t> bytes);
  std::string hex();  ///< 64 lower-case hex digits; update must not be called afterwards

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const;
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

/// Returns 64 lower-case hex digits.
std::string sha256_hex(std::span<const std::uint8_t> bytes);
std::string sha256_hex(const std::string& text);

/// Returns the hash of the concatenation of the two parts.
std::string sha256_hex(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second);

}  // namespace gpu_sweep
