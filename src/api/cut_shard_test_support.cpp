#include "api/cut_shard_test_support.hpp"

namespace doorward::api {

Result<> CutShard::submit(engine::Command command, engine::Completion& completion) {
  cut(before_submit);
  if (refuses) return error(Errc::overloaded, "The queue is full.");
  ++(std::holds_alternative<engine::PresenceStart>(command) ? starts : ends);
  return inner_.submit(std::move(command), completion);
}

}  // namespace doorward::api
