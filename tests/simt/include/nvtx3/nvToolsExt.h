// Stand-in for NVTX: ranges are balanced and otherwise ignored.
#pragma once

int nvtxRangePushA(const char* message);
int nvtxRangePop();
void nvtxMarkA(const char* message);
