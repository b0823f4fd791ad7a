// The compatible systems that are on, and the way to their calls.
//
// Why:     they answer where no route of the operator's does, beside the native calls.
// Threads: const-safe.
// Spec:    docs/migrate/.
#pragma once

#include "api/compat/system.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::api::compat {

std::span<const System* const> all_systems();

class Systems {
 public:
  explicit Systems(std::span<const std::string_view> switched_off);

  bool owns(std::string_view path) const;
  // Whose a path is; null: nobody's, or a redirection for its last slash.
  const System* system_of(std::string_view path) const;
  // The answer of a call that needs not wait. Absent: `serve` answers.
  Answer answer_now(Desk& desk, Call& call) const;
  edge::Task<Answer> serve(Desk& desk, Call& call) const;
  std::span<const System* const> on() const { return on_; }

 private:
  struct Found {
    const System* system = nullptr;
    const Row* row = nullptr;  // null: of another method
    std::string allow;
  };
  struct Entry {
    std::string_view path;  // up to a name in braces
    const System* system;
    const Row* row;
  };
  // A call that must wait.
  struct Begun {
    const Row* row = nullptr;
    std::string rest;  // of the path, unescaped
  };
  Found find(std::string_view method, std::string_view path) const;
  // The answer where there is one at once; else what is to be awaited.
  Answer begin(Desk& desk, Call& call, Begun& begun) const;
  // The path with its last slash, or without, where a system has that alone; else empty.
  std::string other_slash(std::string_view path) const;

  std::vector<const System*> on_;
  std::vector<Entry> fixed_;  // by path, and of one path in the order of the systems
  std::vector<Entry> open_;   // whose path goes on with a name
  std::vector<const Row*> quick_;
};

}  // namespace doorward::api::compat
