#include "app/serve/trouble.hpp"

#include "wire/clip.hpp"

namespace doorward::app {

void log_trouble(Log& log, engine::Trouble trouble, std::string_view cause) {
  using engine::Trouble;
  const LogFields fields{{"fault", cause}};
  switch (trouble) {
    case Trouble::append_failed:
      return log.warn("the command log refuses writes; joins get 503 until it takes them", fields);
    // A warning as well, so that who logs nothing less sees the end of it.
    case Trouble::append_resumed:
      return log.warn("the command log takes writes again; joins go on");
    case Trouble::read_failed:
      return log.warn("the command log cannot be read; it is tried again", fields);
    case Trouble::snapshot_failed:
      return log.warn("no snapshot could be written; the log grows until the next one", fields);
    case Trouble::trim_failed:
      return log.warn("the command log could not be trimmed; it grows until it can", fields);
    case Trouble::time_stands:
      return log.warn("log time stands still; deadlines and rates wait for it", fields);
    case Trouble::time_ahead:
      return log.warn(
          "log time is ahead of this machine's clock, which was wrong or is; opens_at and "
          "closes_at "
          "come so much too early: see \"The clock\" in docs/operations.md",
          {{"ahead", cause}});
    case Trouble::skipped:
      return log.warn(
          "this node stood still for longer than the log is kept; it goes on from a snapshot",
          fields);
    case Trouble::broken:
      return log.error("the command log cannot be applied any more; restart this node", fields);
  }
}

void log_refusal(Log& log, const edge::Refusal& refusal) {
  const LogFields fields{{"address", refusal.address.to_string()}};
  if (refusal.protocol == edge::Protocol::resp)
    return log.warn("connections are refused: redis_listen.connections is reached", fields);
  if (refusal.admin)
    return log.warn("connections are refused: admin.listen has as many as it takes", fields);
  if (refusal.in_all)
    return log.warn("connections are refused: limits.connections is reached", fields);
  log.warn(
      "connections of an address are refused: limits.connections_per_address is reached; if it is "
      "a proxy of yours, name it in trusted_proxies",
      fields);
}

void log_unknown_lane(Log& log, std::string_view room, std::string_view lane) {
  constexpr std::size_t kShown = 64;
  log.warn("a user's token names a lane that its room does not have; the first lane is taken",
           {{"room", room}, {"lane", wire::clip(lane, kShown)}});
}

}  // namespace doorward::app
