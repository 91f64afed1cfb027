// Finds, with no device, what would be undefined behaviour on one.
#pragma once

#include "engine/program/program.h"

namespace gpu_sweep {

/// Throws std::logic_error naming program, operation (index and name), operand and numbers, where an operand
///  - reaches beyond its space, or a write goes to the data set,
///  - is not aligned,
///  - has replicas that overlap each other although it is written (stride 0 counts),
///  - is read although no resident and no earlier operation has written all of it,
///  - overlaps another operand of the same operation that is written, unless both are the same tensor and the
///    operation is one that may work in place,
/// or where sizes are not positive, contradict each other (leading < width, replicas differ from the
/// program's) or are beyond what an operation counts (kMostDropoutElements).
void check(const Program& program);

}  // namespace gpu_sweep
