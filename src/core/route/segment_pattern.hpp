// A path pattern in which '*' may stand for any one segment: "/orders/*/receipt", "/docs/**".
//
// Why:     lists of exceptions want it; routes do without, so that they are found by look-ups.
// Bounds:  none of its own; matching is linear in the path.
// Threads: const-safe.
// Spec:    core/route/path.hpp says how paths compare.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::route {

// What is wrong with it, or nothing.
std::optional<std::string> fault_in_segment_pattern(std::string_view pattern);

class SegmentPattern {
 public:
  explicit SegmentPattern(std::string_view pattern);  // one without a fault
  // `read` is a path as `read_path` gives it.
  bool matches(std::string_view read) const;

 private:
  std::vector<std::string> segments_;  // "*" stands for any one
  bool all_below_ = false;
};

// Requests that a list excepts: some paths, each with some methods.
struct OpenPaths {
  std::vector<SegmentPattern> paths;
  std::vector<std::string> methods;  // none: all; "GET" covers HEAD
};
// Whether, however a server reads the path, one of the list covers it.
bool covers(const std::vector<OpenPaths>& list, std::string_view path, std::string_view method);

}  // namespace doorward::route
