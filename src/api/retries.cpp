#include "api/retries.hpp"

#include "api/call.hpp"
#include "api/native/reservations.hpp"

#include <fmt/format.h>

namespace doorward::api {
namespace {

// Of an entry and of the answer's fields, about.
constexpr std::size_t kOverhead = 1'024;

}  // namespace

std::size_t RetryTable::bytes_of(const Known& known) {
  return kOverhead + (known.answer ? known.answer->body.size() : 0);
}

void RetryTable::forget(Millis now) {
  while (!order_.empty()) {
    const auto& [key, since] = order_.front();
    if (now - since < kKept && order_.size() <= kMost && bytes_ <= kMaxBytes) return;
    const auto found = known_.find(key);
    if (found != known_.end() && found->second.since == since) {
      bytes_ -= bytes_of(found->second);
      known_.erase(found);
    }
    order_.pop_front();
  }
}

RetryTable::Claim RetryTable::claim(const Hash128& call, Millis now, edge::Response& answer) {
  const std::lock_guard lock(mutex_);
  forget(now);
  const auto [at, is_new] = known_.try_emplace(key_of(call), Known{now, {}});
  if (is_new) {
    order_.emplace_back(at->first, now);
    bytes_ += bytes_of(at->second);
    return Claim::first;
  }
  if (!at->second.answer) return Claim::under_way;
  answer = *at->second.answer;
  return Claim::answered;
}

void RetryTable::keep(const Hash128& call, const edge::Response& answer) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key_of(call));
  if (found == known_.end()) return;
  bytes_ -= bytes_of(found->second);
  found->second.answer = answer;
  bytes_ += bytes_of(found->second);
}

void RetryTable::give_up(const Hash128& call) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key_of(call));
  if (found == known_.end()) return;
  bytes_ -= bytes_of(found->second);
  known_.erase(found);
}

Retry::Retry(Desk& desk, const Call& call) : desk_(desk) {
  const auto key = idempotency_key(call.head());
  if (key.has_error()) {
    answer = gateway::answer(key.error());
  } else if (!key->empty()) {
    claim(call, *key);
  }
}

Retry::Retry(Desk& desk, const Call& call, std::optional<std::string_view> key) : desk_(desk) {
  if (key) claim(call, *key);
}

Retry::~Retry() {
  if (claimed_) desk_.retries.give_up(*claimed_);
}

// Another body, or another tenant's, is another call.
void Retry::claim(const Call& call, std::string_view key) {
  const wire::RequestHead& head = call.head();
  const Hash128 asked =
      siphash128(desk_.counting.key, fmt::format("{}\n{}\n{}\n{}\n{}\n{}", head.method, head.path,
                                                 head.query, call.tenant, key, call.body));
  edge::Response before;
  switch (desk_.retries.claim(asked, desk_.places.services().clock.steady_now(), before)) {
    case RetryTable::Claim::first: claimed_ = asked; break;
    case RetryTable::Claim::answered: answer = std::move(before); break;
    case RetryTable::Claim::under_way:
      answer = gateway::answer(gateway::problems::kUnavailable,
                               "The call of this Idempotency-Key is still under way; try again.");
  }
}

edge::Response Retry::kept(edge::Response response) {
  if (claimed_ && response.head.status < 300) {
    desk_.retries.keep(*claimed_, response);
    claimed_.reset();
  }
  return response;
}

}  // namespace doorward::api
