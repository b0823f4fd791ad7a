// The words of the waiting page in the languages that Doorward speaks.
//
// Why:     a visitor reads the page in the language that the browser asks for; the page without
//          JavaScript says the same as the one with it (web/waiting/page.js).
// Threads: const-safe.
// Errors:  none: a key that is missing from the embedded files ends the start (an assert), see the
// test. Spec:    RFC 9110 section 12.5.4 (Accept-Language), RFC 4647 section 3.4 (look-up).
#pragma once

#include "base/time.hpp"
#include "core/room/view.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::gateway {

class Words {
 public:
  const std::string& language() const { return language_; }  // "en"
  std::string operator[](std::string_view key) const;
  bool has(std::string_view key) const { return messages_.contains(key); }

  // The sentence `key` with `{name}` replaced.
  using Values = std::initializer_list<std::pair<std::string_view, std::string>>;
  std::string fill(std::string_view key, Values values) const;

  // The sentence `key` in its form for `n`, which stands for `{name}`: "1 minute", "2 minutes".
  std::string count(std::string_view key, std::string_view name, std::uint64_t n) const;

  std::string number(std::uint64_t n) const;  // with the language's grouping
  std::string eta(const std::optional<room::Eta>& eta) const;
  // Cut to two units, so that nobody comes late by it: "4 minutes", "2 hours 5 minutes".
  std::string duration(Millis span) const;
  // Rounded up, so that nobody is promised it too soon: "About 13 minutes".
  std::string until(Millis left) const;
  // Rounded up likewise: "63 seconds", "3 minutes".
  std::string wait(std::uint64_t seconds) const;
  const boost::json::object& messages() const { return messages_; }

 private:
  friend class Languages;
  std::string minutes(std::uint64_t n) const;
  std::string language_;
  boost::json::object messages_;
};

class Languages {
 public:
  Languages();  // from the embedded files
  const std::vector<Words>& all() const { return all_; }
  // The best of `Accept-Language`; English where none fits.
  const Words& choose(std::string_view accept_language) const;

 private:
  const Words* find(std::string_view tag) const;
  std::vector<Words> all_;  // English first
};

}  // namespace doorward::gateway
