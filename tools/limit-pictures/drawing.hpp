// A run as an SVG that reads well on light and on dark pages.
#pragma once

#include "runs.hpp"

#include <string>

namespace doorward::pictures {

std::string draw(const Run& run);

}  // namespace doorward::pictures
