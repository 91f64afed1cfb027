#include <nvtx3/nvToolsExt.h>

namespace {

int& depth() {
  thread_local int value = 0;
  return value;
}

}  // namespace

int nvtxRangePushA(const char*) { return depth()++; }
int nvtxRangePop() { return depth() == 0 ? -2 : --depth(); }
void nvtxMarkA(const char*) {}
