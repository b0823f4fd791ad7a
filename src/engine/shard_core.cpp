#include "engine/shard_core.hpp"

#include <algorithm>
#include <utility>

namespace doorward::engine {

void Pending::add(std::span<const Waiting> waiting) {
  const std::lock_guard lock(mutex_);
  waiting_.insert(waiting_.end(), waiting.begin(), waiting.end());
}

std::vector<Pending::Waiting> Pending::take(std::uint64_t first, std::uint64_t count) {
  const std::lock_guard lock(mutex_);
  const auto by_counter = [](const Waiting& w, std::uint64_t counter) {
    return w.counter < counter;
  };
  const auto begin = std::lower_bound(waiting_.begin(), waiting_.end(), first, by_counter);
  const auto end = std::lower_bound(begin, waiting_.end(), first + count, by_counter);
  std::vector<Waiting> taken(begin, end);
  waiting_.erase(begin, end);
  return taken;
}

std::vector<Pending::Waiting> Pending::take_all() {
  const std::lock_guard lock(mutex_);
  std::vector<Waiting> taken(waiting_.begin(), waiting_.end());
  waiting_.clear();
  return taken;
}

void answer_unavailable(const std::vector<Pending::Waiting>& waiting) {
  for (const Pending::Waiting& w : waiting) {
    w.completion->complete(Outcome{Status::unavailable, std::nullopt, {}});
  }
}

std::shared_ptr<const limit::RuleSet> ShardCore::rules(std::string_view tenant) const {
  const std::lock_guard lock(rules_mutex_);
  if (tenant.empty()) return rules_;
  const auto found = rules_of_tenants_.find(tenant);
  return found == rules_of_tenants_.end() ? no_rules_ : found->second;
}

void ShardCore::set_rules(RuleTable::Sets rules) {
  {
    const std::lock_guard lock(rules_mutex_);
    rules_ = rules.at({});
    rules_of_tenants_.swap(rules);
  }
  ++rules_version;
}

void ShardCore::set_rules_of(const std::string& tenant,
                             std::shared_ptr<const limit::RuleSet> rules) {
  std::shared_ptr<const limit::RuleSet> before;  // ends without the mutex
  {
    const std::lock_guard lock(rules_mutex_);
    if (tenant.empty()) {
      before = std::exchange(rules_, std::move(rules));
    } else if (rules == nullptr) {
      const auto found = rules_of_tenants_.find(tenant);
      if (found != rules_of_tenants_.end()) before = std::move(found->second);
      if (found != rules_of_tenants_.end()) rules_of_tenants_.erase(found);
    } else {
      before = std::exchange(rules_of_tenants_[tenant], std::move(rules));
    }
  }
  ++rules_version;
}

std::shared_ptr<const tenant::TenantSet> ShardCore::tenants() const {
  const std::lock_guard lock(rules_mutex_);
  return tenants_;
}

void ShardCore::set_tenants(std::shared_ptr<const tenant::TenantSet> tenants) {
  const std::lock_guard lock(rules_mutex_);
  tenants_.swap(tenants);
}

Agenda ShardCore::agenda() const {
  const std::lock_guard lock(mutex_);
  return agenda_;
}

LogTime ShardCore::log_now() const {
  const std::lock_guard lock(mutex_);
  return agenda_.log_now(clock.steady_now());
}

void ShardCore::set_agenda(Agenda agenda) {
  const std::lock_guard lock(mutex_);
  agenda_ = std::move(agenda);
}

std::string ShardCore::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

void ShardCore::break_with(const std::string& what) {
  {
    const std::lock_guard lock(mutex_);
    fault_ = what;
  }
  broken = true;
  writable = false;
  answer_unavailable(pending.take_all());
  tell(Trouble::broken, what);
}

void ShardCore::pause(Millis time) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, time, [this] { return stopping.load(); });
}

void ShardCore::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping = true;
  }
  stopped_.notify_all();
}

}  // namespace doorward::engine
