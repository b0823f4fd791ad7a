#include "api/live/room_watch.hpp"

#include <fmt/format.h>

#include <utility>

namespace doorward::api::live {
namespace {

constexpr Millis kSampleEvery = std::chrono::seconds{10};
constexpr Millis kMinute = std::chrono::minutes{1};

Event event_of(EventType type, LogTime now, std::string detail) {
  Event event;
  event.type = type;
  event.at = now;
  event.detail = std::move(detail);
  return event;
}

}  // namespace

void RoomWatch::look(const engine::Shard& shard, Bus& bus, Statistics& statistics, LogTime now) {
  std::uint64_t waiting = 0;
  std::uint64_t inside = 0;
  {
    const std::lock_guard lock(mutex_);
    ++looks_;
    told_ = 0;
    for (const engine::RoomEntry& entry : shard.rooms()) {
      waiting += entry.view.waiting;
      inside += entry.view.inside;
      look_at(entry, bus, now);
    }
    forget_rooms(bus, now);
    look_at_rules(shard, bus, now);
  }
  statistics.sample(waiting, inside, now);
}

void RoomWatch::tell(Bus& bus, Event event) {
  if (looks_ == 1 || !bus.has_listeners() || told_ == kMostTold) return;
  ++told_;
  bus.publish(std::move(event));
}

void RoomWatch::look_at(const engine::RoomEntry& entry, Bus& bus, LogTime now) {
  const room::RoomView& view = entry.view;
  const auto found = rooms_.find(view.room);
  if (found == rooms_.end() && rooms_.size() == kMostRooms) return;
  Known& known = rooms_[view.room];
  std::string detail;
  if (known.seen == 0) {
    detail = "made";
  } else if (known.mode != view.mode) {
    detail = fmt::format("is {} now", room::to_string(view.mode));
  } else if (!(known.policy == view.policy)) {
    detail = "changed";
  } else if (known.waiting != view.waiting || known.inside != view.inside) {
    detail = fmt::format("{} waiting, {} inside", view.waiting, view.inside);
  }
  if (!detail.empty())
    tell(bus, event_of(EventType::room, now, fmt::format("{}: {}", entry.name, detail)));
  known.name = entry.name;
  known.policy = view.policy;
  known.mode = view.mode;
  known.waiting = view.waiting;
  known.inside = view.inside;
  known.seen = looks_;
  auto& samples = known.samples;
  if (!samples.empty() && now < samples.back().at) samples.clear();
  if (samples.empty() || now - samples.back().at >= kSampleEvery)
    samples.push_back({now, view.admitted_total});
  while (samples.size() > 1 && now - samples[1].at >= kMinute) samples.pop_front();
}

void RoomWatch::forget_rooms(Bus& bus, LogTime now) {
  for (auto at = rooms_.begin(); at != rooms_.end();) {
    if (at->second.seen == looks_) {
      ++at;
      continue;
    }
    tell(bus, event_of(EventType::room, now, at->second.name + ": removed"));
    at = rooms_.erase(at);
  }
}

void RoomWatch::look_at_rules(const engine::Shard& shard, Bus& bus, LogTime now) {
  auto rules = shard.rules();
  if (rules == rules_) return;
  const auto say = [&](const limit::CompiledRule& rule, const char* what) {
    Event event = event_of(EventType::rule, now, what);
    event.rule = rule.rule().name;
    tell(bus, std::move(event));
  };
  for (const auto& rule : rules->rules()) {
    const auto* before = rules_ ? rules_->named(rule->rule().name) : nullptr;
    if (before == nullptr) {
      say(*rule, "made");
    } else if (before != rule.get()) {
      say(*rule, rule->rule().active ? "changed" : "changed, and switched off");
    }
  }
  if (rules_) {
    for (const auto& rule : rules_->rules())
      if (rules->named(rule->rule().name) == nullptr) say(*rule, "removed");
  }
  rules_ = std::move(rules);
}

std::optional<double> RoomWatch::admitted_per_min(const room::RoomView& view, LogTime now) const {
  const std::lock_guard lock(mutex_);
  const auto found = rooms_.find(view.room);
  if (found == rooms_.end()) return std::nullopt;
  const Sample& oldest = found->second.samples.front();
  if (now - oldest.at < kSampleEvery || view.admitted_total < oldest.admitted) return std::nullopt;
  const auto took = std::chrono::duration<double, std::ratio<60>>(now - oldest.at);
  return static_cast<double>(view.admitted_total - oldest.admitted) / took.count();
}

}  // namespace doorward::api::live
