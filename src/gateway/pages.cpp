#include "gateway/pages.hpp"

#include <fmt/format.h>

namespace doorward::gateway {
namespace {

// The path and query of `Referer`, where it is a page of this site; the browser of our own form
// sends it.
std::string referring_path(const wire::RequestHead& head) {
  const auto referer = head.fields.find("Referer");
  if (!referer) return "/";
  const std::size_t host = referer->find("://");
  const std::size_t path = host == std::string_view::npos ? host : referer->find('/', host + 3);
  if (path == std::string_view::npos) return "/";
  return is_local_path(referer->substr(path)) ? std::string(referer->substr(path)) : "/";
}

}  // namespace

bool wants_page(const wire::RequestHead& head) {
  const auto mode = head.fields.find("Sec-Fetch-Mode");
  if (mode && *mode != "navigate") return false;
  const auto accept = head.fields.find("Accept");
  return accept && accept->find("text/html") != std::string_view::npos;
}

void Pages::show(Displays displays) {
  const std::lock_guard lock(mutex_);
  displays_ = std::move(displays);
  pages_.clear();
}

std::shared_ptr<const WaitingPage> Pages::page_of(std::string_view room,
                                                  const room::Policy& policy) {
  const std::lock_guard lock(mutex_);
  const auto kept = pages_.find(room);
  if (kept != pages_.end() && kept->second.policy == policy) return kept->second.page;
  const auto display = displays_.find(room);
  auto made =
      WaitingPage::make(std::string(room), policy,
                        display == displays_.end() ? RoomDisplay{} : display->second, base_);
  // Looks that do not hold were refused at the start; the plain page always holds.
  if (made.has_error()) made = WaitingPage::make(std::string(room), policy, {}, base_);
  if (pages_.size() >= kMaxPages) pages_.clear();
  auto page = std::make_shared<const WaitingPage>(std::move(*made));
  pages_.insert_or_assign(std::string(room), Kept{policy, page});
  return page;
}

edge::Response Pages::answer(std::string_view room, const room::Policy& policy,
                             const wire::RequestHead& head, PageRequest request, unsigned status) {
  const std::string referring = request.go_on.empty() ? referring_path(head) : std::string();
  if (request.go_on.empty()) request.go_on = referring;
  if (!is_local_path(request.go_on)) request.go_on = "/";
  request.accept_language = head.fields.find("Accept-Language").value_or("");
  Page page = page_of(room, policy)->render(request);
  edge::Response response;
  response.head.status = status;
  wire::Fields& fields = response.head.fields;
  fields.append("Content-Type", "text/html; charset=utf-8");
  fields.append("Content-Language", page.language);
  fields.append("Content-Security-Policy", page.security_policy);
  fields.append("Cache-Control", "no-store");
  fields.append("Vary", "Accept-Language, Accept, Cookie");
  fields.append("X-Content-Type-Options", "nosniff");
  fields.append("Referrer-Policy", "same-origin");
  response.body = std::move(page.html);
  return response;
}

}  // namespace doorward::gateway
