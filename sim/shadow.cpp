#include "shadow.hpp"

#include <algorithm>
#include <tuple>

namespace doorward::sim {
namespace {

constexpr std::size_t kAtOnce = 1'000;

// Whether `again` is `first` with ticks in place of what somebody was refused.
bool is_retry_of(const std::string& first, const std::string& again) {
  const engine::Batch had = engine::decode(first).value();
  const engine::Batch has = engine::decode(again).value();
  if (had.header != has.header || had.commands.size() != has.commands.size()) return false;
  for (std::size_t i = 0; i < had.commands.size(); ++i) {
    const bool is_tick = std::holds_alternative<engine::Tick>(has.commands[i]);
    if (!is_tick && has.commands[i] != had.commands[i]) return false;
  }
  return true;
}

auto shown(const engine::Outcome& outcome) {
  const room::TicketView ticket = outcome.ticket.value_or(room::TicketView{});
  return std::tuple(outcome.status, outcome.ticket.has_value(), ticket.id, ticket.state,
                    ticket.position, ticket.waiting, ticket.expires_at);
}

}  // namespace

std::optional<std::string> Shadow::follow(Random& random) {
  const auto entries = log_.read(state_.applied(), kAtOnce, Millis(0)).value();
  for (const ports::LogEntry& entry : entries) {
    engine::Batch batch = engine::decode(entry.batch).value();
    if (auto what = check_counters(batch.header, batch.commands.size(), entry.batch)) return what;
    auto outcomes = state_.apply({entry.at, entry.time, batch});
    state_.take_changes();
    ++entries_;
    if (auto what = observer_.after(state_, batch, outcomes, entry.time, random.chance(25)))
      return what;
    applied_[entry.at] = {std::move(batch.commands), std::move(outcomes)};
  }
  return std::nullopt;
}

std::optional<std::string> Shadow::check_counters(const engine::BatchHeader& header,
                                                  std::size_t count, const std::string& bytes) {
  const auto [known, is_new] = batches_.try_emplace({header.node, header.first_counter}, bytes);
  if (!is_new) {
    if (is_retry_of(known->second, bytes)) return std::nullopt;
    return "commit: other commands under the counters of a batch that stands";
  }
  std::uint64_t& next = next_counters_.try_emplace(header.node, 1).first->second;
  if (header.first_counter != next) return "commit: a node's counters do not follow one another";
  next += count;
  return std::nullopt;
}

bool Shadow::agrees(const engine::Command& command, const engine::Outcome& outcome) const {
  const auto found = applied_.find(outcome.at);
  if (found == applied_.end()) return false;
  const Applied& entry = found->second;
  for (std::size_t i = 0; i < entry.commands.size(); ++i) {
    if (entry.commands[i] == command && shown(entry.outcomes[i]) == shown(outcome)) return true;
  }
  return false;
}

}  // namespace doorward::sim
