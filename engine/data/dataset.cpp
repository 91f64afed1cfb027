#include "engine/data/dataset.h"

namespace gpu_sweep {

const char* to_string(Set set) {
  switch (set) {
    case Set::kTrain:
      return "train";
    case Set::kValidation:
      return "validation";
    case Set::kTest:
      return "test";
  }
  return "?";
}

}  // namespace gpu_sweep
