// Where an adapter says what an operator should know though the work goes on.
#pragma once

#include <functional>
#include <string_view>

namespace doorward::adapters {

// One English sentence. Called from any of the adapter's threads.
using Warn = std::function<void(std::string_view)>;

}  // namespace doorward::adapters
