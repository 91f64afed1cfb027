#include "engine/data/sha256.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace gpu_sweep {

namespace {

void require(int status) {
  if (status != 1) throw std::runtime_error("OpenSSL offers no SHA-256");
}

}  // namespace

void Sha256::Free::operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  require(context_ ? EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) : 0);
}

void Sha256::update(std::span<const std::uint8_t> bytes) {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Sha256::hex() {
  std::array<unsigned char, 32> digest;
  require(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

std::string sha256_hex(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second) {
  Sha256 hash;
  hash.update(first);
  hash.update(second);
  return hash.hex();
}

std::string sha256_hex(std::span<const std::uint8_t> bytes) { return sha256_hex(bytes, {}); }

std::string sha256_hex(const std::string& text) {
  return sha256_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace gpu_sweep
