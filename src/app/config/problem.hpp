// What is wrong with a configuration, gathered so that one run of `doorward check` shows all of it.
//
// Bounds:  the first 20 errors and the first 20 warnings are kept; the others are counted.
// Threads: single owner.
#pragma once

#include "app/config/document.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::app::config {

struct Problem {
  Place at;
  std::string path;  // "rooms.sale.capacity"
  std::string what;  // "expected a whole number, found \"many\""
};
std::string to_string(const Problem& problem);

class Problems {
 public:
  static constexpr std::size_t kMaxKept = 20;

  void add_error(Problem problem);
  void add_warning(Problem problem);
  bool any_errors() const { return error_count() > 0; }
  std::size_t error_count() const { return errors_.size() + more_errors_; }
  const std::vector<Problem>& errors() const { return errors_; }
  const std::vector<Problem>& warnings() const { return warnings_; }
  // One a line: "error: …", "warning: …", and how many were left out.
  std::string text() const;

 private:
  std::vector<Problem> errors_;
  std::vector<Problem> warnings_;
  std::size_t more_errors_ = 0;
  std::size_t more_warnings_ = 0;
};

// The nearest of `known` by edit distance, if it is near enough to be meant; otherwise empty.
std::string_view nearest(std::string_view word, std::span<const std::string> known);

// `; did you mean "x"?`, or nothing when nothing is near.
std::string near_to(std::string_view word, std::span<const std::string> known);

// `; did you mean "x"?`, or `; known: a, b, c` when nothing is near.
std::string suggestion(std::string_view word, std::span<const std::string> known);

}  // namespace doorward::app::config
