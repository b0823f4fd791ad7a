// The bare edge, to be measured: one loop that answers `ok`, and parks what asks for /events.
// Prints its port, and runs until its standard input ends.
#include "edge/server.hpp"

#include <cstdio>
#include <optional>
#include <string>

namespace edge = doorward::edge;

namespace {

class Quiet final : public edge::StreamSource {
 public:
  Next render(edge::ParkedStream& stream, edge::StreamKind, std::string& out) override {
    if (stream.memo++ == 0) out.append("data: 1\n\n");
    return {doorward::Millis(20'000), false};
  }
  Heard message(edge::ParkedStream&, std::string_view, std::string&) override {
    return Heard::go_on;
  }
  void gone(const edge::ParkedStream&) override {}
};

edge::Task<> park(edge::Exchange& exchange) {
  static std::uint64_t key = 0;
  edge::ParkedStream stream;
  stream.key = ++key;
  doorward::wire::ResponseHead head;
  co_await exchange.park_event_stream(stream, head);
}

std::optional<edge::Task<>> handle(edge::Exchange& exchange) {
  if (exchange.request().path == "/events") return park(exchange);
  edge::Response response;
  response.head.fields.append("Content-Type", "text/plain");
  response.body = "ok";
  exchange.respond_now(response);
  return std::nullopt;
}

}  // namespace

int main() {
  edge::ServerOptions options;
  options.listeners = {edge::Listener{}};
  options.threads = 1;
  options.connections_per_address = 100'000;
  Quiet source;
  edge::Server server(options, handle, &source);
  if (const auto started = server.start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().what.c_str());
    return 1;
  }
  std::printf("%u\n", static_cast<unsigned>(server.bound_ports().front()));
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}
