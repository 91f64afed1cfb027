#include "engine/lane/cuda/capability.h"

#include <cctype>
#include <charconv>
#include <sstream>
#include <vector>

namespace gpu_sweep::cuda {
namespace {

/// One word of a list of CUDA architectures.
struct Code {
  int capability = 0;  ///< 0: code for every card
  char letter = 0;     ///< 'a': for this capability only; 'f': also for newer ones of its major version
  bool machine = true;
  bool ptx = true;
};

std::vector<Code> parse(std::string_view architectures) {
  std::vector<Code> codes;
  std::istringstream words{std::string(architectures)};
  for (std::string word; words >> word;) {
    Code code;
    const char* end = word.data() + word.size();
    std::string_view rest = word;
    const auto [number_end, error] = std::from_chars(word.data(), end, code.capability);
    if (error == std::errc()) rest = {number_end, end};
    if (!rest.empty() && code.capability > 0 && std::isalpha(static_cast<unsigned char>(rest[0])) != 0) {
      code.letter = rest[0];
      rest.remove_prefix(1);
    }
    code.machine = rest != "-virtual";
    code.ptx = rest != "-real";
    codes.push_back(code);
  }
  return codes;
}

bool runs_on(const Code& code, int capability) {
  if (code.capability == 0) return true;
  const bool same_major = code.capability / 10 == capability / 10;
  if (code.letter == 'a') return code.capability == capability;
  if (capability < code.capability) return false;
  return same_major || (code.ptx && code.letter == 0);
}

}  // namespace

std::string capability_text(int capability) {
  return std::to_string(capability / 10) + "." + std::to_string(capability % 10);
}

bool has_code_for(std::string_view architectures, int capability) {
  for (const Code& code : parse(architectures)) {
    if (runs_on(code, capability)) return true;
  }
  return false;
}

std::string why_no_code(std::string_view architectures, int capability) {
  if (has_code_for(architectures, capability)) return {};
  std::string known;
  for (const Code& code : parse(architectures)) {
    known += (known.empty() ? "" : ", ") + capability_text(code.capability);
    if (code.ptx && code.letter == 0) known += " and newer";
  }
  return "compute capability " + capability_text(capability) + ", this build has code for " + known;
}

}  // namespace gpu_sweep::cuda
