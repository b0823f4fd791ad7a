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
  void wake(std::span<const std::uint64_t> keys) override {
    const std::lock_guard lock(mutex);
    woken.insert(woken.end(), keys.begin(), keys.end());
    heard.notify_all();
  }
  // The shard tells its listener after it answered the command, so a test waits.
  bool was_woken(std::uint64_t key) {
    std::unique_lock lock(mutex);
    return heard.wait_for(lock, std::chrono::seconds{30}, [&] {
      return std::find(woken.begin(), woken.end(), key) != woken.end();
    });
  }

 private:
  std::condition_variable heard;
};

// How often each rule said what: "api passed".
class OutcomeLog final : public gateway::OutcomeCounter {
 public:
  void count(std::string_view rule, gateway::LimitOutcome outcome) override {
    constexpr std::array kNames{"passed", "refused", "would_refuse", "denied"};
    ++counts[std::string(rule) + " " + kNames.at(static_cast<std::size_t>(outcome))];
  }
  std::map<std::string, int> counts;
};

struct TestApi {
  using Fields = std::vector<std::pair<std::string, std::string>>;

  struct Said {
    unsigned status = 0;
    wire::Fields fields;
    std::string body;
    bool parked = false;

    boost::json::object json() const {
      boost::json::error_code problem;
      const auto value = boost::json::parse(body, problem);
      return value.is_object() ? value.get_object() : boost::json::object{};
    }
    std::string text(std::string_view member) const {
      const auto object = json();
      const auto* value = object.if_contains(member);
      return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
    }
    std::string problem() const {
      const std::string type = text("type");
      return type.substr(type.rfind(':') + 1);
    }
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

  explicit TestApi(ApiOptions options = {std::string(kAdminToken), [] { return true; }})
      : api(desk.places, streams, pages, {counters, {3, 4}}, live, std::move(options)) {
    client.address = boost::asio::ip::make_address("192.0.2.1");
    client.host = "shop.example";
    client.scheme = "http";
    streams.attach(desk.places, lots);
    desk.ear.to = &streams;
  }
  ~TestApi() { desk.shard.reset(); }

  Said call(std::string_view method, std::string_view path, const Fields& fields = {},
            std::string_view body = {}) {
    const auto mark = std::min(path.find('?'), path.size());
    gateway::ExchangeDouble exchange(method, path.substr(0, mark));
    exchange.head.has_query = mark < path.size();
    if (exchange.head.has_query) exchange.head.query = path.substr(mark + 1);
    exchange.from = peer;
    for (const auto& [name, value] : fields) exchange.head.fields.append(name, value);
    if (!body.empty()) {
      exchange.body.emplace_back(body);
      if (!exchange.head.fields.contains("Content-Type"))
        exchange.head.fields.append("Content-Type", "application/json");
    }
    return call(exchange);
  }
  Said call(gateway::ExchangeDouble& exchange) {
    desk.run(serve(exchange));
    return {exchange.answer.status, exchange.answer.fields, exchange.answer_body, exchange.parked};
  }
  Said admin(std::string_view method, std::string_view path, std::string_view body = {}) {
    return call(method, path, {bearer(kAdminToken)}, body);
  }
  static std::pair<std::string, std::string> bearer(std::string_view token) {
    return {"Authorization", "Bearer " + std::string(token)};
  }

 private:
  edge::Task<int> serve(edge::Exchange& exchange) {
    co_await api.serve(exchange, client);
    co_return 0;
  }
};

}  // namespace doorward::api
