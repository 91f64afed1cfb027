// An installed header that includes a private one, for the test of include_direction.py.
#pragma once

#include "engine/lane/lane.h"
