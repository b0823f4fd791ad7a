// Whose a log is: a word beside its entries, left by the first that opened it.
//
// Why:     nodes of one log must share their secrets, or take each other's visitors for strangers;
//          the mark lets the second node see that it does not, before it serves anybody.
// Threads: the keeper's role of the log (see command_log.hpp).
// Errors:  unavailable.
// Spec:    docs/storage.md.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace doorward::ports {

class LogMark {
 public:
  virtual ~LogMark() = default;
  // Empty: nobody has left one.
  virtual Result<std::string> mark() = 0;
  // Leaves `mark` where there is none, also when several nodes do so at once. Returns the one that
  // stands then.
  virtual Result<std::string> leave_mark(std::string_view mark) = 0;
  virtual Result<> replace_mark(std::string_view mark) = 0;
};

}  // namespace doorward::ports
