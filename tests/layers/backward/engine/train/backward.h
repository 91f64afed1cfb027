// An include that points the wrong way, for the test of include_direction.py. This file is never compiled.
#pragma once

#include "gpu_sweep/scheduler.h"
