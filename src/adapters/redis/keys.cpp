#include "adapters/redis/keys.hpp"

#include <fmt/core.h>

#include <charconv>

namespace doorward::adapters::redis {
namespace {

template <class Number>
bool take_number(std::string_view& text, Number& out) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string entry_id(const ports::LogPosition& at) {
  return fmt::format("{}-{}", at.major, at.minor);
}

std::optional<ports::LogPosition> parse_entry_id(std::string_view id, std::uint64_t epoch) {
  ports::LogPosition at{.epoch = epoch, .major = 0, .minor = 0};
  if (!take_number(id, at.major) || !take(id, '-') || !take_number(id, at.minor) || !id.empty()) {
    return std::nullopt;
  }
  return at;
}

std::string to_text(const SnapshotMeta& meta) {
  return fmt::format("{} {} {} {}", meta.name, meta.pieces, meta.checksum, meta.entry);
}

std::optional<SnapshotMeta> parse_meta(std::string_view text) {
  SnapshotMeta meta;
  meta.name = text.substr(0, text.find(' '));
  text.remove_prefix(meta.name.size());
  if (!take(text, ' ') || !take_number(text, meta.pieces) || !take(text, ' ') ||
      !take_number(text, meta.checksum) || !take(text, ' ') || !take_number(text, meta.entry)) {
    return std::nullopt;
  }
  return meta;
}

}  // namespace doorward::adapters::redis
