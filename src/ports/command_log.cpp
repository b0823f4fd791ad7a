#include "ports/command_log.hpp"

namespace doorward::ports {

std::string to_string(const LogPosition& at) {
  return std::to_string(at.epoch) + '-' + std::to_string(at.major) + '-' + std::to_string(at.minor);
}

}  // namespace doorward::ports
