// A form: the settings of one map, described once and used three ways.
//
// Why:     a setting is declared in one place, with its key, type, bounds, default and meaning. The
//          reader fills the structs from it, the schema writer and the reference writer print it.
//          So the JSON Schema and docs/configuration.md cannot drift from what is read.
// Use:     `describe(Form&, X&)` calls one method for each setting of X, in the order of the
//          reference. Defaults are whatever X holds before.
// Threads: single owner.
#pragma once

#include "app/config/document.hpp"
#include "app/config/scalar.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::app::config {

enum class Presence { optional, required };

class Form {
 public:
  using Describe = std::function<void(Form&)>;
  using DescribeNamed = std::function<void(Form&, std::string_view name)>;

  virtual ~Form() = default;

  // One value.
  virtual void scalar(std::string_view key, Scalar value, std::string_view about,
                      Presence presence) = 0;
  // A list of values, or one value standing for a list of one.
  virtual void scalars(std::string_view key, Scalar item, std::string_view about,
                       Presence presence) = 0;
  // A map with settings of its own; `inside` is called only where it is present.
  virtual void group(std::string_view key, std::string_view about, const Describe& inside) = 0;
  // A map from a name of the operator's choice to settings; `label` stands for the name in the
  // docs.
  virtual void named(std::string_view key, std::string_view label, std::string_view about,
                     const DescribeNamed& item) = 0;
  // A list of maps.
  virtual void list(std::string_view key, std::string_view about, const Describe& item) = 0;

  // A value standing where this map was expected is read as this setting alone.
  virtual void shorthand(std::string_view key) = 0;
  // The same setting under another name.
  virtual void alias(std::string_view other, std::string_view key) = 0;

  // Where a value stands, by its path from here ("lanes[1].name"); where that is not there, what
  // holds it, and last the name of this map, or the map itself.
  virtual Place place(std::string_view path) const = 0;
  // A rule over several settings is broken.
  virtual void fail(std::string_view key, std::string what) = 0;
  // The same, where `what` itself begins with the path: "lanes[1].name: …".
  virtual void refuse(std::string what) = 0;
  virtual bool present(std::string_view key) const = 0;
  // Whether all that was read of this map was as expected; rules over several settings hold only
  // then, since what is wrong already was not stored.
  virtual bool sound() const { return true; }

  template <class T, class... Rule>
  void field(std::string_view key, T& slot, std::string_view about, Rule... rule) {
    scalar(key, scalar_of(slot, rule...), about, Presence::optional);
  }
  template <class T, class... Rule>
  void required(std::string_view key, T& slot, std::string_view about, Rule... rule) {
    scalar(key, scalar_of(slot, rule...), about, Presence::required);
  }
  template <class T, class... Rule>
  void fields(std::string_view key, std::vector<T>& slot, std::string_view about, Rule... rule) {
    scalars(key, item_of(slot, rule...), about, Presence::optional);
  }
  template <class T, class... Rule>
  void required_fields(std::string_view key, std::vector<T>& slot, std::string_view about,
                       Rule... rule) {
    scalars(key, item_of(slot, rule...), about, Presence::required);
  }
};

}  // namespace doorward::app::config
