// The form of Doorward's own answers to visitors of a route, where it is not the native one.
//
// Why:     the clients of a system that Doorward stands in for know that system's errors. What is
//          answered is decided elsewhere; a dress only says it in other words.
// Ownership: outlives the pipeline that uses it.
// Threads: const-safe.
#pragma once

#include "core/room/view.hpp"
#include "edge/exchange.hpp"
#include "wire/http/head.hpp"

namespace doorward::gateway {

class Dress {
 public:
  virtual ~Dress() = default;
  // `native` is problem+json; its status stays.
  virtual edge::Response problem(edge::Response native, const wire::RequestHead& request) const = 0;
  // To a program that must wait in the room of its route.
  virtual edge::Response waiting(const room::TicketView& place, unsigned status) const = 0;
};

}  // namespace doorward::gateway
