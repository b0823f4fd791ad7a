// Routes: which requests go where, and which of them stand behind a room.
//
// Why:     one table decides by host, path and method; what happens then is the filters' business.
// Bounds:  a table of at most 10,000 routes.
// Threads: a RouteTable is const-safe.
// Spec:    docs/configuration.md, "routes".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::route {

// Empty lists match everything. A path pattern is "/buy" (exactly that path), "/buy/*" (one segment
// more), or "/buy/**" ("/buy" and everything below it). Paths are compared after percent-decoding of
// unreserved characters and without regard to letter case, so that "/BUY" and "/%62uy" do not walk
// past a room.
struct Match {
  std::vector<std::string> hosts;  // "shop.example", "*.shop.example"
  std::vector<std::string> paths;
  std::vector<std::string> methods;
  friend bool operator==(const Match&, const Match&) = default;
};

struct Route {
  std::string name;
  Match match;
  std::string room;      // empty: not gated
  std::string upstream;  // empty: gated only (the answer is for another proxy)
  std::uint16_t waiting_status = 429;  // what a program that must wait is answered with
  friend bool operator==(const Route&, const Route&) = default;
};

// Finds the route of a request: the most specific path pattern wins, then the most specific host, then
// the earlier in the file.
class RouteTable {
 public:
  RouteTable() = default;
  explicit RouteTable(std::vector<Route> routes);
  const Route* find(std::string_view host, std::string_view path, std::string_view method) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace doorward::route
