// An oracle that would judge itself.
#pragma once

#include "kernels/adam_math.h"
