#include "api/live/clients.hpp"

#include <algorithm>
#include <utility>

namespace doorward::api::live {

void Clients::bring_to_front(Part& part, std::string_view client) {
  const auto known = part.by_name.find(client);
  if (known != part.by_name.end())
    return part.list.splice(part.list.begin(), part.list, known->second);
  if (part.list.size() == kMostClients / kParts) {
    part.by_name.erase(part.list.back().name);
    part.list.pop_back();
  }
  part.list.push_front({std::string(client), {}, {}, 0});
  part.by_name.emplace(part.list.front().name, part.list.begin());
}

void Clients::record(std::string_view client, ClientEvent event) {
  client = client.substr(0, kMaxText);
  Part& part = part_of(client);
  const std::lock_guard lock(part.mutex);
  // Who comes often is mostly the first already.
  if (part.list.empty() || part.list.front().name != client) bring_to_front(part, client);
  Client& found = part.list.front();
  ++found.status.total_requests;
  found.status.last_request = event.at;
  found.status.remaining = event.remaining;
  found.status.last_rule = event.rule;
  if (event.type == EventType::rate_limit_exceeded) {
    ++found.status.refused;
    found.status.blocked_until = event.at + event.retry_after;
  }
  if (found.events.size() < kMostEvents) return found.events.push_back(std::move(event));
  found.events[found.oldest] = std::move(event);
  found.oldest = (found.oldest + 1) % kMostEvents;
}

std::optional<ClientStatus> Clients::status(std::string_view client, LogTime now) const {
  const Part& part = part_of(client);
  const std::lock_guard lock(part.mutex);
  const auto known = part.by_name.find(client);
  if (known == part.by_name.end()) return std::nullopt;
  ClientStatus status = known->second->status;
  if (status.blocked_until && *status.blocked_until <= now) status.blocked_until.reset();
  return status;
}

std::vector<ClientEvent> Clients::recent(std::string_view client) const {
  const Part& part = part_of(client);
  const std::lock_guard lock(part.mutex);
  const auto known = part.by_name.find(client);
  if (known == part.by_name.end()) return {};
  const Client& found = *known->second;
  std::vector<ClientEvent> events;
  events.reserve(found.events.size());
  for (std::size_t i = found.events.size(); i-- > 0;)
    events.push_back(found.events[(found.oldest + i) % found.events.size()]);
  return events;
}

void Clients::clean(LogTime now) {
  for (Part& part : parts_) {
    const std::lock_guard lock(part.mutex);
    while (!part.list.empty() && part.list.back().status.last_request + kKeptFor < now) {
      part.by_name.erase(part.list.back().name);
      part.list.pop_back();
    }
  }
}

std::size_t Clients::count() const {
  std::size_t count = 0;
  for (const Part& part : parts_) {
    const std::lock_guard lock(part.mutex);
    count += part.list.size();
  }
  return count;
}

}  // namespace doorward::api::live
