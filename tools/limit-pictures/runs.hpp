// One run of a real limit over calls at fixed times: what a picture shows.
#pragma once

#include "core/limit/decide.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace doorward::pictures {

using limit::Nanos;

struct Call {
  Nanos at;
  bool passed = false;
};

// From `begin` to `end` somebody holds a slot; a crashed holder does nothing from `crash` on.
struct Bar {
  Nanos begin;
  Nanos end;
  Nanos crash;
};

struct Run {
  std::string name;   // of the file
  std::string title;  // what it is
  limit::Quota quota;
  Nanos length;
  std::vector<Call> calls;
  std::vector<std::uint64_t> left;  // what is left, every `kSample`
  std::vector<Bar> bars;            // concurrency only
};

inline constexpr Nanos kSample = std::chrono::milliseconds{5};

// Of all algorithms, in the order of the page.
std::vector<Run> runs();

// The most that passed in any one window.
std::uint64_t most_in_a_window(const Run& run);

}  // namespace doorward::pictures
