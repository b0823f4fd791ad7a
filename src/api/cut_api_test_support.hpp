// For tests: the whole API, and somebody who cuts in between a call's reading and its writing.
#pragma once

#include "api/api_test_support.hpp"
#include "api/cut_shard_test_support.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace doorward::api {

class CutApi {
 public:
  using Said = TestApi::Said;

  // An admin's call; `cut_in` is run once, right before its command is submitted.
  Said call_while(std::function<void()> cut_in, std::string_view method, std::string_view path,
                  std::string_view body, std::string_view if_match = {},
                  const TestApi::Fields& more = {});
  // Of others, also while a call is served.
  engine::Status submit_aside(engine::Command command) {
    return uncut.desk.submit_aside(std::move(command)).status;
  }

  TestApi uncut;
  CutShard shard{*uncut.desk.shard};

 private:
  edge::Task<int> serve(edge::Exchange& exchange);

  gateway::Places places_{
      {shard, uncut.desk.clock, uncut.desk.entropy, uncut.desk.tokens, uncut.desk.identities}};
  Api api_{places_,     uncut.streams,
           uncut.pages, {uncut.counters, {3, 4}},
           uncut.live,  {std::string(kAdminToken), [] { return true; }}};
};

}  // namespace doorward::api
