#include "base/result.hpp"

namespace doorward {

const char* to_string(Errc code) {
  switch (code) {
    case Errc::invalid: return "invalid";
    case Errc::not_found: return "not_found";
    case Errc::conflict: return "conflict";
    case Errc::denied: return "denied";
    case Errc::too_large: return "too_large";
    case Errc::overloaded: return "overloaded";
    case Errc::unavailable: return "unavailable";
    case Errc::timed_out: return "timed_out";
    case Errc::closed: return "closed";
    case Errc::corrupt: return "corrupt";
    case Errc::unsupported_version: return "unsupported_version";
  }
  return "unknown";
}

}  // namespace doorward
