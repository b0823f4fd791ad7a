// Routes: which requests go where, and which of them stand behind a room.
//
// Why:     one table decides by host, path and method; what happens then is the filters' business.
// Bounds:  a table of at most 10,000 routes.
// Threads: a RouteTable is const-safe.
// Spec:    docs/configuration.md, "routes".
#pragma once

#include "core/route/literal_index.hpp"
#include "core/route/path.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::route {

// Empty lists match everything. A path pattern is "/buy" (exactly that path), "/buy/*" (one segment
// more), or "/buy/**" ("/buy" and everything below it). Paths compare as core/route/path.hpp reads
// them:
// "/BUY", "/%62uy", "//buy/" and "/x/../buy" are all "/buy". A path that servers read differently
// ("/x;/../buy", "/x%2f..%2fbuy") is taken only where every reading leads to the same route.
// No path at all is "/**".
// A host pattern without a port matches every port. "GET" covers HEAD, since servers answer it the
// same.
struct Match {
  std::vector<std::string> hosts;  // "shop.example", "*.shop.example"
  std::vector<std::string> paths;
  std::vector<std::string> methods;
  friend bool operator==(const Match&, const Match&) = default;
};

// Who passes the gate of a room: whoever has a place, and others are given one; or only the user of
// a verified JWT, by the place which that user took with a call.
enum class Entry : std::uint8_t { anyone, user };

struct Route {
  std::string name;
  Match match;
  std::string room;                    // empty: not gated
  std::string upstream;                // empty: gated only (the answer is for another proxy)
  std::uint16_t waiting_status = 429;  // what a program that must wait is answered with
  Entry entry = Entry::anyone;
  std::string renews = {};        // a room: requests of those inside count as use of their session
  std::string strip_prefix = {};  // taken off the path on the way to the upstream
  friend bool operator==(const Route&, const Route&) = default;
};

// What is wrong with a pattern, or nothing: for the configuration, which says so with file and
// line.
std::optional<std::string> fault_in_path_pattern(std::string_view pattern);
std::optional<std::string> fault_in_host_pattern(std::string_view pattern);

// Finds the route of a request: the most specific path pattern wins, then the most specific host,
// then the earlier in the file. But a room that has the whole of a host ("/**") has it before the
// rooms of other tenants that name no host, whatever their paths. No route takes "/.doorward" or
// anything below it.
// Time: hash look-ups by path, for each different reading of it at most one for each '/' within the
// longest pattern, however long the path is. `look_ups`, where given, counts them.
class RouteTable {
 public:
  RouteTable() = default;
  explicit RouteTable(std::vector<Route> routes);
  const Route* find(std::string_view host, std::string_view path, std::string_view method,
                    std::size_t* look_ups = nullptr) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  // One host pattern of one route, in the order of preference within its path pattern.
  struct Candidate {
    std::string name;    // empty: every host
    std::string port;    // empty: every port
    bool below = false;  // "*.": any name below `name`
    std::uint32_t route = 0;
  };
  using Candidates = std::vector<Candidate>;
  using Index = LiteralIndex<Candidates>;

  void add(const std::string& pattern, std::uint32_t route);
  void add_candidates(Candidates& to, std::uint32_t route) const;
  const Route* find_read(const Host& host, std::string_view path, std::string_view method,
                         std::size_t& look_ups) const;
  const Route* find_by_path(const Host& host, std::string_view path, std::string_view method,
                            std::size_t& look_ups) const;
  const Route* pick(const Candidates& from, const Host& host, std::string_view method) const;

  std::vector<Route> routes_;
  Index exact_, one_more_, all_below_;  // by the pattern's literal part
  Candidates rooms_of_hosts_;           // of gated routes that have the whole of a host
};

}  // namespace doorward::route
