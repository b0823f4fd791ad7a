#include "wire/forwarded.hpp"

#include "wire/http/text.hpp"

#include <algorithm>

namespace doorward::wire {
namespace {

// Reads a `Forwarded` value from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  void skip_space() {
    while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view token() {
    const std::size_t from = at_;
    while (!at_end() && is_token_char(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
  }
  // A token or a quoted string. Unquoted addresses with colons or brackets are against the grammar,
  // but widely sent, and cannot be misread.
  bool value(std::string& out) {
    if (take('"')) return quoted(out);
    const std::size_t from = at_;
    while (!at_end() && (is_token_char(text_[at_]) || is_address_char(text_[at_]))) ++at_;
    out = text_.substr(from, at_ - from);
    return at_ > from;
  }

 private:
  static bool is_address_char(char c) { return c == ':' || c == '[' || c == ']'; }

  bool quoted(std::string& out) {
    out.clear();
    for (; !at_end(); ++at_) {
      if (text_[at_] == '"') return ++at_, true;
      if (text_[at_] == '\\' && ++at_ == text_.size()) return false;
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if ((byte < 0x20 && byte != '\t') || byte == 0x7f) return false;
      out += text_[at_];
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string* member_named(ForwardedElement& element, std::string_view name) {
  std::string lowered(name);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), to_lower);
  if (lowered == "for") return &element.for_node;
  if (lowered == "by") return &element.by_node;
  if (lowered == "host") return &element.host;
  if (lowered == "proto") return &element.proto;
  return nullptr;
}

// `name=value` pairs divided by ';', up to a comma or the end.
bool read_element(Reader& in, ForwardedElement& element) {
  std::string unknown;
  for (;;) {
    in.skip_space();
    const std::string_view name = in.token();
    if (!name.empty()) {
      std::string* member = member_named(element, name);
      if (member && !member->empty()) return false;  // each at most once
      if (!in.take('=') || !in.value(member ? *member : unknown)) return false;
    }
    in.skip_space();
    if (!in.take(';')) return true;
  }
}

void keep_last(std::vector<ForwardedElement>& elements) {
  if (elements.size() <= kMaxHops) return;
  elements.erase(elements.begin(), elements.end() - static_cast<std::ptrdiff_t>(kMaxHops));
}

void append_pair(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  if (!out.empty()) out += ';';
  (out += name) += '=';
  if (std::all_of(value.begin(), value.end(), is_token_char)) {
    out += value;
    return;
  }
  out += '"';
  for (char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

Result<std::vector<ForwardedElement>> parse_forwarded(std::string_view value) {
  std::vector<ForwardedElement> elements;
  Reader in(value);
  for (;;) {
    if (elements.size() == 2 * kMaxHops) keep_last(elements);
    if (!read_element(in, elements.emplace_back()))
      return error(Errc::invalid, "Forwarded is malformed");
    if (in.at_end()) break;
    if (!in.take(',')) return error(Errc::invalid, "Forwarded is malformed");
  }
  keep_last(elements);
  return elements;
}

std::string build_forwarded(const ForwardedElement& element) {
  std::string out;
  append_pair(out, "for", element.for_node);
  append_pair(out, "by", element.by_node);
  append_pair(out, "host", element.host);
  append_pair(out, "proto", element.proto);
  return out;
}

std::string_view node_address(std::string_view node) {
  if (node.empty() || node.front() == '_' || node == "unknown") return {};
  if (node.front() == '[') {
    const auto end = node.find(']');
    return end == std::string_view::npos ? std::string_view() : node.substr(1, end - 1);
  }
  const auto colon = node.find(':');
  if (colon == std::string_view::npos || node.find(':', colon + 1) != std::string_view::npos)
    return node;
  return node.substr(0, colon);
}

std::string node_of(std::string_view address) {
  if (address.find(':') == std::string_view::npos) return std::string(address);
  return "[" + std::string(address) + "]";
}

std::vector<std::string_view> split_hops(std::string_view value) {
  std::vector<std::string_view> hops;
  while (hops.size() < kMaxHops) {
    const std::size_t comma = value.rfind(',');
    if (comma == std::string_view::npos) {
      hops.push_back(trim(value));
      break;
    }
    hops.push_back(trim(value.substr(comma + 1)));
    value = value.substr(0, comma);
  }
  std::reverse(hops.begin(), hops.end());
  return hops;
}

}  // namespace doorward::wire
