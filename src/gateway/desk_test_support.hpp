// For tests: a shard over a log in memory with everything that a visitor's request needs, under a
// clock that stands still.
#pragma once

#include "engine/shard.hpp"
#include "gateway/exchange_double.hpp"
#include "gateway/places.hpp"
#include "ports/memory/fake_clock.hpp"
#include "ports/memory/memory_log.hpp"
#include "ports/memory/seeded_entropy.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <memory>
#include <string>
#include <string_view>

namespace doorward::gateway {

// Passes what the shard says on to whoever is listening, if anyone.
class Ear final : public engine::Listener {
 public:
  engine::Listener* to = nullptr;
  void changed(std::span<const engine::TicketHandle> tickets) override {
    if (to != nullptr) to->changed(tickets);
  }
  void rooms_changed(std::span<const std::uint32_t> rooms) override {
    if (to != nullptr) to->rooms_changed(rooms);
  }
  void sold_out_changed(std::span<const std::uint32_t> rooms) override {
    if (to != nullptr) to->sold_out_changed(rooms);
  }
  void units_changed(std::span<const engine::UnitChange> units) override {
    if (to != nullptr) to->units_changed(units);
  }
};

inline const wire::jose::KeySet& test_keys() {
  using wire::jose::Algorithm;
  using wire::jose::Key;
  static const wire::jose::KeySet keys({Key::generate(Algorithm::es256, "p1").value(),
                                        Key::generate(Algorithm::hs256, "s1").value()});
  return keys;
}

inline const wire::jose::Key& issuer_key() {
  using wire::jose::Key;
  static const Key key = Key::generate(wire::jose::Algorithm::es256, "i1").value();
  return key;
}

inline constexpr std::string_view kApiKey = "backend-key-0123456789";

inline IdentityOptions test_identity() {
  IdentityOptions options;
  options.issuers.push_back({"https://id.example", "shop",
                             std::make_shared<IssuerKeys>(wire::jose::KeySet({issuer_key()})),
                             "sub", "lane"});
  // The SHA-256 of kApiKey.
  options.api_keys.push_back(
      {"shop", "95f691188978c0ae43ea554626cc672c97a850b5c16f277c993472190d647855"});
  options.subject_key = {1, 2};
  return options;
}

struct TestDesk {
  ports::FakeClock clock;
  ports::SeededEntropy entropy{1};
  Ear ear;
  ports::MemoryLog log{clock};
  boost::asio::io_context loop;
  std::unique_ptr<engine::Shard> shard =
      std::move(engine::Shard::open(log, clock, entropy, ear, {}).value());
  Tokens tokens{split_keys(test_keys())};
  Identities identities{with_tenants(test_identity()), tokens};
  Places places{{*shard, clock, entropy, tokens, identities}};

  ~TestDesk() {
    shard.reset();  // before the loop
  }

  IdentityOptions with_tenants(IdentityOptions options) {
    options.tenants = [this] { return shard->tenants(); };
    return options;
  }
  template <class T>
  T run(edge::Task<T> task) {
    std::future<T> done = boost::asio::co_spawn(loop, std::move(task), boost::asio::use_future);
    loop.restart();
    loop.run();
    return done.get();
  }
  engine::Outcome submit(engine::Command command) {
    return run(await_shard(*shard, std::move(command))).value();
  }
  // The same while `run` runs something else.
  engine::Outcome submit_aside(engine::Command command) {
    boost::asio::io_context own;
    auto done = boost::asio::co_spawn(own, await_shard(*shard, std::move(command)),
                                      boost::asio::use_future);
    own.run();
    return done.get().value();
  }
  // After a refusal the shard tries again by itself; this asks until it has.
  void wait_until_writable() {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (std::chrono::steady_clock::now() < give_up) {
      const auto outcome = run(await_shard(*shard, engine::Tick{}));
      if (outcome && outcome->status == engine::Status::done) return;
    }
    ADD_FAILURE() << "the shard did not recover";
  }
  void set_room(std::string name, room::Policy policy) {
    const auto outcome = submit(engine::SetRoom{std::move(name), std::move(policy)});
    EXPECT_EQ(outcome.status, engine::Status::done);
  }
  void set_capacity(std::string name, std::uint32_t capacity) {
    room::Policy policy;
    policy.capacity = capacity;
    set_room(std::move(name), policy);
  }
  Place join(std::string_view room, std::string_view device) {
    return run(places.join({room, identities.device(device), {}})).value();
  }
  std::string user_token(std::string_view subject, std::string_view lane = "") {
    const auto now_s = std::chrono::floor<std::chrono::seconds>(places.now().time_since_epoch());
    boost::json::object claims{{"iss", "https://id.example"},
                               {"aud", "shop"},
                               {"sub", subject},
                               {"exp", now_s.count() + 600}};
    if (!lane.empty()) claims["lane"] = lane;
    return wire::jose::sign(issuer_key(), "JWT", claims);
  }
};

// The cookies that an answer sets, as the next request's `Cookie` field.
inline std::string cookies_of(const wire::Fields& answer) {
  std::string field;
  for (std::size_t i = 0; i < answer.size(); ++i) {
    const auto [name, value] = answer[i];
    if (!wire::equal_ignoring_case(name, "Set-Cookie")) continue;
    if (!field.empty()) field += "; ";
    field += value.substr(0, value.find(';'));
  }
  return field;
}

}  // namespace doorward::gateway
