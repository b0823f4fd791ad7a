// What refusals that pass by themselves say in `Retry-After`, in seconds.
//
// Why:     in one place, so that they can be weighed against one another: too short and the crowd
//          is back at once, too long and people give up. A waiting visitor's is the poll's own.
// Spec:    RFC 9110 section 10.2.3.
#pragma once

#include <string_view>

namespace doorward::wire::retry_after {

// All connections to a service are taken: one is free as soon as an answer is through.
inline constexpr std::string_view kUpstreamBusy = "1";
// Any 503 of ours: the queue of commands is full, the log refuses, a node is behind.
inline constexpr std::string_view kUnavailable = "2";
// The waiting page while nobody can join; it tries again by itself.
inline constexpr std::string_view kPage = "5";
// Too many connections or streams: others have to go first.
inline constexpr std::string_view kCrowded = "5";
// A lock that somebody else has; with a `wait` one need not ask again.
inline constexpr std::string_view kLockBusy = "1";
// A room that is closed opens by hand or by its time.
inline constexpr std::string_view kRoomClosed = "60";

}  // namespace doorward::wire::retry_after
