#include "gateway/issuer/issuer_keys.hpp"

#include "wire/json_strict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <utility>
#include <vector>

namespace doorward::gateway {
namespace {

namespace json = boost::json;
using wire::jose::Algorithm;
using wire::jose::Key;
using wire::jose::KeySet;

constexpr Millis kNever = Millis::min();

bool same_key(const Key& a, const Key& b) {
  return a.kid() == b.kid() && a.public_jwk() == b.public_jwk();
}

bool lost_any(const KeySet& before, const KeySet& after) {
  return std::any_of(before.keys().begin(), before.keys().end(), [&](const Key& key) {
    return std::none_of(after.keys().begin(), after.keys().end(),
                        [&](const Key& other) { return same_key(key, other); });
  });
}

Result<KeySet> keys_of(const Result<ports::HttpAnswer>& answer) {
  if (!answer) return answer.error();
  if (answer->status != 200)
    return error(Errc::unavailable, fmt::format("answered {}", answer->status));
  return read_jwks(answer->body, Secrets::left_out);
}

}  // namespace

Result<KeySet> read_jwks(std::string_view text, Secrets secrets) {
  const auto root = wire::parse_json_strict(text);
  const auto* object = root.has_error() ? nullptr : root->if_object();
  const auto* list = object == nullptr ? nullptr : object->if_contains("keys");
  if (list == nullptr || !list->is_array()) return error(Errc::invalid, "there is no JWKS");
  std::vector<Key> keys;
  for (const json::value& entry : list->get_array()) {
    if (!entry.is_object() || keys.size() == IssuerKeys::kMostKeys) continue;
    // Of a kind that is not known: left out, as RFC 7517 section 5 asks.
    auto key = Key::from_jwk(entry.get_object());
    if (key && (secrets == Secrets::taken || key->algorithm() != Algorithm::hs256))
      keys.push_back(*std::move(key));
  }
  if (keys.empty()) return error(Errc::invalid, "there is no key of a kind that is known");
  return KeySet(std::move(keys));
}

struct IssuerKeys::State {
  std::mutex mutex;
  Set keys = std::make_shared<const KeySet>();
  Millis began{kNever};    // the last fetch
  Millis fetched{kNever};  // the keys
  std::atomic<bool> fetching{false};
  std::atomic<std::uint64_t> removals{0};
  OnFault on_fault;
  bool faulty = false;  // told once, until a fetch succeeds

  void take(const Result<ports::HttpAnswer>& answer, const std::string& uri, Millis now) {
    auto read = keys_of(answer);
    bool tell = false;
    if (read) {
      auto made = std::make_shared<const KeySet>(*std::move(read));
      const std::lock_guard lock(mutex);
      if (lost_any(*keys, *made)) removals.fetch_add(1);
      keys = std::move(made);
      fetched = now;
      faulty = false;
    } else {
      const std::lock_guard lock(mutex);
      tell = !std::exchange(faulty, true);
    }
    fetching = false;
    if (tell && on_fault) on_fault(uri, read.error().what);
  }
};

IssuerKeys::IssuerKeys(KeySet fixed) : fixed_(std::make_shared<const KeySet>(std::move(fixed))) {}

IssuerKeys::IssuerKeys(JwksOptions options, ports::OutboundHttp& http, const ports::Clock& clock,
                       OnFault on_fault)
    : options_(std::move(options)),
      http_(&http),
      clock_(&clock),
      state_(std::make_shared<State>()) {
  state_->on_fault = std::move(on_fault);
}

IssuerKeys::~IssuerKeys() = default;

IssuerKeys::Set IssuerKeys::get() const {
  if (fixed_) return fixed_;
  const std::lock_guard lock(state_->mutex);
  return state_->keys;
}

std::uint64_t IssuerKeys::removals() const { return state_ ? state_->removals.load() : 0; }

bool IssuerKeys::is_fetching() const { return state_ && state_->fetching.load(); }

bool IssuerKeys::may_lack() const {
  if (!state_) return false;
  const std::lock_guard lock(state_->mutex);
  return state_->fetched == kNever || state_->faulty;
}

void IssuerKeys::want() {
  if (!state_) return;
  const Millis now = clock_->steady_now();
  {
    const std::lock_guard lock(state_->mutex);
    const Millis pause =
        state_->fetched == kNever ? std::min(kFirstCooldown, options_.cooldown) : options_.cooldown;
    if (state_->began != kNever && now - state_->began < pause) return;
    if (state_->fetching.exchange(true)) return;
    state_->began = now;
  }
  fetch();
}

void IssuerKeys::keep_fresh() {
  if (!state_ || state_->fetching) return;
  const Millis now = clock_->steady_now();
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->fetched != kNever && now - state_->fetched < options_.refresh) return;
  }
  want();
}

void IssuerKeys::fetch() {
  ports::HttpGet request{options_.uri, options_.timeout, options_.most_bytes, options_.authorities};
  http_->get(std::move(request), [state = state_, uri = options_.uri,
                                  clock = clock_](const Result<ports::HttpAnswer>& answer) {
    state->take(answer, uri, clock->steady_now());
  });
}

}  // namespace doorward::gateway
