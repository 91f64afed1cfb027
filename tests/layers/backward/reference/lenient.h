// An oracle that includes the code it judges, for the test of include_direction.py.
#pragma once

#include "kernels/optimizer/optimizer_math.h"
