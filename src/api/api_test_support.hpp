// For tests: the whole API over a shard in memory, called request by request.
#pragma once

#include "api/api.hpp"
#include "gateway/desk_test_support.hpp"
#include "ports/memory/memory_counter_store.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::api {

inline constexpr std::string_view kAdminToken = "admin-token-0123456789";

// Remembers what was woken.
class LotsDouble final : public edge::ParkingLots {
 public:
  std::mutex mutex;
  std::vector<std::uint64_t> woken;
  void wake(std::span<const std::uint64_t> keys) override;
  // The shard tells its listener after it answered the command, so a test waits.
  bool was_woken(std::uint64_t key);

 private:
  std::condition_variable heard;
};

// How often each rule said what: "api passed".
class OutcomeLog final : public gateway::OutcomeCounter {
 public:
  void count(std::string_view rule, gateway::LimitOutcome outcome) override;
  gateway::OutcomeCounts so_far() const override { return sums_; }
  std::map<std::string, int> counts;

 private:
  gateway::OutcomeCounts sums_;
};

struct TestApi {
  using Fields = std::vector<std::pair<std::string, std::string>>;

  struct Said {
    unsigned status = 0;
    wire::Fields fields;
    std::string body;
    bool parked = false;

    boost::json::object json() const;
    std::string text(std::string_view member) const;
    std::string problem() const;  // the type's last word
  };

  gateway::TestDesk desk;
  LotsDouble lots;
  gateway::Pages pages{{}};
  TicketStreams streams{desk.clock};
  ports::MemoryCounterStore counters;
  OutcomeLog outcomes;
  live::Live live{desk.clock, &outcomes};
  Api api;
  gateway::Client client;
  edge::Peer peer;

  explicit TestApi(ApiOptions options = {std::string(kAdminToken), [] { return true; }});
  ~TestApi();

  Said call(std::string_view method, std::string_view path, const Fields& fields = {},
            std::string_view body = {});
  Said call(gateway::ExchangeDouble& exchange);
  Said admin(std::string_view method, std::string_view path, std::string_view body = {});
  static std::pair<std::string, std::string> bearer(std::string_view token);

 private:
  edge::Task<int> serve(edge::Exchange& exchange);
};

}  // namespace doorward::api
