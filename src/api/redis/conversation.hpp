// One connection of a Redis client: who it is, and its commands.
//
// Ownership: the Redis outlives it.
// Threads: on the loop of its connection only.
#pragma once

#include "api/redis/redis.hpp"

#include <span>
#include <string>
#include <string_view>

namespace doorward::api::redis {

using Arguments = std::span<const std::string_view>;

class Conversation final : public edge::RespConversation {
 public:
  explicit Conversation(Redis& redis)
      : redis_(redis), id_(++redis.last_id_), known_(!redis.options_.needs_auth) {}

  edge::After answer(Arguments arguments, std::string& out) override;
  bool is_known() const override { return known_; }

 private:
  struct Command;
  static std::span<const Command> commands();
  static const Command* find(std::string_view name);

  edge::After auth(Arguments arguments, std::string& out);
  edge::After client(Arguments arguments, std::string& out);
  edge::After command(Arguments arguments, std::string& out);
  edge::After echo(Arguments arguments, std::string& out);
  edge::After hello(Arguments arguments, std::string& out);
  edge::After info(Arguments arguments, std::string& out);
  edge::After ping(Arguments arguments, std::string& out);
  edge::After quit(Arguments arguments, std::string& out);
  edge::After reset(Arguments arguments, std::string& out);
  edge::After select(Arguments arguments, std::string& out);
  edge::After throttle(Arguments arguments, std::string& out);

  // After a refusal: too many wrong passwords end the connection.
  edge::After after_refusal() const;
  // Each appends an error where it answers false.
  bool log_in(std::string_view user, std::string_view password, std::string& out);
  bool rename(std::string_view name, std::string& out);
  bool hello_options(Arguments options, std::string& out);

  // As the version in use has it.
  void append_map(std::string& out, std::size_t pairs) const;
  void append_null(std::string& out) const;
  void greet(std::string& out) const;

  Redis& redis_;
  std::int64_t id_;
  bool known_;
  int wrong_passwords_ = 0;
  int version_ = 2;  // of the protocol
  std::string name_;
};

}  // namespace doorward::api::redis
