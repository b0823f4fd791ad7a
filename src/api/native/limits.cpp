// The decision of a limit for whoever asks by name.
#include "api/native/limit_checks.hpp"
#include "api/native/native.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::api {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;

constexpr std::size_t kMaxChecksBody = 1U << 20;
constexpr std::string_view kChecks = "checks";
constexpr std::span<const std::string_view> kAnyMember;

struct Asked {
  std::vector<Check> checks;
  bool is_batch = false;
};

// All are read before the first is decided.
gateway::Sought<Asked> read_checks(const Desk& desk, const Call& call, const json::object& body,
                                   limit::Time now) {
  Asked asked;
  const auto rules = desk.shard().rules(call.tenant);
  const auto add = [&](const json::value& said, const std::string& path) -> std::optional<Error> {
    auto check = Check::read(said, path, rules, desk.counting.key, now);
    if (check.has_error()) return check.error();
    asked.checks.push_back(std::move(*check));
    return std::nullopt;
  };
  std::optional<Error> fault;
  const json::value* list = body.if_contains(kChecks);
  asked.is_batch = list != nullptr;
  if (list == nullptr) {
    fault = add(json::value(body), "");
  } else if (body.size() > 1) {
    fault = error(Errc::invalid, "checks: stands beside other members; put them into each check");
  } else if (!list->is_array() || list->get_array().size() > kMaxChecks) {
    fault = error(Errc::invalid, fmt::format("checks: send a list of at most {}", kMaxChecks));
  } else {
    for (const json::value& said : list->get_array()) {
      fault = add(said, fmt::format("checks[{}]", asked.checks.size()));
      if (fault) break;
    }
  }
  if (fault) return gateway::problem(problems::kInvalid, fault->what);
  return asked;
}

}  // namespace

edge::Task<Answer> check_limits(Desk& desk, Call& call) {
  if (auto refused = refuse_stranger(desk, call)) co_return std::move(*refused);
  const Body body = co_await read_body(call, kAnyMember, kMaxChecksBody);
  if (body.has_error()) co_return gateway::answer(body.error());
  Retry retry(desk, call);
  if (retry.answer) co_return std::move(retry.answer);
  const limit::Time now = desk.places.services().clock.limit_now();
  auto asked = read_checks(desk, call, *body, now);
  if (asked.has_error()) co_return gateway::answer(asked.error());
  json::array results;
  for (Check& check : asked->checks) {
    check.decide(desk.counting.store, now);
    check.tell(desk.live);
    results.push_back(check.json());
  }
  if (!asked->is_batch) co_return retry.kept(json_answer(200, results.at(0).as_object()));
  co_return retry.kept(json_answer(200, json::object{{"results", std::move(results)}}));
}

edge::Task<Answer> reset_limits(Desk& desk, Call& call) {
  if (auto no_admin = refuse_manager(desk, call)) co_return std::move(*no_admin);
  const Body body = co_await read_body(call, kAnyMember, kMaxChecksBody);
  if (body.has_error()) co_return gateway::answer(body.error());
  Retry retry(desk, call);
  if (retry.answer) co_return std::move(retry.answer);
  auto asked = read_checks(desk, call, *body, desk.places.services().clock.limit_now());
  if (asked.has_error()) co_return gateway::answer(asked.error());
  std::size_t reset = 0;
  for (const Check& check : asked->checks) reset += check.reset(desk.counting.store);
  co_return retry.kept(json_answer(200, json::object{{"reset", reset}}));
}

}  // namespace doorward::api
