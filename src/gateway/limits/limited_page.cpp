#include "gateway/limits/limited_page.hpp"

#include "gateway/waiting_page/small_page.hpp"

#include <algorithm>
#include <functional>

namespace doorward::gateway {
namespace {

constexpr std::uint64_t kMaxWait_s = 366 * 86'400;
constexpr std::uint64_t kMaxSpread_s = 30;

unsigned again_s(std::uint64_t wait_s, const std::string& request_id) {
  const std::uint64_t spread_s = std::min(2 + wait_s / 4, kMaxSpread_s);
  return static_cast<unsigned>(wait_s + 1 + std::hash<std::string>()(request_id) % spread_s);
}

}  // namespace

edge::Response limited_page(const Context& context, unsigned status,
                            std::optional<std::uint64_t> wait_s) {
  const wire::RequestHead& head = context.exchange.request();
  const Words& words = words_for(head);
  SmallPage page{words["limited_title"], words["limited_never"]};
  if (wait_s) {
    const bool may_repeat = asks_only(head);
    const std::uint64_t left_s = std::min(*wait_s, kMaxWait_s);
    page.lead = words.fill(may_repeat ? "limited" : "limited_post", {{"wait", words.wait(left_s)}});
    if (may_repeat) page.again_s = again_s(left_s, context.request_id);
  }
  return small_page(words, status, page);
}

}  // namespace doorward::gateway
