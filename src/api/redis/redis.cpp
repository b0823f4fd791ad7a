#include "api/redis/redis.hpp"

#include "api/redis/conversation.hpp"
#include "wire/jose/signature.hpp"

namespace doorward::api::redis {

std::unique_ptr<edge::RespConversation> Redis::open() {
  return std::make_unique<Conversation>(*this);
}

RedisStats Redis::stats() const {
  return {passed_.load(), limited_.load(), refused_logins_.load()};
}

bool Redis::lets_in(std::string_view user, std::string_view password) const {
  const bool by_default = user == "default";
  if (by_default && !options_.password.empty() &&
      wire::jose::equal_in_constant_time(password, options_.password))
    return true;
  if (options_.has_api_keys) {
    const auto backend = options_.backend_of(password);
    if (backend && (by_default || *backend == user)) return true;
  }
  refused_logins_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

}  // namespace doorward::api::redis
