#include "wire/html/template.hpp"

#include <algorithm>

namespace doorward::wire::html {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string line_of(std::string_view text, std::size_t at) {
  return std::to_string(1 + std::count(text.begin(), text.begin() + static_cast<long>(at), '\n'));
}

std::string names(std::span<const std::string_view> known) {
  std::string list;
  for (std::string_view name : known) list.append(list.empty() ? "" : ", ").append(name);
  return list;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

Result<Template> Template::parse(std::string_view text, std::span<const std::string_view> known) {
  if (text.size() > kMaxTemplate)
    return error(Errc::too_large, "the template is longer than 256 KiB");
  Template parsed;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto open = text.find("{{", at);
    if (open == std::string_view::npos) break;
    const bool raw = text.substr(open).starts_with("{{{");
    const std::string_view closing = raw ? "}}}" : "}}";
    const auto begin = open + closing.size();
    const auto close = text.find(closing, begin);
    if (close == std::string_view::npos)
      return error(Errc::invalid,
                   "line " + line_of(text, open) + ": a place opened by '{{' is not closed");
    const auto name = trim(text.substr(begin, close - begin));
    if (std::find(known.begin(), known.end(), name) == known.end())
      return error(Errc::invalid, "line " + line_of(text, open) + ": no value is named '" +
                                      std::string(name) + "'; there are: " + names(known));
    if (open > at)
      parsed.pieces_.push_back({std::string(text.substr(at, open - at)), Piece::Kind::literal});
    parsed.pieces_.push_back({std::string(name), raw ? Piece::Kind::raw : Piece::Kind::escaped});
    at = close + closing.size();
  }
  if (at < text.size())
    parsed.pieces_.push_back({std::string(text.substr(at)), Piece::Kind::literal});
  return parsed;
}

std::string Template::render(const Values& value) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    switch (piece.kind) {
      case Piece::Kind::literal: out += piece.text; break;
      case Piece::Kind::escaped: out += escape(value(piece.text)); break;
      case Piece::Kind::raw: out += value(piece.text); break;
    }
  }
  return out;
}

bool Template::uses(std::string_view name) const {
  return std::any_of(pieces_.begin(), pieces_.end(), [&](const Piece& piece) {
    return piece.kind != Piece::Kind::literal && piece.text == name;
  });
}

}  // namespace doorward::wire::html
