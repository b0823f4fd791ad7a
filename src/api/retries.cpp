#include "api/retries.hpp"

#include "api/call.hpp"
#include "api/native/reservations.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace doorward::api {
namespace {

// Of an entry and of the answer's fields, about.
constexpr std::size_t kOverhead = 1'024;

}  // namespace

std::size_t RetryTable::bytes_of(const Known& known) {
  return kOverhead + (known.answer ? known.answer->body.size() : 0);
}

void RetryTable::add(const Key& key, std::string_view tenant, Millis now) {
  auto share = shares_.find(tenant);
  if (share == shares_.end()) share = shares_.try_emplace(std::string(tenant)).first;
  const auto in_share = share->second.order.insert(share->second.order.end(), key);
  const auto in_all = order_.insert(order_.end(), key);
  count(known_.emplace(key, Known{now, share, in_share, in_all}).first->second, 0);
}

void RetryTable::count(Known& known, std::size_t before) {
  const std::size_t bytes = bytes_of(known);
  known.share->second.bytes += bytes - before;
  bytes_ += bytes - before;
}

void RetryTable::remove(Calls::iterator found) {
  const Known& known = found->second;
  const std::size_t bytes = bytes_of(known);
  Share& share = known.share->second;
  bytes_ -= bytes;
  share.bytes -= bytes;
  order_.erase(known.in_all);
  share.order.erase(known.in_share);
  if (share.order.empty()) shares_.erase(known.share);
  known_.erase(found);
}

void RetryTable::forget_old(Millis now) {
  while (!order_.empty()) {
    const auto oldest = known_.find(order_.front());
    if (now - oldest->second.since < kKept) return;
    remove(oldest);
  }
}

void RetryTable::forget_too_many() {
  while (known_.size() > kMost || bytes_ > kMaxBytes) {
    const auto largest = std::ranges::max_element(
        shares_, {}, [](const Shares::value_type& share) { return share.second.bytes; });
    remove(known_.find(largest->second.order.front()));
  }
}

RetryTable::Claim RetryTable::claim(const Hash128& call, std::string_view tenant, Millis now,
                                    edge::Response& answer) {
  const std::lock_guard lock(mutex_);
  forget_old(now);
  const auto found = known_.find(key_of(call));
  if (found == known_.end()) {
    add(key_of(call), tenant, now);
    forget_too_many();
    return Claim::first;
  }
  if (!found->second.answer) return Claim::under_way;
  answer = *found->second.answer;
  return Claim::answered;
}

void RetryTable::keep(const Hash128& call, const edge::Response& answer) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key_of(call));
  if (found == known_.end()) return;
  const std::size_t before = bytes_of(found->second);
  found->second.answer = answer;
  count(found->second, before);
  forget_too_many();
}

void RetryTable::give_up(const Hash128& call) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key_of(call));
  if (found != known_.end()) remove(found);
}

Retry::Retry(Desk& desk, Call& call) : desk_(desk) {
  const auto key = idempotency_key(call.head());
  if (key.has_error()) {
    answer = gateway::answer(key.error());
  } else if (!key->empty()) {
    claim(call, *key);
  }
}

Retry::Retry(Desk& desk, Call& call, std::optional<std::string_view> key) : desk_(desk) {
  if (key) claim(call, *key);
}

Retry::~Retry() {
  if (claimed_) desk_.retries.give_up(*claimed_);
}

// Another body, or another tenant's, is another call.
void Retry::claim(Call& call, std::string_view key) {
  const wire::RequestHead& head = call.head();
  const Hash128 asked =
      siphash128(desk_.counting.key, fmt::format("{}\n{}\n{}\n{}\n{}\n{}", head.method, head.path,
                                                 head.query, call.tenant, key, call.body));
  edge::Response before;
  const Millis now = desk_.places.services().clock.steady_now();
  switch (desk_.retries.claim(asked, call.tenant, now, before)) {
    case RetryTable::Claim::first: claimed_ = asked; break;
    case RetryTable::Claim::answered:
      answer = std::move(before);
      call.was_answered = true;
      break;
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
