#include "tests/simt/runtime/violations.h"

#include <cxxabi.h>
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

namespace simt {

void Violations::report(std::string text) {
  last_ = text;
  texts_.push_back(std::move(text));
}

void Violations::fail(cudaError_t error, std::string text) {
  if (sticky_ == cudaSuccess) sticky_ = error;
  report(std::move(text));
}

std::vector<std::string> Violations::take() {
  sticky_ = cudaSuccess;
  last_.clear();
  return std::exchange(texts_, {});
}

std::string function_name(const void* function) {
  Dl_info info{};
  if (dladdr(function, &info) == 0) return "(unknown kernel)";
  if (info.dli_sname != nullptr && info.dli_saddr == function) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status), &std::free);
    return status == 0 ? name.get() : info.dli_sname;
  }
  char text[32];
  std::snprintf(text, sizeof text, "+%#tx",
                static_cast<const char*>(function) - static_cast<const char*>(info.dli_fbase));
  return std::string("kernel at ") + info.dli_fname + text;
}

}  // namespace simt
