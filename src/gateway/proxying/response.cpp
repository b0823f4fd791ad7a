// The way back: heads and bodies of responses, and what is said when there is none.
#include "gateway/proxying/call.hpp"
#include "gateway/proxying/failure_answer.hpp"
#include "gateway/proxying/signal.hpp"
#include "gateway/route.hpp"
#include "wire/retry_after.hpp"

#include <charconv>

namespace doorward::gateway::proxying {
namespace {

// A body follows in this length; to HEAD, what it would have been.
edge::BodyLength length_of(const Call& call, const edge::UpstreamConnection& connection) {
  using Kind = wire::Framing::Kind;
  const wire::Framing& framing = connection.framing();
  if (framing.kind == Kind::length) return {true, framing.length};
  if (framing.kind != Kind::none) return {};
  edge::BodyLength length{!call.is_head(), 0};
  if (const auto said = connection.head().fields.find("content-length"); said && call.is_head()) {
    const auto [at, ec] = std::from_chars(said->data(), said->data() + said->size(), length.bytes);
    length.known = ec == std::errc() && at == said->data() + said->size();
  }
  return length;
}

// Whether `piece` is all of a small body, so that the answer can leave in one step.
bool is_whole(const Call& call, edge::UpstreamConnection& connection, edge::BodyLength length,
              const std::optional<Result<std::string_view>>& piece) {
  constexpr std::size_t kSmall = 8U << 10;
  if (!piece || !*piece || !length.known || call.is_head()) return false;
  if ((*piece)->size() != length.bytes || length.bytes > kSmall) return false;
  if (length.bytes == 0) return true;
  const auto end = connection.try_read_body();  // reads nothing more: `piece` stays
  return end && *end && (*end)->empty();
}

wire::Problem problem_of(Errc code) {
  switch (code) {
    case Errc::timed_out: return wire::Problem(504, "The service behind did not answer in time.");
    case Errc::overloaded:
      return wire::Problem(503, "The service behind is busy. Try again shortly.");
    case Errc::unavailable: return wire::Problem(502, "The service behind cannot be reached.");
    default: return wire::Problem(502, "The service behind did not give a valid answer.");
  }
}

}  // namespace

edge::Task<> answer_failure(Call& call, Error fault) {
  call.upstream().counts().add_failure(fault.code);
  call.context.fault = std::move(fault.what);
  if (call.exchange().answered()) co_return;
  edge::Response response = failure_answer(call.context, problem_of(fault.code));
  if (fault.code == Errc::overloaded)
    response.head.fields.append("Retry-After", wire::retry_after::kUpstreamBusy);
  (void)co_await call.exchange().respond(std::move(response));
}

edge::Task<Result<>> read_final_head(Call& call, edge::UpstreamConnection& connection,
                                     Signal* on_continue) {
  constexpr int kMostInterims = 16;
  for (int i = 0; i < kMostInterims; ++i) {
    const auto read = co_await connection.read_head();
    if (!read) co_return read.error();
    const unsigned status = connection.head().status;
    if (status >= 200 || status == 101) co_return Result<>();
    if (status == 100) {
      if (on_continue) on_continue->set();  // the edge tells the visitor when the body is read
      continue;
    }
    remove_hop_by_hop(connection.head().fields);
    const auto sent = co_await call.exchange().interim(connection.head());
    if (!sent) co_return sent.error();
  }
  co_return error(Errc::invalid, "the upstream sends interim responses without end");
}

edge::Task<> relay_response(Call& call, edge::UpstreamConnection& connection) {
  edge::Exchange& exchange = call.exchange();
  const edge::BodyLength length = length_of(call, connection);
  remove_hop_by_hop(connection.head().fields);
  auto piece = connection.try_read_body();
  if (is_whole(call, connection, length, piece)) {
    edge::Response response{std::move(connection.head()), std::string(**piece)};
    if (exchange.respond_now(response)) co_return;
    const auto sent = co_await exchange.respond(std::move(response));
    if (!sent) call.context.fault = sent.error().what;
    co_return;
  }
  // What is no body at its very beginning is no answer either.
  if (piece && !*piece) {
    co_await answer_failure(call, std::move(piece->error()));
    co_return;
  }
  auto sent = co_await exchange.begin(connection.head(), length);
  while (sent) {
    if (!piece) piece = co_await connection.read_body();
    if (!*piece) {
      // The head is out: an answer that ends too early must be seen as such, so it is not ended.
      call.upstream().counts().add_failure(piece->error().code);
      call.context.fault = piece->error().what;
      co_return;
    }
    if ((*piece)->empty()) break;
    sent = co_await exchange.write(**piece);
    piece = connection.try_read_body();
  }
  if (sent) {
    const wire::Fields& trailers = connection.trailers();
    sent = co_await exchange.end(trailers.empty() ? nullptr : &trailers);
  }
  if (!sent) call.context.fault = sent.error().what;
}

}  // namespace doorward::gateway::proxying
