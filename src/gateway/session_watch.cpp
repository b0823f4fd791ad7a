#include "gateway/session_watch.hpp"

#include <algorithm>

namespace doorward::gateway {

using namespace std::chrono_literals;

Millis SessionWatch::interval() const { return std::min<Millis>(policy_.session_ttl / 4, 30s); }

bool SessionWatch::look() {
  const engine::Shard& shard = places_.services().shard;
  const auto handle = shard.find(ticket_);
  const auto view = handle ? shard.read(*handle) : std::nullopt;
  const bool is_believed = (shard.applied() < at_) && places_.now() < until_;
  if (!view) return is_believed;
  if (view->state != room::TicketState::admitted) return false;
  if (const auto entry = shard.room(view->room)) policy_ = entry->view.policy;
  places_.note_use(*handle, *view, policy_);
  return true;
}

}  // namespace doorward::gateway
