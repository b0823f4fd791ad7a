// Settings of the train reservation's calls.
//
// Spec: docs/migrate/train-reservation.md.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>

namespace doorward::api::train_reservation {

struct Options {
  bool on = true;
  std::string inventory = "train";
  std::uint32_t stock = 1;                 // of an inventory that nobody configured
  std::string room = "train-reservation";  // who waits for what may be given back
  std::string lock = "reserve";            // while somebody has it, nothing is sold
  Millis lease{std::chrono::seconds{5}};   // of a hold that its process left behind

  friend bool operator==(const Options&, const Options&) = default;
};

}  // namespace doorward::api::train_reservation
