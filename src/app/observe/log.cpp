#include "app/observe/log.hpp"

#include "wire/rfc3339.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace doorward::app {
namespace {

constexpr std::size_t kMaxWaiting = 8'192;
constexpr std::size_t kMaxRepeats = 256;
constexpr Millis kRepeatEvery{10'000};

class StandardError : public Log::Sink {
 public:
  StandardError()
      : pool_(std::make_shared<spdlog::details::thread_pool>(kMaxWaiting, 1)),
        logger_(std::make_shared<spdlog::async_logger>(
            "doorward", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool_,
            spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_pattern("%v");
    logger_->set_level(spdlog::level::trace);
    logger_->flush_on(spdlog::level::trace);
  }
  // The thread ends first: a message that it still holds must not be the logger's last owner.
  ~StandardError() override { pool_.reset(); }
  void write(std::string line) override { logger_->info(std::string_view(line)); }
  void flush() override { logger_->flush(); }

 private:
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

// Quotes where a reader or a script could be misled.
std::string shown(const LogField& field) {
  const bool plain =
      !field.value.empty() && std::all_of(field.value.begin(), field.value.end(), [](char c) {
        return c > ' ' && c != '"' && c != '=' && c != 0x7f;
      });
  return plain ? field.value : quoted(field.value);
}

}  // namespace

const char* to_string(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warn: return "warn";
    case Level::error: return "error";
  }
  return "info";
}

std::string format_line(bool json, LogTime time, Level level, std::string_view message,
                        const LogField* fields, std::size_t count) {
  std::string line;
  if (!json) {
    line = fmt::format("{} {:<5} {}", wire::format_rfc3339(time), to_string(level), message);
    for (std::size_t i = 0; i < count; ++i) {
      line += fmt::format(" {}={}", fields[i].key, shown(fields[i]));
    }
    return line;
  }
  line = fmt::format(R"({{"time":"{}","level":"{}","message":{})", wire::format_rfc3339(time),
                     to_string(level), quoted(message));
  for (std::size_t i = 0; i < count; ++i) {
    line += fmt::format(R"(,"{}":{})", fields[i].key,
                        fields[i].is_text ? quoted(fields[i].value) : fields[i].value);
  }
  return line + '}';
}

std::unique_ptr<Log::Sink> Log::standard_error() { return std::make_unique<StandardError>(); }

void Log::configure(Level level, bool json, bool access) {
  level_ = level;
  json_ = json;
  access_ = access;
}

void Log::say(Level level, std::string_view message, LogFields fields) {
  if (level < level_.load(std::memory_order_relaxed)) return;
  std::uint64_t left_out = 0;
  if (level >= Level::warn) {
    const std::scoped_lock lock(mutex_);
    auto it = repeats_.find(message);
    const Millis now = clock_.steady_now();
    if (it != repeats_.end() && now - it->second.last < kRepeatEvery) {
      ++it->second.left_out;
      return;
    }
    if (it == repeats_.end()) {
      if (repeats_.size() >= kMaxRepeats) repeats_.clear();
      it = repeats_.emplace(message, Repeat{}).first;
    }
    left_out = std::exchange(it->second.left_out, 0);
    it->second.last = now;
  }
  put(level, message, fields, left_out);
}

void Log::each_time(Level level, std::string_view message, LogFields fields) {
  if (level >= level_.load(std::memory_order_relaxed)) put(level, message, fields, 0);
}

void Log::put(Level level, std::string_view message, LogFields fields, std::uint64_t left_out) {
  std::vector<LogField> all(fields);
  if (left_out > 0) all.emplace_back("left_out", left_out);
  sink_->write(format_line(json_, clock_.wall_now(), level, message, all.data(), all.size()));
}

}  // namespace doorward::app
