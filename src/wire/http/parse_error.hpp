// Why a message was refused, and what to answer.
#pragma once

#include <string_view>

namespace doorward::wire {

struct ParseError {
  unsigned status = 400;
  std::string_view detail;  // one English sentence, static
  bool close = true;        // the place of the next message is not known
};

}  // namespace doorward::wire
