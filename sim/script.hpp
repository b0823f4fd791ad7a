// What happens in one history: who comes, goes, polls, and what operators and nodes do.
//
// Why:     draws everything from the seed and from what visitors could know, so that a seed is a
//          whole history. Knows nothing of the engine's inside.
#pragma once

#include "engine/record.hpp"
#include "random.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace doorward::sim {

// A node of the service: an id drawn at each start, and counters.
struct Node {
  std::uint64_t id = 0;
  std::uint64_t place = 0;
  std::uint64_t next_counter = 1;
};

class Script {
 public:
  explicit Script(std::uint64_t seed);

  // How long after the entry before.
  Millis pause();
  // The next batch of some node, written at `now`.
  engine::Batch batch(LogTime now);
  // A batch of long ago, or one that was appended twice; false if there is none yet.
  bool has_repeat() { return !written_.empty() && random_.chance(4); }
  engine::Batch repeat() { return written_[random_.below(written_.size())]; }
  // This batch never reached the log, and nobody has it any more.
  void lose(const engine::Batch& batch) { std::erase(written_, batch); }
  Random& random() { return random_; }

 private:
  engine::Batch signed_by(Node& node, LogTime now, std::vector<engine::Command> commands);
  engine::Batch restart(Node& node, LogTime now);
  engine::Command command();
  engine::Command visitor_command();
  engine::Command operator_command();
  engine::Join join();
  TicketId some_ticket();
  std::string some_room();
  engine::Command rule_command();
  std::optional<engine::Digest> some_digest(const std::optional<engine::Digest>& last);
  engine::Command policy_command();
  engine::Command inventory_command();
  engine::Command reserve_command();
  engine::Command hold_command();
  engine::Command lock_command();
  room::Policy policy();
  void limit(room::Policy& policy);
  void time(room::Policy& policy);

  Random random_;
  std::vector<Node> nodes_;
  std::vector<TicketId> tickets_;
  std::vector<engine::Join> joins_;
  std::vector<engine::Hold> holds_;
  std::vector<engine::AcquireLock> grants_;
  std::vector<engine::Batch> written_;
  std::map<std::string, room::Policy> set_last_;
  std::map<std::string, std::optional<engine::Digest>> rules_last_;  // or older ones
  std::map<std::string, std::optional<engine::Digest>> inventories_last_;
  LogTime now_{};
  std::uint64_t drawn_ids_ = 0;
  unsigned rooms_ = 1;
  unsigned subjects_ = 10;
  std::uint64_t most_at_once_ = 12;  // commands of visitors in one batch
  bool busy_ = true;                 // short sessions and much coming and going
};

}  // namespace doorward::sim
