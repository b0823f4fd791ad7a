// What a listener for the Redis protocol answers with: one conversation for each connection.
//
// Why:     the edge owns sockets, framing, deadlines and bounds; what a command means is decided
//          here. A command is answered at once, so that a pipeline of thousands costs no coroutine
//          each: whoever must wait for something does not belong here.
// Ownership: a conversation belongs to its connection and ends with it.
// Threads: on the loop of its connection only; the maker is called on every loop.
// Spec:    docs/redis-protocol.md.
#pragma once

#include "edge/exchange.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace doorward::edge {

enum class After : std::uint8_t { go_on, close };

class RespConversation {
 public:
  virtual ~RespConversation() = default;
  // Appends the reply to `out`. The arguments, the command's name first, are valid until it
  // returns.
  virtual After answer(std::span<const std::string_view> arguments, std::string& out) = 0;
  // Whether the client has shown who it is, or needs not. Until then it has `RespOptions::request`
  // in all, and is not kept for longer.
  virtual bool is_known() const { return true; }
};

using RespConversations = std::function<std::unique_ptr<RespConversation>(const Peer&)>;

}  // namespace doorward::edge
