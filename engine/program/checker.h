// Finds, without using a device, operations whose behavior would be undefined on a device.
#pragma once

#include "engine/program/program.h"

namespace gpu_sweep {

/// Throws std::logic_error, naming program, operation (index and name), operand and numbers, if an operand
///  - reaches beyond its space, or is written although it is in the data set,
///  - is not aligned,
///  - is written although its replicas overlap each other (stride 0 counts),
///  - is read before all of it has been written, as a resident or by earlier operations,
///  - overlaps another operand of the same operation and one of them is written, unless both are the same
///    tensor and the operation may work in place,
/// or if sizes are not positive, contradict each other (leading < width, replicas differ from the program's)
/// or exceed the limit of an operation (kMostDropoutElements, kMostClasses).
void check(const Program& program);

}  // namespace gpu_sweep
