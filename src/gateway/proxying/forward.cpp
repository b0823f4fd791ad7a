// The way there: requests as a whole, and bodies that stream.
#include "edge/upstream/loop.hpp"
#include "gateway/client_address.hpp"
#include "gateway/proxying/call.hpp"
#include "gateway/proxying/request_bytes.hpp"
#include "gateway/proxying/signal.hpp"
#include "gateway/route.hpp"
#include "wire/http/writer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <exception>

namespace doorward::gateway::proxying {
namespace {

namespace asio = boost::asio;
using edge::Reuse;

constexpr std::chrono::seconds kContinueWithin{1};

asio::const_buffer buffer(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" ||
         method == "DELETE";
}

// Passes on what follows the final head.
edge::Task<> relay(Call& call, edge::UpstreamConnection& connection) {
  if (connection.head().status != 101) return relay_response(call, connection);
  if (asks_for_upgrade(call.request())) return relay_tunnel(call, connection);
  connection.close();
  return answer_failure(call, error(Errc::invalid, "the upstream changed protocols unasked"));
}

// The body of one request on its way to the upstream, while the response may already come.
struct Upload {
  Call& call;
  edge::UpstreamConnection& connection;
  std::string_view first;
  bool chunked;
  bool await_continue;
  Signal go;    // the upstream wants the body
  Signal over;  // `send_body` has returned
  bool started = false;
  bool stop = false;
  bool visitor_failed = false;
};

edge::Task<Result<>> send_piece(Upload& upload, std::string_view piece) {
  if (!upload.chunked) {
    std::array pieces{buffer(piece)};
    co_return co_await upload.connection.write(pieces);
  }
  std::string size;
  wire::append_chunk_header(size, piece.size());
  std::array pieces{buffer(size), buffer(piece), buffer(wire::kChunkEnd)};
  co_return co_await upload.connection.write(pieces);
}

edge::Task<Result<>> send_end(Upload& upload) {
  if (!upload.chunked) co_return Result<>();
  wire::Fields trailers = upload.call.exchange().request_trailers();
  remove_hop_by_hop(trailers);
  remove_identity(trailers);
  remove_forwarding(trailers);
  std::string last;
  wire::append_last_chunk(last, &trailers);
  std::array pieces{buffer(last)};
  co_return co_await upload.connection.write(pieces);
}

edge::Task<> send_body(Upload& upload) {
  if (upload.await_continue) co_await upload.go.wait_for(kContinueWithin);
  upload.started = true;
  Result<std::string_view> piece = upload.first;
  Result<> sent;
  while (!upload.stop) {
    if (piece->empty()) piece = co_await upload.call.exchange().read_body();
    if (!piece) {
      upload.visitor_failed = true;
      upload.call.context.fault = piece.error().what;
      upload.connection.close();
      co_return;
    }
    if (upload.stop) co_return;
    const bool last = piece->empty();
    if (last)
      sent = co_await send_end(upload);
    else
      sent = co_await send_piece(upload, *piece);
    // An upstream that takes no more may still have answered: the other side reads on.
    if (!sent || last) break;
    piece = std::string_view();
  }
  if (!upload.stop) upload.connection.request_sent();
}

}  // namespace

edge::Task<> forward_whole(Call& call, std::string_view body) {
  const bool repeatable = is_idempotent(call.request().method);
  auto& loop = edge::UpstreamLoop::of(co_await asio::this_coro::executor);
  Reuse reuse = repeatable ? Reuse::any : Reuse::checked;
  for (;;) {
    const std::uint32_t turn = call.upstream().next_turn();
    auto kept = call.upstream().try_connect(loop, reuse, turn);
    Result<edge::Upstream::Connected> connected = error(Errc::unavailable, "");
    if (kept)
      connected = std::move(*kept);
    else
      connected = co_await call.upstream().connect(reuse, turn);
    if (!connected) co_return co_await answer_failure(call, connected.error());
    edge::UpstreamConnection& connection = *connected->lease;
    connection.start(call.upstream().limits(), call.is_head());
    call.context.upstream = *connected->authority;
    std::string head;
    append_request(head, call.context, call.target, call.options, *connected->authority,
                   {!body.empty(), body.size(), false});
    std::array buffers{buffer(head), buffer(body)};
    std::span<asio::const_buffer> pieces(buffers);
    const auto sent = connection.try_write(pieces);
    Result<> done;
    if (sent)
      done = *sent;
    else
      done = co_await connection.write(pieces);
    connection.request_sent();
    if (done) done = co_await read_final_head(call, connection, nullptr);
    if (done) co_return co_await relay(call, connection);
    const bool stale =
        connection.reused() && !connection.answered() && done.error().code == Errc::closed;
    if (!repeatable || !stale || reuse == Reuse::none) {
      co_return co_await answer_failure(call, done.error());
    }
    reuse = Reuse::none;
  }
}

edge::Task<> forward_stream(Call& call, std::string_view first) {
  auto connected = co_await call.upstream().connect(Reuse::checked);
  if (!connected) co_return co_await answer_failure(call, connected.error());
  edge::UpstreamConnection& connection = *connected->lease;
  connection.start(call.upstream().limits(), call.is_head());
  call.context.upstream = *connected->authority;

  const auto executor = co_await asio::this_coro::executor;
  const auto length = call.exchange().body_length();
  const bool expects = call.request().fields.lists("expect", "100-continue");
  Upload upload{call, connection, first, !length, expects, Signal(executor), Signal(executor)};
  std::string head;
  append_request(head, call.context, call.target, call.options, *connected->authority,
                 {true, length, expects});
  std::array pieces{buffer(head)};
  auto done = co_await connection.write(pieces);
  if (!done) co_return co_await answer_failure(call, done.error());

  asio::co_spawn(executor, send_body(upload), [&upload](std::exception_ptr) { upload.over.set(); });
  done = co_await read_final_head(call, connection, &upload.go);
  if (done && connection.head().status < 200)
    done = error(Errc::invalid, "the upstream changed protocols unasked");
  if (done) {
    if (expects && !upload.started) upload.stop = true;  // answered without the body
    upload.go.set();
    co_await relay_response(call, connection);
  }
  upload.stop = true;
  upload.go.set();
  if (!connection.request_is_sent()) connection.close();
  co_await upload.over.wait();
  if (!done && !upload.visitor_failed) co_await answer_failure(call, done.error());
}

}  // namespace doorward::gateway::proxying
