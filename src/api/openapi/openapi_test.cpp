// The description against the router: neither knows a call that the other does not.
#include "api/api_test_support.hpp"
#include "api/compat/systems.hpp"
#include "api/router.hpp"
#include "gateway/problems.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <boost/json.hpp>

#include <functional>
#include <set>
#include <string>

namespace doorward::api {
namespace {

namespace json = boost::json;
using Texts = std::set<std::string>;

json::object document() { return TestApi().call("GET", "/openapi.json").json(); }

struct Operation {
  std::string method;
  std::string path;
  const json::object& item;  // of the path
  const json::object& call;
};

void each_operation(const json::object& document, const std::function<void(Operation)>& see) {
  for (const auto& [path, item] : document.at("paths").as_object()) {
    for (const auto& [method, call] : item.as_object()) {
      if (method == "parameters" || method == "servers") continue;
      see({boost::to_upper_copy(std::string(method)), path, item.as_object(), call.as_object()});
    }
  }
}

std::string call_of(std::string_view method, std::string_view path) {
  return std::string(method) + ' ' + std::string(path);
}

Texts routed() {
  Texts calls;
  for (const Entry& entry : entries())
    calls.insert(call_of(entry.method, std::string("/v1") + entry.path));
  for (const compat::System* system : compat::all_systems())
    for (const compat::Row& row : system->rows) calls.insert(call_of(row.method, row.path));
  return calls;
}

bool is_native(const Operation& operation) { return operation.path.starts_with("/v1/"); }

// The names of the path's parameters that are declared, in braces.
std::string declared(const json::object& item) {
  std::string names;
  if (const auto* list = item.if_contains("parameters")) {
    for (const auto& parameter : list->as_array())
      if (parameter.at("in").as_string() == "path")
        names += '{' + std::string(parameter.at("name").as_string()) + '}';
  }
  return names;
}

std::string in_braces(const std::string& path) {
  std::string names;
  for (auto from = path.find('{'); from != std::string::npos; from = path.find('{', from + 1))
    names += path.substr(from, path.find('}', from) + 1 - from);
  return names;
}

TEST(OpenApi, TheDocumentHasTheCallsOfTheRouterAndNoOthers) {
  Texts described;
  const json::object text = document();
  each_operation(text, [&](const Operation& operation) {
    described.insert(call_of(operation.method, operation.path));
  });
  EXPECT_EQ(described, routed());
}

TEST(OpenApi, ASystemThatIsOffIsNeitherDescribedNorAnswered) {
  for (const compat::System* system : compat::all_systems()) {
    if (system->name.empty()) continue;
    ApiOptions options;
    options.switched_off = {system->name};
    TestApi api(std::move(options));
    const json::object paths = api.call("GET", "/openapi.json").json().at("paths").as_object();
    for (const compat::Row& row : system->rows) {
      EXPECT_FALSE(paths.contains(row.path)) << row.path;
      EXPECT_EQ(api.call(row.method, row.path).problem(), "no-such-endpoint") << row.path;
    }
  }
}

TEST(OpenApi, WhatSystemsShareGoesWithTheLastOfThem) {
  ApiOptions options;
  for (const compat::System* system : compat::all_systems())
    if (!system->name.empty()) options.switched_off.push_back(system->name);
  TestApi api(std::move(options));
  EXPECT_FALSE(api.call("GET", "/openapi.json").json().at("paths").as_object().contains("/health"));
  EXPECT_FALSE(api.api.owns("/health"));
}

TEST(OpenApi, CompatibleCallsStandAtTheRootAlone) {
  const json::object text = document();
  each_operation(text, [](const Operation& operation) {
    const auto* servers = operation.item.if_contains("servers");
    EXPECT_EQ(servers != nullptr, !is_native(operation)) << operation.path;
    if (servers != nullptr) {
      EXPECT_EQ(json::serialize(*servers), R"([{"url":"/"}])");
    }
  });
}

TEST(OpenApi, TheFirstServerIsTheOneThatNoRouteCanTake) {
  const json::object text = document();
  EXPECT_EQ(text.at("servers").at(0).at("url").as_string(), "/.doorward");
}

TEST(OpenApi, EveryServerAndParameterOfTheDocumentLeadsToTheEndpoint) {
  const json::object text = document();
  for (const auto& server : text.at("servers").as_array()) {
    const std::string url(server.at("url").as_string());
    for (const Entry& entry : entries()) {
      std::string path = (url == "/" ? "" : url) + "/v1" + entry.path;
      boost::replace_all(path, "{room}", "sale");
      boost::replace_all(path, "{rule}", "api");
      for (const char* name : {"{inventory}", "{hold}", "{lock}"})
        boost::replace_all(path, name, "one");
      boost::replace_all(path, "{tenant}", "acme");
      boost::replace_all(path, "{key}", "web");
      boost::replace_all(path, "{ticket}", "00000000000000000000000000000001");
      EXPECT_EQ(find_endpoint(entry.method, path).endpoint, entry.endpoint) << path;
    }
  }
  each_operation(text, [](const Operation& operation) {
    EXPECT_EQ(declared(operation.item), in_braces(operation.path)) << operation.path;
  });
}

TEST(OpenApi, CallsAreNamedOnceAndBelongToATagThatIsListed) {
  const json::object text = document();
  Texts tags;
  for (const auto& tag : text.at("tags").as_array()) tags.emplace(tag.at("name").as_string());
  Texts names;
  each_operation(text, [&](const Operation& operation) {
    const std::string name(operation.call.at("operationId").as_string());
    EXPECT_TRUE(names.insert(name).second) << name;
    for (const auto& tag : operation.call.at("tags").as_array())
      EXPECT_TRUE(tags.contains(std::string(tag.as_string()))) << name;
    EXPECT_FALSE(operation.call.at("summary").as_string().empty()) << name;
    EXPECT_TRUE(operation.call.contains("security")) << name;
  });
}

TEST(OpenApi, ProblemsHaveTheStatusesOfTheTableOfProblems) {
  Texts known;
  for (const gateway::ProblemType& type : gateway::all_problems())
    known.insert(std::to_string(type.status));
  // 405 is of no call in particular, 429 of gated routes.
  Texts described{"405", "429"};
  const json::object text = document();
  each_operation(text, [&](const Operation& operation) {
    if (!is_native(operation)) return;
    for (const auto& [status, response] : operation.call.at("responses").as_object()) {
      if (status.front() != '4' && status.front() != '5') continue;
      EXPECT_EQ(response.at("$ref").as_string(), "#/components/responses/Problem");
      EXPECT_TRUE(known.contains(std::string(status)))
          << operation.method << ' ' << operation.path << ": " << status;
      described.emplace(status);
    }
  });
  EXPECT_EQ(described, known);
}

}  // namespace
}  // namespace doorward::api
