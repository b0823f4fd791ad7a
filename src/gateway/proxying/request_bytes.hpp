// The head that an upstream is sent.
//
// Why:     forwarding fields are continued where a trusted proxy began them and written anew
//          elsewhere; framing and Host are ours to say.
// Threads: pure function.
// Spec:    RFC 9112 section 3, RFC 7239, RFC 9110 sections 7.6.3 (Via) and 10.1.4 (TE).
#pragma once

#include "gateway/filter.hpp"
#include "gateway/proxy.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::gateway::proxying {

struct RequestBody {
  bool present = false;
  std::optional<std::uint64_t> length;  // absent: chunked
  bool expect_continue = false;
};

// Appends the head with its empty line. `authority` is the endpoint's.
void append_request(std::string& out, const Context& context, const ProxyTarget& target,
                    const ProxyOptions& options, std::string_view authority,
                    const RequestBody& body);

// Whether the head that is sent asks for a WebSocket.
bool asks_for_upgrade(const wire::RequestHead& head);

}  // namespace doorward::gateway::proxying
