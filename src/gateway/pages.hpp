// The waiting pages of all rooms, made when first shown and again when a policy has changed.
//
// Why:     rooms come and go by the admin API, and a page tells of its room's policy.
// Ownership: answers are plain values.
// Threads: thread-safe.
// Bounds:  kMaxPages pages are kept; beyond that all are made anew as they are asked for.
#pragma once

#include "edge/exchange.hpp"
#include "engine/shard.hpp"
#include "gateway/waiting_page/waiting_page.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace doorward::gateway {

class Pages {
 public:
  static constexpr std::size_t kMaxPages = 1'000;
  using Displays = std::map<std::string, RoomDisplay, std::less<>>;

  // `displays` by room; checked beforehand with WaitingPage::make. `base` as WaitingPage says.
  explicit Pages(Displays displays, std::string base = "/.doorward/v1")
      : displays_(std::move(displays)), base_(std::move(base)) {}

  // The page as an answer. Language and, where `request` names none, the page to go on to are taken
  // from `head`.
  edge::Response answer(std::string_view room, const room::Policy& policy,
                        const wire::RequestHead& head, PageRequest request, unsigned status);
  // Other looks, from a reload.
  void show(Displays displays);

 private:
  struct Kept {
    room::Policy policy;
    std::shared_ptr<const WaitingPage> page;
  };
  std::shared_ptr<const WaitingPage> page_of(std::string_view room, const room::Policy& policy);

  std::mutex mutex_;
  Displays displays_;
  std::string base_;
  std::map<std::string, Kept, std::less<>> pages_;
};

// Whether a browser asks for a page, and not a program or a script for data.
bool wants_page(const wire::RequestHead& head);

}  // namespace doorward::gateway
