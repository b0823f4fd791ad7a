#include "api/openapi/document.hpp"

#include "embedded/compat.hpp"
#include "embedded/openapi.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::api {
namespace {

namespace json = boost::json;

json::object parse(std::optional<std::string_view> text) {
  json::error_code problem;
  json::value value = json::parse(text.value_or("{}"), problem);
  return problem || !value.is_object() ? json::object{} : std::move(value.get_object());
}

json::object& object_at(json::object& where, std::string_view name) {
  json::value& value = where[name];
  return value.is_object() ? value.get_object() : value.emplace_object();
}

// The file describes what is below "/v1"; beside calls at the root that has to be said.
void write_paths_in_full(json::object& document) {
  json::object paths;
  for (auto& [path, item] : object_at(document, "paths"))
    paths["/v1" + std::string(path)] = std::move(item);
  document["paths"] = std::move(paths);
  // First the one that no route can take: it is what a page tries out unless told otherwise.
  document["servers"] =
      json::array{json::object{{"url", "/.doorward"}}, json::object{{"url", "/"}}};
}

void add(json::object& document, json::object part) {
  for (auto& [path, item] : object_at(part, "paths")) {
    object_at(document, "paths")[path] = std::move(item);
    // There alone, and not below the prefix that no route can take.
    object_at(object_at(document, "paths"), path)["servers"] =
        json::array{json::object{{"url", "/"}}};
  }
  for (auto& [kind, named] : object_at(part, "components"))
    for (auto& [name, component] : named.as_object())
      object_at(object_at(document, "components"), kind)[name] = std::move(component);
  if (auto* tags = part.if_contains("tags"))
    for (auto& tag : tags->as_array()) document["tags"].as_array().push_back(std::move(tag));
}

}  // namespace

std::string document(std::span<const compat::System* const> systems) {
  json::object whole = parse(embedded::openapi("openapi.json"));
  write_paths_in_full(whole);
  for (const compat::System* system : systems) {
    const std::string_view folder = system->name.empty() ? "common" : system->name;
    add(whole, parse(embedded::compat(fmt::format("{}/openapi.json", folder))));
  }
  return json::serialize(whole);
}

}  // namespace doorward::api
