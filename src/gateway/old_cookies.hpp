// Takes back a browser's cookies of places that are over, where it carries many.
//
// Why:     each room gives about 900 bytes of cookies for days; some dozen rooms make a head longer
//          than servers take, our own among them.
// Time:    `now` from the clock in `places`.
// Threads: thread-safe.
// Bounds:  nothing is done below kManyTickets; of more, kMostLooked are looked at. A cookie that
//          cannot be read stays: it may be another Doorward's.
#pragma once

#include "gateway/places.hpp"

#include <cstddef>
#include <string_view>

namespace doorward::gateway {

inline constexpr std::size_t kManyTickets = 8;
inline constexpr std::size_t kMostLooked = 32;

// Adds `Set-Cookie` fields to `answer`. Those of `room` are left alone.
void take_back_old_cookies(const wire::RequestHead& head, std::string_view room, Places& places,
                           wire::Fields& answer);

}  // namespace doorward::gateway
