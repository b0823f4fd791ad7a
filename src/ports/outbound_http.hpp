// A page fetched from another server, by GET: keys of an identity provider.
//
// Why:     who wants a page says how long it may take and how large it may be; how it is fetched
//          is the edge's.
// Threads: `get` from any thread. `done` is called exactly once, on a thread of the client, unless
//          the client's loops end before: then never.
// Bounds:  `deadline` for each step (connecting, waiting, each piece) and for the whole once more,
//          over TLS for the whole; `most_bytes` of a body.
// Errors:  invalid (the address, or the answer is no HTTP), unavailable (a certificate that is not
//          believed, too), timed_out, closed, too_large. Any status is an answer; redirections are
//          not followed.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace doorward::ports {

struct HttpGet {
  std::string url;  // "http://HOST[:PORT]/PATH", or https
  Millis deadline{std::chrono::seconds{3}};
  std::size_t most_bytes = 256 * 1024;
  std::string authorities = {};  // PEM, of https; empty: the system's
};

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

class OutboundHttp {
 public:
  using Done = std::function<void(Result<HttpAnswer>)>;
  virtual ~OutboundHttp() = default;
  virtual void get(HttpGet request, Done done) = 0;
};

}  // namespace doorward::ports
