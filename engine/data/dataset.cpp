#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

const char* to_string(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kValidation:
      return "validation";
    case Split::kTest:
      return "test";
  }
  return "?";
}

}  // namespace gpu_sweep
