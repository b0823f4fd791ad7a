#include "api/compat/systems.hpp"

#include "api/compat/common/common.hpp"
#include "api/compat/gatekeeper/gatekeeper.hpp"
#include "api/compat/rate_limiter/rate_limiter.hpp"
#include "api/compat/ticketing_gateway/ticketing_gateway.hpp"
#include "api/compat/train_reservation/train_reservation.hpp"
#include "api/compat/wait_queue/wait_queue.hpp"
#include "wire/percent.hpp"
#include "wire/utf8.hpp"

#include <algorithm>
#include <cassert>

namespace doorward::api::compat {
namespace {

constexpr const System* kAll[] = {&common::kSystem,
                                  &wait_queue::kSystem,
                                  &train_reservation::kSystem,
                                  &ticketing_gateway::kSystem,
                                  &gatekeeper::kSystem,
                                  &rate_limiter::kSystem};

// Of the native calls, among which no system has one.
constexpr std::string_view kNative = "/v1/";

std::string_view fixed_part(const Row& row) { return row.path.substr(0, row.path.find('{')); }

template <class Entry>
bool goes_on(const Entry& open, std::string_view path) {
  return path.size() > open.path.size() && path.starts_with(open.path);
}

edge::Response redirect(std::string path, std::string_view query) {
  if (!query.empty()) path.append("?").append(query);
  edge::Response response;
  response.head.status = 307;
  response.head.fields.append("Location", path);
  response.head.fields.append("Cache-Control", "no-store");
  return response;
}

}  // namespace

std::span<const System* const> all_systems() { return kAll; }

Systems::Systems(std::span<const std::string_view> switched_off) {
  for (const System* system : kAll)
    if (std::find(switched_off.begin(), switched_off.end(), system->name) == switched_off.end())
      on_.push_back(system);
  // What is shared answers for whoever is on.
  if (std::all_of(on_.begin(), on_.end(), [](const System* s) { return s->name.empty(); }))
    on_.clear();
  for (const System* system : on_) {
    for (const Row& row : system->rows) {
      const std::string_view fixed = fixed_part(row);
      assert(!fixed.starts_with(kNative));
      (fixed == row.path ? fixed_ : open_).push_back({fixed, system, &row});
      if (row.quick != nullptr) quick_.push_back(&row);
    }
  }
  std::ranges::stable_sort(fixed_, {}, &Entry::path);
}

bool Systems::owns(std::string_view path) const {
  // Most calls by far, and looked for twice.
  if (path.starts_with(kNative)) return false;
  return system_of(path) != nullptr || !other_slash(path).empty();
}

const System* Systems::system_of(std::string_view path) const {
  const auto fixed = std::ranges::lower_bound(fixed_, path, {}, &Entry::path);
  if (fixed != fixed_.end() && fixed->path == path) return fixed->system;
  const auto open = std::ranges::find_if(open_, [&](const Entry& e) { return goes_on(e, path); });
  return open == open_.end() ? nullptr : open->system;
}

std::string Systems::other_slash(std::string_view path) const {
  if (path.size() < 2) return {};
  std::string other(path);
  if (other.ends_with('/')) {
    other.pop_back();
  } else {
    other.push_back('/');
  }
  const System* system = system_of(other);
  return system != nullptr && system->redirects_slashes ? other : std::string();
}

Systems::Found Systems::find(std::string_view method, std::string_view path) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  Found found;
  // True once the row is the one that is wanted.
  const auto take = [&](const Entry& entry) {
    if (entry.row->method == wanted) {
      found = {entry.system, entry.row, {}};
      return true;
    }
    if (found.system == nullptr) found.system = entry.system;
    if (!found.allow.empty()) found.allow += ", ";
    found.allow += entry.row->method == "GET" ? "GET, HEAD" : entry.row->method;
    return false;
  };
  if (std::ranges::any_of(std::ranges::equal_range(fixed_, path, {}, &Entry::path), take))
    return found;
  for (const Entry& open : open_)
    if (goes_on(open, path) && take(open)) break;
  return found;
}

Answer Systems::answer_now(Desk& desk, Call& call) const {
  const wire::RequestHead& head = call.head();
  const std::string_view method = head.method == "HEAD" ? "GET" : std::string_view(head.method);
  for (const Row* row : quick_)
    if (row->path == head.path && row->method == method) return row->quick(desk, call);
  return std::nullopt;
}

Answer Systems::begin(Desk& desk, Call& call, Begun& begun) const {
  const wire::RequestHead& head = call.head();
  const Found found = find(head.method, head.path);
  if (found.system == nullptr) return redirect(other_slash(head.path), head.query);
  if (found.row == nullptr) {
    edge::Response response = head.method == "OPTIONS"
                                  ? no_content()
                                  : found.system->refuse(desk, call, 405, "Method Not Allowed");
    // Who is told 401 instead learns nothing of what there is.
    if (response.head.status != 401) response.head.fields.append("Allow", found.allow);
    return response;
  }
  if (found.row->quick != nullptr)
    if (auto answer = found.row->quick(desk, call)) return answer;
  const auto fixed = std::min(fixed_part(*found.row).size(), head.path.size());
  auto rest = wire::percent_decode(std::string_view(head.path).substr(fixed));
  if (!rest) return found.system->refuse(desk, call, 400, "The address has a broken escape");
  // What is told of it is JSON.
  if (!wire::is_utf8(*rest))
    return found.system->refuse(desk, call, 400, "The address is no text in UTF-8");
  begun = {found.row, *std::move(rest)};
  return std::nullopt;
}

edge::Task<Answer> Systems::serve(Desk& desk, Call& call) const {
  Begun begun;
  auto answer = begin(desk, call, begun);
  if (answer) co_return answer;
  call.change = begun.row->change;
  co_return co_await begun.row->handler(desk, call, begun.rest);
}

}  // namespace doorward::api::compat
