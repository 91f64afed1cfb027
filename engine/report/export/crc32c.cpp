#include "engine/report/export/crc32c.h"

#include <bit>
#include <boost/crc.hpp>

namespace gpu_sweep {

std::uint32_t masked_crc32c(std::string_view bytes) {
  boost::crc_optimal<32, 0x1edc6f41, 0xffffffff, 0xffffffff, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return std::rotr(static_cast<std::uint32_t>(crc.checksum()), 15) + 0xa282ead8u;
}

}  // namespace gpu_sweep
