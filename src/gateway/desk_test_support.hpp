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
  void changed(std::span<const engine::TicketHandle> tickets) override;
  void rooms_changed(std::span<const std::uint32_t> rooms) override;
  void sold_out_changed(std::span<const std::uint32_t> rooms) override;
  void units_changed(std::span<const engine::UnitChange> units) override;
};

const wire::jose::KeySet& test_keys();

const wire::jose::Key& issuer_key();

inline constexpr std::string_view kApiKey = "backend-key-0123456789";

IdentityOptions test_identity();

struct TestDesk {
  ports::FakeClock clock;
  ports::SeededEntropy entropy{1};
  Ear ear;
  ports::MemoryLog log{clock};
  boost::asio::io_context loop;
  std::unique_ptr<engine::Shard> shard;
  Tokens tokens;
  Identities identities;
  Places places;

  TestDesk();
  ~TestDesk();

  IdentityOptions with_tenants(IdentityOptions options);
  void run(edge::Task<> task);
  template <class T>
  T run(edge::Task<T> task) {
    std::optional<T> result;
    run(keep(std::move(task), result));
    return std::move(*result);
  }
  engine::Outcome submit(engine::Command command);
  // The same while `run` runs something else.
  engine::Outcome submit_aside(engine::Command command);
  // After a refusal the shard tries again by itself; this asks until it has.
  void wait_until_writable();
  void set_room(std::string name, room::Policy policy);
  void set_mode(std::string_view name, room::Mode mode);
  void set_capacity(std::string name, std::uint32_t capacity);
  Place join(std::string_view room, std::string_view device);
  std::string user_token(std::string_view subject, std::string_view lane = "");

 private:
  template <class T>
  static edge::Task<> keep(edge::Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
  }
};

// The cookies that an answer sets, as the next request's `Cookie` field.
std::string cookies_of(const wire::Fields& answer);

}  // namespace doorward::gateway
