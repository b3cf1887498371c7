#include "base/wall_time.hpp"
