#include "api/compat/systems.hpp"

#include "api/compat/common/common.hpp"
#include "api/compat/gatekeeper/gatekeeper.hpp"
#include "api/compat/rate_limiter/rate_limiter.hpp"
#include "api/compat/ticketing_gateway/ticketing_gateway.hpp"
#include "api/compat/train_reservation/train_reservation.hpp"
#include "api/compat/wait_queue/wait_queue.hpp"
#include "wire/percent.hpp"

#include <algorithm>

namespace doorward::api::compat {
namespace {

constexpr const System* kAll[] = {&common::kSystem,
                                  &wait_queue::kSystem,
                                  &train_reservation::kSystem,
                                  &ticketing_gateway::kSystem,
                                  &gatekeeper::kSystem,
                                  &rate_limiter::kSystem};

std::string_view fixed_part(const Row& row) { return row.path.substr(0, row.path.find('{')); }

bool matches(const Row& row, std::string_view path) {
  const std::string_view fixed = fixed_part(row);
  if (fixed.size() == row.path.size()) return path == row.path;
  return path.size() > fixed.size() && path.starts_with(fixed);
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
  for (const System* system : on_)
    for (const Row& row : system->rows)
      if (row.quick != nullptr) quick_.push_back(&row);
}

bool Systems::owns(std::string_view path) const {
  return system_of(path) != nullptr || !other_slash(path).empty();
}

const System* Systems::system_of(std::string_view path) const {
  const auto found = std::find_if(on_.begin(), on_.end(), [&](const System* system) {
    return std::any_of(system->rows.begin(), system->rows.end(),
                       [&](const Row& row) { return matches(row, path); });
  });
  return found == on_.end() ? nullptr : *found;
}

std::string Systems::other_slash(std::string_view path) const {
  if (path.size() < 2) return {};
  const bool cut = path.ends_with('/');
  const std::string_view bare = path.substr(0, path.size() - (cut ? 1 : 0));
  const auto is_other = [&](const Row& row) {
    if (cut) return matches(row, bare);
    return row.path.size() == bare.size() + 1 && row.path.ends_with('/') &&
           row.path.starts_with(bare);
  };
  const bool is_there = std::any_of(on_.begin(), on_.end(), [&](const System* system) {
    return system->redirects_slashes &&
           std::any_of(system->rows.begin(), system->rows.end(), is_other);
  });
  return is_there ? std::string(bare) + (cut ? "" : "/") : std::string();
}

Systems::Found Systems::find(std::string_view method, std::string_view path) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  Found found;
  for (const System* system : on_) {
    for (const Row& row : system->rows) {
      if (!matches(row, path)) continue;
      if (row.method == wanted) return {system, &row, {}};
      if (found.system == nullptr) found.system = system;
      if (!found.allow.empty()) found.allow += ", ";
      found.allow += row.method == "GET" ? "GET, HEAD" : row.method;
    }
  }
  return found;
}

Answer Systems::answer_now(const Desk& desk, const wire::RequestHead& head) const {
  const std::string_view method = head.method == "HEAD" ? "GET" : std::string_view(head.method);
  for (const Row* row : quick_)
    if (row->path == head.path && row->method == method) return row->quick(desk);
  return std::nullopt;
}

edge::Task<Answer> Systems::serve(Desk& desk, Call& call) const {
  const wire::RequestHead& head = call.head();
  const Found found = find(head.method, head.path);
  if (found.system == nullptr) {
    edge::Response elsewhere = redirect(other_slash(head.path), head.query);
    co_return elsewhere;
  }
  if (found.row == nullptr) {
    edge::Response response = head.method == "OPTIONS"
                                  ? no_content()
                                  : found.system->refuse(desk, call, 405, "Method Not Allowed");
    response.head.fields.append("Allow", found.allow);
    co_return response;
  }
  if (found.row->quick != nullptr) co_return found.row->quick(desk);
  const auto fixed = std::min(fixed_part(*found.row).size(), head.path.size());
  const auto rest = wire::percent_decode(std::string_view(head.path).substr(fixed));
  if (!rest) co_return found.system->refuse(desk, call, 400, "The address has a broken escape");
  co_return co_await found.row->handler(desk, call, *rest);
}

}  // namespace doorward::api::compat
