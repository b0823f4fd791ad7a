#include "gateway/waiting_page/colours.hpp"

#include "base/hex.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace doorward::gateway {
namespace {

using Rgb = std::array<double, 3>;  // 0 to 255

constexpr double kReadable = 4.5;
constexpr double kLineShare = 0.2;

bool is_colour(std::string_view text) {
  return (text.size() == 4 || text.size() == 7) && text[0] == '#' &&
         std::all_of(text.begin() + 1, text.end(),
                     [](char c) { return hex_digit_of_either_case(c) >= 0; });
}

Rgb rgb_of(std::string_view text) {
  const std::size_t width = text.size() == 4 ? 1 : 2;
  Rgb rgb{};
  for (std::size_t i = 0; i < rgb.size(); ++i) {
    const std::string_view part = text.substr(1 + i * width, width);
    rgb[i] = hex_digit_of_either_case(part.front()) * 16 + hex_digit_of_either_case(part.back());
  }
  return rgb;
}

std::string mix(const Rgb& over, const Rgb& under, double share) {
  const auto part = [&](std::size_t i) {
    return static_cast<int>(std::lround(over[i] * share + under[i] * (1 - share)));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", part(0), part(1), part(2));
}

double luminance(std::string_view colour) {
  constexpr Rgb kWeights{0.2126, 0.7152, 0.0722};
  const Rgb rgb = rgb_of(colour);
  double sum = 0;
  for (std::size_t i = 0; i < rgb.size(); ++i) {
    const double part = rgb[i] / 255;
    sum += kWeights[i] * (part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
  }
  return sum;
}

// As soft as can be read.
std::string soft_of(const std::string& text, const std::string& card) {
  const Rgb over = rgb_of(text);
  const Rgb under = rgb_of(card);
  for (const double share : {0.7, 0.75, 0.8, 0.85, 0.9, 0.95})
    if (std::string soft = mix(over, under, share); contrast(soft, card) >= kReadable) return soft;
  return text;
}

// Those of page.css.
Colours own_colours(Scheme scheme) {
  if (scheme == Scheme::dark) return {"#7aa7ff", "#111418", "#1a1e24", "#eef1f5"};
  return {"#1f5fd6", "#f6f7f9", "#ffffff", "#16191d"};
}

}  // namespace

Result<> check_colours(const Colours& colours, Scheme scheme) {
  const std::pair<const char*, const std::string*> fields[] = {{"accent", &colours.accent},
                                                               {"background", &colours.background},
                                                               {"card", &colours.card},
                                                               {"text", &colours.text}};
  for (const auto& [name, value] : fields) {
    if (value->empty() || is_colour(*value)) continue;
    return error(Errc::invalid,
                 fmt::format("display.{}.{}: '{}' is not a colour; write it as \"#1f5fd6\"",
                             scheme == Scheme::dark ? "dark" : "light", name, *value));
  }
  return {};
}

std::string colour_rules(const Colours& colours, Scheme scheme) {
  std::string rules;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) rules += fmt::format("--dw-{}:{};", name, value);
  };
  add("accent", colours.accent);
  add("back", colours.background);
  add("card", colours.card);
  add("text", colours.text);
  if (rules.empty()) return "";
  if (!colours.card.empty() || !colours.text.empty()) {
    const Colours own = own_colours(scheme);
    const std::string& card = colours.card.empty() ? own.card : colours.card;
    const std::string& text = colours.text.empty() ? own.text : colours.text;
    add("soft", soft_of(text, card));
    add("line", mix(rgb_of(text), rgb_of(card), kLineShare));
  }
  std::string css = "#dw{" + rules + "}";
  if (!colours.background.empty()) css += "body:has(> #dw){background:" + colours.background + "}";
  return fmt::format("@media (prefers-color-scheme:{}){{{}}}",
                     scheme == Scheme::dark ? "dark" : "light", css);
}

double contrast(std::string_view one, std::string_view other) {
  const auto [low, high] = std::minmax({luminance(one), luminance(other)});
  return (high + 0.05) / (low + 0.05);
}

}  // namespace doorward::gateway
