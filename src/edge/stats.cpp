#include "edge/stats.hpp"

namespace doorward::edge {

void LoopCounters::refuse(unsigned status) {
  for (std::size_t i = 0; i < kRefusals.size(); ++i) {
    if (kRefusals[i] == status) refused_requests[i].add();
  }
}

void LoopCounters::add_to(Stats& stats) const {
  stats.accepted += accepted.get();
  stats.connections += accepted.get() - ended.get();
  stats.refused_connections += refused_connections.get();
  stats.accept_errors += accept_errors.get();
  stats.requests += requests.get();
  stats.bytes_in += bytes_in.get();
  stats.bytes_out += bytes_out.get();
  stats.deadlines += deadlines.get();
  stats.parked_event_streams += parked_event_streams.get();
  stats.parked_websockets += parked_websockets.get();
  stats.renders += renders.get();
  stats.resp_accepted += resp_opened.get();
  stats.resp_connections += resp_opened.get() - resp_ended.get();
  stats.resp_requests += resp_requests.get();
  stats.resp_errors += resp_errors.get();
  for (std::size_t i = 0; i < kRefusals.size(); ++i) {
    stats.refused_requests[i] += refused_requests[i].get();
  }
}

}  // namespace doorward::edge
