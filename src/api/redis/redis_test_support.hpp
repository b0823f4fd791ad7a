// For tests: counters in a map, and a Redis over them.
#pragma once

#include "api/live/live.hpp"
#include "api/redis/redis.hpp"
#include "core/limit/decide.hpp"
#include "ports/memory/fake_clock.hpp"

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace doorward::api::redis {

class CounterDouble final : public ports::CounterStore {
 public:
  limit::Decision decide(const ports::Hit& hit, limit::Time now) override {
    const std::lock_guard lock(mutex_);
    return limit::decide(states_[{hit.key.hi, hit.key.lo}], *hit.quota, now, hit.cost);
  }
  bool decide(std::span<const ports::Hit>, limit::Time, std::span<limit::Decision>) override {
    return false;
  }
  limit::Decision peek(const ports::Hit&, limit::Time) const override { return {}; }
  limit::Decision charge(const ports::Hit&, limit::Time) override { return {}; }
  bool reset(const Hash128&) override { return false; }
  bool renew(const ports::Hit&, limit::Time) override { return false; }
  bool release(const ports::Hit&, limit::Time) override { return false; }
  ports::CounterStats stats() const override { return {states_.size(), 0, 0, 0}; }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, limit::State> states_;
};

struct TestRedis {
  explicit TestRedis(RedisOptions options = {}) : redis(std::move(options), store, clock, live) {
    conversation = redis.open();
  }

  // The reply, as it is on the wire; with "(closed)" where the connection ends.
  std::string say(const std::vector<std::string>& words) {
    const std::vector<std::string_view> arguments(words.begin(), words.end());
    std::string out;
    const edge::After after = conversation->answer(arguments, out);
    return out + (after == edge::After::close ? "(closed)" : "");
  }

  CounterDouble store;
  ports::FakeClock clock;
  live::Live live{clock};
  Redis redis;
  std::unique_ptr<edge::RespConversation> conversation;
};

}  // namespace doorward::api::redis
