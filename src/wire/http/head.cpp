#include "wire/http/head.hpp"

#include "wire/http/text.hpp"

#include <algorithm>

namespace doorward::wire {
namespace {

constexpr std::size_t kUsualFields = 8;
constexpr std::size_t kUsualBytes = 320;
constexpr std::string_view kEnd = "\r\n";

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return x == y || to_lower(x) == to_lower(y);
         });
}

bool equal_to_cgi(std::string_view a, std::string_view b) {
  const auto plain = [](char c) { return c == '_' ? '-' : to_lower(c); };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [&](char x, char y) { return plain(x) == plain(y); });
}

void Fields::clear() {
  bytes_.clear();
  entries_.clear();
  is_whole_ = true;
}

void Fields::append(std::string_view name, std::string_view value) {
  // Room for the usual head at once, rather than by doubling.
  if (entries_.capacity() == 0) {
    entries_.reserve(kUsualFields);
    bytes_.reserve(kUsualBytes);
  }
  const std::size_t at = bytes_.size();
  entries_.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(name.size()),
                      static_cast<std::uint32_t>(value.size())});
  bytes_.resize(at + name.size() + kColon + value.size() + kEnd.size(),
                boost::container::default_init);
  char* to = bytes_.data() + at;
  to = std::copy(name.begin(), name.end(), to);
  *to++ = ':';
  *to++ = ' ';
  to = std::copy(value.begin(), value.end(), to);
  std::copy(kEnd.begin(), kEnd.end(), to);
}

void Fields::set(std::string_view name, std::string_view value) {
  remove(name);
  append(name, value);
}

std::size_t Fields::remove(std::string_view name) {
  if (!contains(name)) return 0;  // as nearly always
  const std::size_t before = entries_.size();
  std::erase_if(entries_, [&](const Entry& entry) {
    return entry.name_size == name.size() && equal_ignoring_case(name_of(entry), name);
  });
  is_whole_ = false;
  return before - entries_.size();
}

std::optional<std::string_view> Fields::lines() const {
  if (!is_whole_) return std::nullopt;
  return std::string_view(bytes_.data(), bytes_.size());
}

std::optional<std::string_view> Fields::find(std::string_view name) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].name_size != name.size()) continue;
    const FieldView field = (*this)[i];
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t Fields::count(std::string_view name) const {
  std::size_t n = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (equal_ignoring_case((*this)[i].name, name)) ++n;
  }
  return n;
}

bool Fields::lists(std::string_view name, std::string_view token) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const FieldView field = (*this)[i];
    if (!equal_ignoring_case(field.name, name)) continue;
    ListReader list(field.value);
    while (auto item = list.next()) {
      if (equal_ignoring_case(*item, token)) return true;
    }
  }
  return false;
}

void RequestHead::clear() {
  method.clear();
  scheme.clear();
  authority.clear();
  path.clear();
  query.clear();
  has_query = false;
  fields.clear();
}

std::string RequestHead::target() const {
  std::string out;
  out.reserve(path.size() + 1 + query.size());
  out += path;
  if (has_query) out.append("?").append(query);
  return out;
}

}  // namespace doorward::wire
