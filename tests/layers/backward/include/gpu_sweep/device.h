// For include_direction.py: an installed header that includes a private one.
#pragma once

#include "engine/lane/lane.h"
