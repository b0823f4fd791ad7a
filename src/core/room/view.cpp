#include "core/room/view.hpp"

namespace doorward::room {

const char* to_string(TicketState state) {
  switch (state) {
    case TicketState::waiting: return "waiting";
    case TicketState::admitted: return "admitted";
    case TicketState::closed: return "closed";
  }
  return "unknown";
}

const char* to_string(CloseReason reason) {
  switch (reason) {
    case CloseReason::none: return "none";
    case CloseReason::left: return "left";
    case CloseReason::finished: return "finished";
    case CloseReason::session_expired: return "session_expired";
    case CloseReason::claim_expired: return "claim_expired";
    case CloseReason::silent: return "silent";
    case CloseReason::room_closed: return "room_closed";
    case CloseReason::room_removed: return "room_removed";
  }
  return "unknown";
}

}  // namespace doorward::room
