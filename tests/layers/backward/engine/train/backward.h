// One include that runs backward, for the test of include_direction.py. Nothing compiles this file.
#pragma once

#include "gpu_sweep/scheduler.h"
