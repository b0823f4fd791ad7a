#include "gateway/limits/held_slots.hpp"

#include <algorithm>

namespace doorward::gateway {

HeldSlots::~HeldSlots() {
  for (const ports::Hit& hit : hits_) store_.release(hit, clock_.limit_now());
}

Millis HeldSlots::interval() const {
  limit::Nanos shortest = limit::Nanos::max();
  for (const ports::Hit& hit : hits_) shortest = std::min(shortest, hit.quota->window());
  return std::chrono::floor<Millis>(shortest / 3);
}

bool HeldSlots::look() {
  // One that an operator reset meanwhile stays gone.
  for (const ports::Hit& hit : hits_) store_.renew(hit, clock_.limit_now());
  return true;
}

}  // namespace doorward::gateway
