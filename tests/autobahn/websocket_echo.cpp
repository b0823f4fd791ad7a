// Echoes WebSocket messages by the edge and the codec of wire/, for the Autobahn cases.
// Prints its port, and runs until its standard input ends.
#include "edge/server.hpp"
#include "wire/websocket/decoder.hpp"
#include "wire/websocket/handshake.hpp"

#include <cstdio>
#include <string>

namespace edge = doorward::edge;
namespace ws = doorward::wire::websocket;

namespace {

constexpr std::size_t kMostBytes = 16 * 1'048'576;

// Appends the answers to what `in` holds. False: a close is among them.
bool answer(ws::Decoder& decoder, std::string_view in, std::string& out) {
  using Kind = ws::Event::Kind;
  for (;;) {
    const ws::Event event = decoder.next(in);
    in.remove_prefix(event.consumed);
    if (event.kind == Kind::need_more) return true;
    if (event.kind == Kind::text) ws::append_frame(out, ws::Opcode::text, event.payload);
    if (event.kind == Kind::binary) ws::append_frame(out, ws::Opcode::binary, event.payload);
    if (event.kind == Kind::ping) ws::append_frame(out, ws::Opcode::pong, event.payload);
    if (event.kind == Kind::close || event.kind == Kind::error) {
      ws::append_close(out, event.close_code);
      return false;
    }
  }
}

edge::Task<> echo(edge::Exchange& exchange) {
  const ws::Handshake handshake = ws::check_handshake(exchange.request());
  doorward::wire::ResponseHead head;
  head.status = handshake.status;
  if (handshake.status != 101) {
    edge::Response refusal;
    refusal.head = head;
    co_await exchange.respond(std::move(refusal));
    co_return;
  }
  head.fields.append("Upgrade", "websocket");
  head.fields.append("Sec-WebSocket-Accept", handshake.accept);
  const auto tunnel = co_await exchange.upgrade(head);
  if (!tunnel) co_return;
  ws::Decoder decoder(kMostBytes);
  std::string out;
  for (bool open = true; open;) {
    const auto piece = co_await (*tunnel)->read();
    if (!piece || piece->empty()) break;
    out.clear();
    open = answer(decoder, *piece, out);
    if (out.empty()) continue;
    const auto written = co_await (*tunnel)->write(out);
    if (!written) break;
  }
}

}  // namespace

int main() {
  edge::ServerOptions options;
  options.listeners = {edge::Listener{}};
  options.threads = 1;
  edge::Server server(options, echo, nullptr);
  if (const auto started = server.start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().what.c_str());
    return 1;
  }
  std::printf("%u\n", static_cast<unsigned>(server.bound_ports().front()));
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}
