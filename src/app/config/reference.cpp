#include "app/config/reference.hpp"

#include "app/config/config.hpp"
#include "app/config/form.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::app::config {
namespace {

namespace json = boost::json;

// What both writers share: they walk the whole form, whatever is present.
class Writer : public Form {
 public:
  Place place(std::string_view) const override { return {}; }
  void fail(std::string_view, std::string) override {}
  void refuse(std::string) override {}
  bool present(std::string_view) const override { return true; }
};

class SchemaWriter : public Writer {
 public:
  json::object take() {
    for (const auto& [other, key] : aliases_) properties_[other] = properties_.at(key);
    json::object schema{{"type", "object"}, {"additionalProperties", false}};
    schema["properties"] = properties_;
    if (!required_.empty()) schema["required"] = required_;
    if (shorthand_.empty()) return schema;
    json::value shortened = properties_.at(shorthand_);
    return {{"anyOf", json::array{schema, shortened}}};
  }

  void scalar(std::string_view key, Scalar value, std::string_view about,
              Presence presence) override {
    json::object schema = or_environment(value.schema);
    if (!value.by_default.empty()) schema["default"] = default_of(value);
    put(key, about, std::move(schema), presence);
  }
  void scalars(std::string_view key, Scalar item, std::string_view about,
               Presence presence) override {
    json::object many{{"type", "array"}, {"items", item.schema}};
    put(key, about, {{"anyOf", json::array{item.schema, many}}}, presence);
  }
  void group(std::string_view key, std::string_view about, const Describe& inside) override {
    SchemaWriter child;
    inside(child);
    put(key, about, child.take(), Presence::optional);
  }
  void named(std::string_view key, std::string_view label, std::string_view about,
             const DescribeNamed& item) override {
    SchemaWriter child;
    item(child, label);
    put(key, about, {{"type", "object"}, {"additionalProperties", child.take()}},
        Presence::optional);
  }
  void list(std::string_view key, std::string_view about, const Describe& item) override {
    SchemaWriter child;
    item(child);
    put(key, about, {{"type", "array"}, {"items", child.take()}}, Presence::optional);
  }
  void shorthand(std::string_view key) override { shorthand_ = key; }
  void alias(std::string_view other, std::string_view key) override {
    aliases_.emplace_back(other, key);
  }

 private:
  static json::value default_of(const Scalar& value) {
    const auto* type = value.schema.if_contains("type");
    if (type != nullptr && type->is_string() && type->as_string() == "integer") {
      return std::stoll(value.by_default);
    }
    if (type != nullptr && type->is_string() && type->as_string() == "boolean") {
      return value.by_default == "true";
    }
    return json::string(value.by_default);
  }

  // `${NAME}` may stand in place of any value; text allows it anyway.
  static json::object or_environment(const json::object& schema) {
    if (schema.contains("maxLength")) return schema;
    return {{"anyOf", json::array{schema, {{"$ref", "#/$defs/environment"}}}}};
  }

  void put(std::string_view key, std::string_view about, json::object schema, Presence presence) {
    if (!about.empty()) schema["description"] = about;
    properties_[key] = std::move(schema);
    if (presence == Presence::required) required_.emplace_back(key);
  }

  json::object properties_;
  json::array required_;
  std::vector<std::pair<std::string, std::string>> aliases_;
  std::string shorthand_;
};

class TableWriter : public Writer {
 public:
  TableWriter(std::string& out, std::string path) : out_(out), path_(std::move(path)) {}

  void scalar(std::string_view key, Scalar value, std::string_view about,
              Presence presence) override {
    const auto by_default = presence == Presence::required ? "required"
                            : value.by_default.empty()     ? "–"
                                                           : "`" + value.by_default + "`";
    row(key, value.type, by_default, about);
  }
  void scalars(std::string_view key, Scalar item, std::string_view about,
               Presence presence) override {
    row(key, item.type + ", or a list", presence == Presence::required ? "required" : "–", about);
  }
  void group(std::string_view key, std::string_view about, const Describe& inside) override {
    nest(key, about, "map", [&](Form& form) { inside(form); });
  }
  void named(std::string_view key, std::string_view label, std::string_view about,
             const DescribeNamed& item) override {
    nest(fmt::format("{}.{}", key, label), about, "map", [&](Form& form) { item(form, label); });
  }
  void list(std::string_view key, std::string_view about, const Describe& item) override {
    nest(fmt::format("{}[]", key), about, "list of maps", [&](Form& form) { item(form); });
  }
  void shorthand(std::string_view key) override {
    out_ += fmt::format("| `{}` | value | – | In short: stands for `{}` alone. |\n", path_, key);
  }
  void alias(std::string_view other, std::string_view key) override {
    row(other, "", "–", fmt::format("Another name for `{}`.", key));
  }

 private:
  static constexpr std::string_view kHead =
      "| key | value | default | meaning |\n|---|---|---|---|\n";

  void nest(std::string_view key, std::string_view about, std::string_view type,
            const Describe& inside) {
    const auto path = path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
    if (path_.empty()) {
      const auto heading = key.substr(0, key.find_first_of(".["));
      out_ += fmt::format("\n### `{}`\n\n{}\n\n{}", heading, about, kHead);
      in_table_ = true;
    } else if (!about.empty()) {
      row(key, type, "–", about);
    }
    TableWriter child(out_, path);
    inside(child);
  }

  void row(std::string_view key, std::string_view type, std::string_view by_default,
           std::string_view about) {
    if (path_.empty() && !in_table_) {
      out_ += fmt::format("### General\n\n{}", kHead);
      in_table_ = true;
    }
    const auto path = path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
    out_ += fmt::format("| `{}` | {} | {} | {} |\n", path, type, by_default, about);
  }

  std::string& out_;
  std::string path_;
  bool in_table_ = false;
};

void indent(const json::value& value, std::size_t depth, std::string& out) {
  const std::string pad(2 * (depth + 1), ' ');
  const std::string end(2 * depth, ' ');
  if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
    out += "{\n";
    std::size_t left = object->size();
    for (const auto& [key, member] : *object) {
      out += pad + json::serialize(key) + ": ";
      indent(member, depth + 1, out);
      out += --left > 0 ? ",\n" : "\n";
    }
    out += end + '}';
    return;
  }
  const auto* array = value.if_array();
  const bool nested = array != nullptr && !array->empty() && array->front().is_object();
  if (!nested) {
    out += json::serialize(value);
    return;
  }
  out += "[\n";
  for (std::size_t i = 0; i < array->size(); ++i) {
    out += pad;
    indent((*array)[i], depth + 1, out);
    out += i + 1 < array->size() ? ",\n" : "\n";
  }
  out += end + ']';
}

}  // namespace

std::string json_schema() {
  SchemaWriter writer;
  Config config;
  describe(writer, config);
  json::object schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", "Doorward configuration"}};
  schema["$defs"] = {
      {"environment", {{"type", "string"}, {"pattern", "\\$\\{[A-Za-z_][A-Za-z0-9_]*"}}}};
  for (auto& [key, value] : writer.take()) schema[key] = value;
  std::string out;
  indent(schema, 0, out);
  return out + '\n';
}

std::string markdown_reference() {
  std::string out;
  TableWriter writer(out, "");
  Config config;
  describe(writer, config);
  return out;
}

}  // namespace doorward::app::config
