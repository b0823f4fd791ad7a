#include "app/config/problem.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace doorward::app::config {
namespace {

constexpr std::size_t kMaxWord = 64;
constexpr std::size_t kMaxListed = 24;
// Words of two letters, such as languages, are all near to each other.
constexpr std::size_t kMinNear = 3;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string to_string(const Problem& problem) {
  if (!problem.at.source) return problem.what;
  if (problem.path.empty()) return fmt::format("{}: {}", to_string(problem.at), problem.what);
  return fmt::format("{}: {}: {}", to_string(problem.at), problem.path, problem.what);
}

void Problems::add_error(Problem problem) {
  if (errors_.size() < kMaxKept) {
    errors_.push_back(std::move(problem));
  } else {
    ++more_errors_;
  }
}

void Problems::add_warning(Problem problem) {
  if (warnings_.size() < kMaxKept) {
    warnings_.push_back(std::move(problem));
  } else {
    ++more_warnings_;
  }
}

std::string Problems::text() const {
  std::string out;
  for (const Problem& e : errors_) out += "error: " + to_string(e) + '\n';
  if (more_errors_ > 0) out += fmt::format("error: and {} more\n", more_errors_);
  for (const Problem& w : warnings_) out += "warning: " + to_string(w) + '\n';
  if (more_warnings_ > 0) out += fmt::format("warning: and {} more\n", more_warnings_);
  return out;
}

std::string_view nearest(std::string_view word, std::span<const std::string> known) {
  if (word.size() > kMaxWord) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (candidate.size() >= kMinNear && distance < best_distance && distance < candidate.size()) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string near_to(std::string_view word, std::span<const std::string> known) {
  const auto near = nearest(word, known);
  return near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near);
}

std::string suggestion(std::string_view word, std::span<const std::string> known) {
  if (std::string near = near_to(word, known); !near.empty()) return near;
  if (known.empty()) return "; none is known here";
  const auto shown = known.first(std::min(known.size(), kMaxListed));
  return fmt::format("; known: {}{}", fmt::join(shown, ", "),
                     shown.size() < known.size() ? ", …" : "");
}

}  // namespace doorward::app::config
