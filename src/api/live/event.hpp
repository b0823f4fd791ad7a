// One thing that happened, as those who watch are told.
//
// Bounds: texts are cut at kMaxText.
// Spec:   docs/api.md, "Live events".
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace doorward::api::live {

inline constexpr std::size_t kMaxText = 256;

enum class EventType : std::uint8_t { request_processed, rate_limit_exceeded, room, rule };

struct Event {
  EventType type = EventType::request_processed;
  LogTime at{};
  std::string client = {};    // as the rule told it apart: "192.0.2.1", "alice"
  std::string endpoint = {};  // the path
  std::string method = {};
  std::string rule = {};    // empty: no rule applied
  std::string quota = {};   // the tightest of the rule
  std::string detail = {};  // of a room or a rule: what changed
  unsigned status = 0;      // 0: none yet
  std::uint64_t limit = 0;
  std::uint64_t remaining = 0;
  Millis retry_after{};  // of a refusal, rounded up
  bool dry_run = false;  // would have been refused
};

std::string_view to_string(EventType type);
// {"type":"rate_limit_exceeded","at":…}; members without a value are left out.
std::string to_json(const Event& event);

}  // namespace doorward::api::live
