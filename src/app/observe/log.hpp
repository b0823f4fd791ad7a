// The program's log: one line an event, with fields, on standard error.
//
// Why:     a message is a fixed English sentence and what varies stands in fields, so that lines
//          can be counted and searched. No token, cookie or body is ever a field.
// Time:    lines carry the wall clock; repeats are counted by the clock given.
// Threads: thread-safe. Lines are written by a thread of the log's own.
// Bounds:  8,192 lines wait; beyond that the oldest are dropped. Of one warning or error, one line
//          in 10 s: the next one says how many were left out. 256 messages are told apart. Not
//          thinned out is what an operator waits for: `each_time`.
#pragma once

#include "base/time.hpp"
#include "ports/clock.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::app {

enum class Level : std::uint8_t { debug, info, warn, error };
const char* to_string(Level level);

struct LogField {
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  template <class Number>
  requires std::is_arithmetic_v<Number> LogField(std::string_view k, Number v)
      : key(k), value(fmt::to_string(v)), is_text(false) {}

  std::string_view key;
  std::string value;
  bool is_text = true;
};
using LogFields = std::initializer_list<LogField>;

// A line without its end: `2026-05-01T10:00:00.000Z warn  message key=value`, or one JSON object.
std::string format_line(bool json, LogTime time, Level level, std::string_view message,
                        const LogField* fields, std::size_t count);

class Log {
 public:
  // Where finished lines go.
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void write(std::string line) = 0;
    virtual void flush() = 0;
  };
  static std::unique_ptr<Sink> standard_error();

  Log(const ports::Clock& clock, std::unique_ptr<Sink> sink)
      : clock_(clock), sink_(std::move(sink)) {}
  ~Log() { sink_->flush(); }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void configure(Level level, bool json, bool access);

  void debug(std::string_view message, LogFields fields = {}) {
    say(Level::debug, message, fields);
  }
  void info(std::string_view message, LogFields fields = {}) { say(Level::info, message, fields); }
  void warn(std::string_view message, LogFields fields = {}) { say(Level::warn, message, fields); }
  void error(std::string_view message, LogFields fields = {}) {
    say(Level::error, message, fields);
  }
  // Said however often it was said before, such as why a SIGHUP was refused.
  void each_time(Level level, std::string_view message, LogFields fields = {});
  bool wants_access() const { return access_.load(std::memory_order_relaxed); }
  void access(LogFields fields) { put(Level::info, "request", fields, 0); }

 private:
  struct Repeat {
    Millis last{};
    std::uint64_t left_out = 0;
  };

  void say(Level level, std::string_view message, LogFields fields);
  void put(Level level, std::string_view message, LogFields fields, std::uint64_t left_out);

  const ports::Clock& clock_;
  std::unique_ptr<Sink> sink_;
  std::atomic<Level> level_{Level::info};
  std::atomic<bool> json_{false};
  std::atomic<bool> access_{false};
  std::mutex mutex_;
  std::map<std::string, Repeat, std::less<>> repeats_;
};

}  // namespace doorward::app
