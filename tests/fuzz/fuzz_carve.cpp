// Pages of arbitrary bytes: only rows with a valid checksum are read from them.
#include <fuzzer/FuzzedDataProvider.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/store/database/run_schema.h"
#include "engine/store/salvage/carve.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::filesystem::path store =
      std::filesystem::temp_directory_path() / ("fuzz_carve-" + std::to_string(::getpid()));
  std::ofstream(store, std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  carve_store(store, {[](const RunRow& row) { fuzz::require(is_intact(row), "a run matches its checksum"); },
                      [](const std::string& name, const std::string& json) {
                        fuzz::require(name.size() + json.size() > 0, "a value has a name");
                      }});
  std::filesystem::remove(store);
  return 0;
}

}  // namespace gpu_sweep
