#include "api/admin/session_table.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>

namespace doorward::api::admin {
namespace {

std::string draw_secret(ports::Entropy& entropy) {
  std::array<std::byte, 32> bytes{};
  entropy.fill(bytes);
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return text;
}

}  // namespace

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

SessionTable::Session SessionTable::begin(ports::Entropy& entropy, Millis now) {
  Session session{draw_secret(entropy), draw_secret(entropy), now + kLifetime};
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [now](const Session& s) { return s.ends_at <= now; });
  if (sessions_.size() == kMaxSessions) sessions_.erase(sessions_.begin());
  sessions_.push_back(session);
  return session;
}

std::optional<SessionTable::Session> SessionTable::find(std::string_view id, Millis now) const {
  const std::lock_guard lock(mutex_);
  for (const Session& session : sessions_)
    if (session.ends_at > now && same_secret(session.id, id)) return session;
  return std::nullopt;
}

void SessionTable::end(std::string_view id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [id](const Session& s) { return same_secret(s.id, id); });
}

std::optional<Millis> SessionTable::must_wait(std::string_view address, Millis now,
                                              std::size_t most) {
  const std::lock_guard lock(mutex_);
  forget_failures(now);
  const auto found = failures_.find(address);
  if (found != failures_.end() && found->second.count >= most)
    return found->second.since + kFailuresWithin - now;
  if (found == failures_.end() && failures_.size() >= kMaxAddresses) return kFailuresWithin;
  return std::nullopt;
}

void SessionTable::failed(std::string_view address, Millis now) {
  const std::lock_guard lock(mutex_);
  forget_failures(now);
  const auto found = failures_.find(address);
  if (found != failures_.end()) {
    ++found->second.count;
  } else if (failures_.size() < kMaxAddresses) {
    failures_.emplace(address, Failures{1, now});
  }
}

void SessionTable::forget_failures(Millis now) {
  std::erase_if(failures_,
                [now](const auto& entry) { return entry.second.since + kFailuresWithin <= now; });
}

}  // namespace doorward::api::admin
