#include "app/serve/counters.hpp"

#include "app/serve/secrets.hpp"

#include <algorithm>
#include <chrono>

namespace doorward::app {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFile = "counters";
constexpr Millis kStep = 500ms;

std::size_t shards_in_a_step(Millis clean_every) {
  const auto steps = std::max<std::int64_t>(1, clean_every / kStep);
  return std::max<std::size_t>(
      1, ports::MemoryCounterStore::kShards / static_cast<std::size_t>(steps));
}

}  // namespace

Counters::Counters(const config::CounterSettings& settings, const std::filesystem::path& folder,
                   const ports::Clock& clock, ports::Entropy& entropy, Log& log)
    : settings_(settings),
      clock_(clock),
      log_(log),
      store_({.max_bytes = settings.bytes, .retention = settings.keep_idle}),
      secret_(draw_sip_key(entropy)) {
  if (!folder.empty())
    file_.emplace(adapters::posix::CounterFile::Options{folder / kFile, settings.save_every},
                  store_, clock_, entropy, [this](std::string_view what) { log_.warn(what); });
  thread_ = std::thread([this] { keep_clean(); });
}

Counters::~Counters() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Counters::keep_clean() {
  const std::size_t shards = shards_in_a_step(settings_.clean_every);
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kStep, [this] { return ending_; })) {
    lock.unlock();
    store_.clean(clock_.limit_now(), shards);
    warn_of_loss();
    lock.lock();
  }
}

void Counters::warn_of_loss() {
  const std::uint64_t lost = store_.stats().forgotten_live;
  if (lost == said_) return;
  said_ = lost;
  log_.warn("counters of limits were forgotten for want of memory: raise counters.bytes",
            {{"forgotten", lost}});
}

void Counters::write(MetricWriter& writer) const {
  const ports::CounterStats stats = store_.stats();
  writer.put(MetricId::counter_keys, static_cast<double>(stats.keys));
  writer.put(MetricId::counter_bytes, static_cast<double>(stats.bytes));
  writer.put(MetricId::counters_expired, static_cast<double>(stats.expired));
  writer.put(MetricId::counters_forgotten, static_cast<double>(stats.forgotten_live));
}

}  // namespace doorward::app
