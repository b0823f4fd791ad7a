// What is known of each client of late: totals, the last decision and its last events.
//
// Threads: thread-safe; one of 16 locks, for the time of a look-up.
// Bounds:  kMostClients clients of kMostEvents events; who was seen longest ago goes first, and
//          who was not seen for kKeptFor is gone.
#pragma once

#include "api/live/event.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::api::live {

struct ClientEvent {
  EventType type = EventType::request_processed;
  LogTime at{};
  std::string endpoint;
  std::string rule;
  unsigned status = 0;
  std::uint64_t remaining = 0;
  Millis retry_after{};
};

struct ClientStatus {
  std::uint64_t total_requests = 0;  // since it was first seen, refused ones included
  std::uint64_t refused = 0;
  LogTime last_request{};
  std::optional<LogTime> blocked_until;  // of the last refusal, while it lies ahead
  std::uint64_t remaining = 0;           // after the last request, of the tightest quota
  std::string last_rule;
};

class Clients {
 public:
  static constexpr std::size_t kMostClients = 10'000;
  static constexpr std::size_t kMostEvents = 20;
  static constexpr Millis kKeptFor = std::chrono::hours{24};

  void record(std::string_view client, ClientEvent event);
  std::optional<ClientStatus> status(std::string_view client, LogTime now) const;
  std::vector<ClientEvent> recent(std::string_view client) const;  // the newest first
  void clean(LogTime now);
  std::size_t count() const;

 private:
  struct Client {
    std::string name;
    ClientStatus status;
    std::vector<ClientEvent> events;  // a ring once there are kMostEvents
    std::size_t oldest = 0;           // of a full ring
  };
  using Clientele = std::list<Client>;  // who was seen last first
  struct Part {
    mutable std::mutex mutex;
    Clientele list;
    boost::unordered_flat_map<std::string_view, Clientele::iterator> by_name;
  };
  static constexpr std::size_t kParts = 16;
  static void bring_to_front(Part& part, std::string_view client);  // a new one where it is unknown
  Part& part_of(std::string_view client) {
    return parts_[std::hash<std::string_view>{}(client) % kParts];
  }
  const Part& part_of(std::string_view client) const {
    return parts_[std::hash<std::string_view>{}(client) % kParts];
  }

  std::array<Part, kParts> parts_;
};

}  // namespace doorward::api::live
