#include "ports/command_log.hpp"

#include "base/append.hpp"

namespace doorward::ports {

std::string to_string(const LogPosition& at) {
  std::string text;
  append(text, at);
  return text;
}

void append(std::string& out, const LogPosition& at) {
  doorward::append(out, at.epoch, '-', at.major, '-', at.minor);
}

}  // namespace doorward::ports
