// How long an upstream may take, and how much of it is used at once.
//
// Bounds: per loop: `connections` to an endpoint, and `waiting` requests for one of them.
#pragma once

#include "base/time.hpp"

#include <chrono>
#include <cstddef>

namespace doorward::edge {

struct UpstreamLimits {
  Millis connect{std::chrono::seconds{2}};
  Millis wait{std::chrono::seconds{5}};         // for a connection while all are taken
  Millis first_byte{std::chrono::seconds{30}};  // from the end of the request
  Millis idle{std::chrono::seconds{60}};        // between two pieces
  // How long a connection is kept unused: less than servers keep theirs (Node.js 5 s), so that one
  // is seldom taken while the server closes it.
  Millis keep_alive{std::chrono::seconds{4}};
  std::size_t connections = 256;
  std::size_t waiting = 1'024;
  std::size_t idle_connections = 64;
};

}  // namespace doorward::edge
