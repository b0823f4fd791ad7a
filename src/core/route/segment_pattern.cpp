#include "core/route/segment_pattern.hpp"

#include "core/route/method.hpp"
#include "core/route/path.hpp"

#include <algorithm>

namespace doorward::route {
namespace {

constexpr std::string_view kAllBelow = "/**";

// Cuts the first segment, without its slash, off a path that begins with one.
std::string_view cut_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

std::string_view literal_of(std::string_view pattern) {
  if (pattern.ends_with(kAllBelow)) pattern.remove_suffix(kAllBelow.size());
  return pattern;
}

}  // namespace

std::optional<std::string> fault_in_segment_pattern(std::string_view pattern) {
  if (!pattern.starts_with('/')) return "a path pattern begins with '/'";
  std::string_view rest = literal_of(pattern);
  if (rest.find_first_of("?;#") != std::string_view::npos)
    return "a path pattern has no query, no ';' parameters and no '#'";
  if (!rest.empty() && !read_path(rest, {}))
    return "a path pattern has no control character and only whole %xx escapes";
  while (!rest.empty()) {
    const std::string_view segment = cut_segment(rest);
    if (segment != "*" && segment.find('*') != std::string_view::npos)
      return "'*' stands for one whole segment, and \"/**\" at the end for all below";
  }
  return std::nullopt;
}

SegmentPattern::SegmentPattern(std::string_view pattern)
    : all_below_(pattern.ends_with(kAllBelow)) {
  const std::string_view literal = literal_of(pattern);
  const std::string read = literal.empty() ? "" : read_path(literal, {}).value_or("");
  for (std::string_view rest = read; !rest.empty();) segments_.emplace_back(cut_segment(rest));
}

bool SegmentPattern::matches(std::string_view read) const {
  for (const std::string& wanted : segments_) {
    if (read.empty()) return false;
    const std::string_view segment = cut_segment(read);
    if (wanted != "*" && wanted != segment) return false;
  }
  return read.empty() || all_below_;
}

bool covers(const std::vector<OpenPaths>& list, std::string_view path, std::string_view method) {
  if (list.empty()) return false;
  const auto covers_reading = [&](const Reading& reading) {
    const auto read = read_path(path, reading);
    return read && std::any_of(list.begin(), list.end(), [&](const OpenPaths& open) {
             return method_matches(open.methods, method) &&
                    std::any_of(open.paths.begin(), open.paths.end(),
                                [&](const SegmentPattern& one) { return one.matches(*read); });
           });
  };
  const auto readings = readings_of(path);
  return std::all_of(readings.begin(), readings.end(), covers_reading);
}

}  // namespace doorward::route
