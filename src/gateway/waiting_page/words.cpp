#include "gateway/waiting_page/words.hpp"

#include "embedded/waiting.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>

namespace doorward::gateway {
namespace {

constexpr std::array<std::string_view, 5> kLanguages{"en", "ko", "ja", "zh", "es"};
constexpr std::size_t kMaxRanges = 32;
constexpr std::uint64_t kHour = 60;  // in minutes
constexpr std::uint64_t kDay = 24 * kHour;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The weight of ";q=0.8" in thousandths; 0 where it is malformed.
int weight(std::string_view parameters) {
  parameters = trim(parameters);
  if (parameters.empty()) return 1000;
  if (parameters.size() < 3 || (parameters[0] != 'q' && parameters[0] != 'Q') ||
      parameters[1] != '=')
    return 0;
  parameters.remove_prefix(2);
  if (parameters[0] != '0' && parameters[0] != '1') return 0;
  int value = (parameters[0] - '0') * 1000;
  if (parameters.size() == 1) return value;
  if (parameters[1] != '.' || parameters.size() > 5) return 0;
  int unit = 100;
  for (char c : parameters.substr(2)) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) return 0;
    value += (c - '0') * unit;
    unit /= 10;
  }
  return std::min(value, 1000);
}

struct Range {
  std::string tag;
  int weight = 0;
};

std::vector<Range> parse_ranges(std::string_view header) {
  std::vector<Range> ranges;
  while (!header.empty() && ranges.size() < kMaxRanges) {
    const auto comma = std::min(header.find(','), header.size());
    const auto item = header.substr(0, comma);
    header.remove_prefix(std::min(comma + 1, header.size()));
    const auto semicolon = std::min(item.find(';'), item.size());
    Range range{std::string(trim(item.substr(0, semicolon))),
                weight(item.substr(std::min(semicolon + 1, item.size())))};
    std::transform(range.tag.begin(), range.tag.end(), range.tag.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (!range.tag.empty() && range.weight > 0) ranges.push_back(std::move(range));
  }
  std::stable_sort(ranges.begin(), ranges.end(),
                   [](const Range& a, const Range& b) { return a.weight > b.weight; });
  return ranges;
}

std::string replaced(std::string text, std::string_view name, const std::string& value) {
  const std::string place = "{" + std::string(name) + "}";
  for (auto at = text.find(place); at != std::string::npos;
       at = text.find(place, at + value.size()))
    text.replace(at, place.size(), value);
  return text;
}

}  // namespace

std::string Words::operator[](std::string_view key) const {
  const auto* value = messages_.if_contains(key);
  assert(value != nullptr && value->is_string());
  return std::string(value->get_string());
}

std::string Words::fill(std::string_view key, Values values) const {
  std::string text = (*this)[key];
  for (const auto& [name, value] : values) text = replaced(std::move(text), name, value);
  return text;
}

// The forms are those of CLDR: Korean, Japanese and Chinese have one for all numbers, a plain text.
std::string Words::count(std::string_view key, std::string_view name, std::uint64_t n) const {
  const auto* value = messages_.if_contains(key);
  assert(value != nullptr);
  if (const auto* forms = value->if_object()) value = forms->if_contains(n == 1 ? "one" : "other");
  assert(value != nullptr && value->is_string());
  return replaced(std::string(value->get_string()), name, number(n));
}

std::string Words::number(std::uint64_t n) const {
  std::string digits = std::to_string(n);
  // Spanish groups from five digits on.
  const bool spanish = language_ == "es";
  if (spanish && digits.size() < 5) return digits;
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, spanish ? "." : ",");
  return digits;
}

std::string Words::eta(const std::optional<room::Eta>& range) const {
  if (!range) return (*this)["eta_unknown"];
  if (range->high_s < 60) return (*this)["eta_soon"];
  const bool hours = range->high_s > 5400;
  const std::uint32_t unit = hours ? 3600 : 60;
  const auto low = range->low_s / unit;
  const std::uint64_t high = (std::uint64_t{range->high_s} + unit - 1) / unit;
  if (low < 1) return count(hours ? "eta_hours_max" : "eta_minutes_max", "high", high);
  if (low == high) return count(hours ? "eta_hours_one" : "eta_minutes_one", "high", high);
  return fill(hours ? "eta_hours" : "eta_minutes", {{"low", number(low)}, {"high", number(high)}});
}

std::string Words::duration(Millis span) const {
  const auto seconds = static_cast<std::uint64_t>(span.count() / 1000);
  return seconds < 120 ? count("seconds", "n", seconds) : minutes(seconds / 60);
}

std::string Words::until(Millis left) const {
  if (left < std::chrono::minutes(1)) return (*this)["eta_soon"];
  auto n = static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::minutes>(left).count());
  if (n >= 2 * kDay) n = (n + kHour - 1) / kHour * kHour;
  return fill("opens_about", {{"time", minutes(n)}});
}

std::string Words::wait(std::uint64_t seconds) const {
  if (seconds < 120) return count("seconds", "n", seconds);
  const std::uint64_t n = (seconds + 59) / 60;
  return minutes(n < 2 * kDay ? n : (n + kHour - 1) / kHour * kHour);
}

std::string Words::minutes(std::uint64_t n) const {
  if (n < 2 * kHour) return count("minutes", "n", n);
  const bool days = n >= 2 * kDay;
  const std::uint64_t unit = days ? kDay : kHour;
  const std::uint64_t rest = n % unit / (days ? kHour : 1);
  const std::string larger = count(days ? "days" : "hours", "n", n / unit);
  if (rest == 0) return larger;
  return fill("two_units",
              {{"larger", larger}, {"smaller", count(days ? "hours" : "minutes", "n", rest)}});
}

Languages::Languages() {
  for (std::string_view language : kLanguages) {
    const auto file = embedded::waiting("messages/" + std::string(language) + ".json");
    assert(file.has_value());
    Words words;
    words.language_ = language;
    words.messages_ = boost::json::parse(*file).as_object();
    all_.push_back(std::move(words));
  }
}

const Words* Languages::find(std::string_view tag) const {
  const auto primary = tag.substr(0, tag.find('-'));
  for (const Words& words : all_)
    if (words.language_ == primary) return &words;
  return nullptr;
}

const Words& Languages::choose(std::string_view accept_language) const {
  for (const Range& range : parse_ranges(accept_language)) {
    if (range.tag == "*") break;
    if (const Words* words = find(range.tag)) return *words;
  }
  return all_.front();
}

}  // namespace doorward::gateway
