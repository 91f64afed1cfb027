// Finds, without using a device, operations whose behavior would be undefined on a device.
#pragma once

#include "engine/program/program.h"

namespace gpu_sweep {

/// Throws std::logic_error if an operand
///  - reaches beyond its space, or is written although it is in the data set,
///  - is not aligned,
///  - is written although its replicas overlap each other (with a stride of 0, they do),
///  - is read although a part of it is neither a resident nor written by an earlier operation,
///  - overlaps another operand of the same operation and one of the two is written, unless both are the same
///    tensor and the operation may work in place.
/// Also throws it if a size is not positive, if sizes contradict each other (leading < width, or the replicas
/// differ from the program's), or if a size exceeds the limit of an operation (kMostDropoutElements,
/// kMostClasses). The message names the program, the operation by index and name (unless the error is in
/// a resident or in the number of replicas of the program), and the operand or the size.
void check(const Program& program);

}  // namespace gpu_sweep
