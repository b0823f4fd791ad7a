// The sliding log and the leases against plain lists that are searched from end to end.
#include "core/limit/leases.hpp"
#include "core/limit/model_test_support.hpp"
#include "core/limit/sliding_log.hpp"

#include <algorithm>
#include <vector>

namespace doorward::limit {
namespace {

// Every hit that may still count, with its time and its cost.
struct Hit {
  Time at;
  LeaseId id = 0;
  std::uint64_t cost = 0;
};

class ListModel {
 public:
  explicit ListModel(const Quota& quota) : quota_(quota) {}

  Decision decide(Time time, std::uint64_t cost) {
    const Time now = bounded(time);
    enter(now);
    const bool allowed = cost == 0 || used() + cost <= quota_.limit;
    if (cost > 0 && (allowed || quota_.count_refused)) hits_.push_back({now_, ++last_id_, cost});
    return describe(allowed, now, cost);
  }
  bool release(Time now, LeaseId id) {
    enter(bounded(now));
    return std::erase_if(hits_, [&](const Hit& hit) { return hit.id == id; }) > 0;
  }
  bool renew(Time now, LeaseId id) {
    enter(bounded(now));
    const auto hit =
        std::find_if(hits_.begin(), hits_.end(), [&](const Hit& some) { return some.id == id; });
    if (hit == hits_.end()) return false;
    hits_.push_back({now_, id, hit->cost});
    hits_.erase(
        std::find_if(hits_.begin(), hits_.end(), [&](const Hit& some) { return some.id == id; }));
    return true;
  }
  LeaseId last_id() const { return last_id_; }

 private:
  void enter(Time now) {
    now_ = hits_.empty() ? now : std::max(now, hits_.back().at);
    if (now_ - now > quota_.window) {
      now_ = now;
      for (Hit& hit : hits_) hit.at = now;
    }
    std::erase_if(hits_, [&](const Hit& hit) { return hit.at + quota_.window <= now_; });
  }
  std::uint64_t used() const {
    std::uint64_t sum = 0;
    for (const Hit& hit : hits_) sum += std::min(hit.cost, quota_.limit);
    return sum;
  }
  Decision describe(bool allowed, Time now, std::uint64_t cost) const {
    const std::uint64_t limit = quota_.limit;
    Decision d{allowed, limit, limit - std::min(limit, used()), {}, {}};
    if (!hits_.empty()) d.reset = hits_.back().at + quota_.window - now;
    if (allowed) return d;
    d.retry_after = kNever;
    std::uint64_t left = used();
    for (auto hit = hits_.begin(); cost <= limit && left + cost > limit; ++hit) {
      left -= std::min(hit->cost, limit);
      d.retry_after = hit->at + quota_.window - now;
    }
    return d;
  }

  Quota quota_;
  std::vector<Hit> hits_;
  Time now_;
  LeaseId last_id_ = 0;
};

class Log {
 public:
  explicit Log(const CompiledQuota& quota) : quota_(quota) {}
  Decision decide(Time now, std::uint64_t cost) { return log_.decide(quota_, now, cost); }
  Decision peek(Time now, std::uint64_t cost) const { return log_.peek(quota_, now, cost); }

 private:
  CompiledQuota quota_;
  SlidingLog log_;
};

class Holding {
 public:
  explicit Holding(const CompiledQuota& quota) : quota_(quota) {}
  Decision decide(Time now, std::uint64_t cost) {
    const Decision decision = leases_.acquire(quota_, now, last_id_ + 1, cost);
    if (decision.allowed && cost > 0) ++last_id_;
    return decision;
  }
  Decision peek(Time now, std::uint64_t cost) const { return leases_.peek(quota_, now, cost); }

 private:
  CompiledQuota quota_;
  Leases leases_;
  LeaseId last_id_ = 0;
};

// A model that searches lists must have short ones.
constexpr std::uint64_t kShort = 64;

TEST(Limit, SlidingLogAgreesWithItsModel) {
  agrees_with_model<Log, ListModel>(Algorithm::sliding_log, kShort);
}
TEST(Limit, LeasesAgreeWithTheirModel) {
  agrees_with_model<Holding, ListModel>(Algorithm::concurrency, kShort);
}

TEST(Limit, LeasesAgreeWithTheirModelWhenTheyAreRenewedAndReleased) {
  for (std::uint64_t seed = 0; seed < kModelSteps / kStepsPerQuota; ++seed) {
    Scenario scenario(seed << 20, Algorithm::concurrency, kShort);
    const CompiledQuota quota(scenario.quota());
    ListModel model(scenario.quota());
    Leases leases;
    Decision last;
    for (std::uint64_t step = 0; step < kStepsPerQuota; ++step) {
      const Time now = scenario.next_time(last);
      const std::uint64_t cost = scenario.next_cost();
      const LeaseId id = model.last_id() - std::min(model.last_id(), scenario.random().below(80));
      switch (scenario.random().below(3)) {
        case 0: ASSERT_EQ(leases.release(quota, now, id), model.release(now, id)); break;
        case 1: ASSERT_EQ(leases.renew(quota, now, id), model.renew(now, id)); break;
        default:
          last = leases.acquire(quota, now, model.last_id() + 1, cost);
          ASSERT_EQ(last, model.decide(now, cost)) << "seed " << seed << " step " << step;
      }
    }
  }
}

}  // namespace
}  // namespace doorward::limit
