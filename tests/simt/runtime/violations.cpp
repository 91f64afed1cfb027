#include "tests/simt/runtime/violations.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "tests/simt/runtime/symbols.h"

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
  const std::string symbol = symbol_of(function);
  if (symbol.empty()) return "(unknown kernel)";
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : symbol;
}

}  // namespace simt
