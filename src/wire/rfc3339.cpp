#include "wire/rfc3339.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace doorward::wire {
namespace {

namespace chrono = std::chrono;

// The years that four digits can say.
constexpr LogTime kFirst{chrono::sys_days{chrono::year{0} / 1 / 1}.time_since_epoch()};
constexpr LogTime kLast{chrono::sys_days{chrono::year{10'000} / 1 / 1}.time_since_epoch() -
                        Millis{1}};

constexpr std::string_view kEpoch = "1970-01-01T00:00:00.000Z";
constexpr std::size_t kMillisAt = 20;

void put_number(std::string& text, std::size_t at, std::size_t digits, std::int64_t value) {
  auto number = static_cast<std::uint32_t>(value);
  for (std::size_t i = at + digits; i-- > at; number /= 10)
    text[i] = static_cast<char>('0' + number % 10);
}

// Takes `digits` digits, and then the letter `end` where there is one.
bool take_number(std::string_view& text, std::size_t digits, char end, int& number) {
  if (text.size() < digits + (end != 0 ? 1 : 0)) return false;
  number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    number = number * 10 + (text[i] - '0');
  }
  if (end != 0 && text[digits] != end) return false;
  text.remove_prefix(digits + (end != 0 ? 1 : 0));
  return true;
}

bool take_fraction(std::string_view& text, int& millis) {
  millis = 0;
  if (text.empty() || text.front() != '.') return true;
  text.remove_prefix(1);
  std::size_t digits = 0;
  for (int worth = 100; !text.empty() && text.front() >= '0' && text.front() <= '9'; worth /= 10) {
    millis += (text.front() - '0') * worth;
    text.remove_prefix(1);
    ++digits;
  }
  return digits >= 1 && digits <= 9;
}

std::optional<chrono::minutes> take_offset(std::string_view text) {
  if (text == "Z" || text == "z") return chrono::minutes{0};
  if (text.size() != 6 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int sign = text.front() == '+' ? 1 : -1;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!take_number(text, 2, ':', hours) || !take_number(text, 2, 0, minutes) || hours > 23 ||
      minutes > 59)
    return std::nullopt;
  return sign * (chrono::hours{hours} + chrono::minutes{minutes});
}

std::optional<LogTime> parse(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millis = 0;
  if (text.size() < 20 || !take_number(text, 4, '-', year) || !take_number(text, 2, '-', month) ||
      !take_number(text, 2, 0, day) || (text.front() != 'T' && text.front() != 't'))
    return std::nullopt;
  text.remove_prefix(1);
  if (!take_number(text, 2, ':', hour) || !take_number(text, 2, ':', minute) ||
      !take_number(text, 2, 0, second) || !take_fraction(text, millis))
    return std::nullopt;
  const auto offset = take_offset(text);
  const chrono::year_month_day date{chrono::year{year}, chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  if (!offset || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto instant = chrono::sys_days{date} + chrono::hours{hour} + chrono::minutes{minute} +
                       chrono::seconds{second} + Millis{millis} - *offset;
  return LogTime{chrono::duration_cast<Millis>(instant.time_since_epoch())};
}

void put_second(std::string& text, chrono::sys_seconds second) {
  const auto day = chrono::floor<chrono::days>(second);
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss clock{second - day};
  put_number(text, 0, 4, static_cast<int>(date.year()));
  put_number(text, 5, 2, static_cast<unsigned>(date.month()));
  put_number(text, 8, 2, static_cast<unsigned>(date.day()));
  put_number(text, 11, 2, clock.hours().count());
  put_number(text, 14, 2, clock.minutes().count());
  put_number(text, 17, 2, clock.seconds().count());
}

}  // namespace

// There is a time in most answers and every event, and most are of one second.
void append_rfc3339(std::string& out, LogTime time) {
  static thread_local chrono::sys_seconds written{};
  static thread_local std::string text(kEpoch);
  const chrono::sys_time<Millis> instant{std::clamp(time, kFirst, kLast).time_since_epoch()};
  const auto second = chrono::floor<chrono::seconds>(instant);
  if (second != written) put_second(text, second);
  written = second;
  put_number(text, kMillisAt, 3, (instant - second).count());
  out.append(text);
}

std::string format_rfc3339(LogTime time) {
  std::string text;
  append_rfc3339(text, time);
  return text;
}

Result<LogTime> parse_rfc3339(std::string_view text) {
  const auto time = parse(text);
  if (time) return *time;
  return error(Errc::invalid, fmt::format("\"{}\" is not a time: write it as 2026-01-31T08:00:00Z",
                                          text.substr(0, 40)));
}

}  // namespace doorward::wire
