#include "api/admin/probe_exchange.hpp"

namespace doorward::api::admin {
namespace {

Error no_stream() { return error(Errc::invalid, "a probe takes no stream"); }

}  // namespace

edge::Task<Result<std::string_view>> ProbeExchange::read_body() {
  const std::string_view piece = read_ ? std::string_view() : std::string_view(body_);
  read_ = true;
  co_return piece;
}

edge::Task<Result<std::string>> ProbeExchange::read_whole_body(std::size_t limit) {
  if (body_.size() > limit) co_return error(Errc::too_large, "the body is too large");
  std::string whole = read_ ? std::string() : body_;
  read_ = true;
  co_return whole;
}

edge::Task<Result<>> ProbeExchange::respond(edge::Response response) {
  answered_ = true;
  answer_ = std::move(response.head);
  cut_ = response.body.size() > kMaxKept;
  answer_body_ = response.body.substr(0, kMaxKept);
  co_return Result<>();
}

edge::Task<Result<>> ProbeExchange::begin(const wire::ResponseHead& head, edge::BodyLength) {
  answered_ = true;
  answer_ = head;
  co_return Result<>();
}

edge::Task<Result<>> ProbeExchange::write(std::string_view piece) {
  const std::size_t room = kMaxKept - answer_body_.size();
  cut_ = cut_ || piece.size() > room;
  answer_body_ += piece.substr(0, room);
  co_return Result<>();
}

edge::Task<Result<>> ProbeExchange::end(const wire::Fields*) { co_return Result<>(); }

edge::Task<Result<>> ProbeExchange::interim(const wire::ResponseHead&) { co_return Result<>(); }

edge::Task<Result<std::unique_ptr<edge::Tunnel>>> ProbeExchange::upgrade(
    const wire::ResponseHead&) {
  co_return no_stream();
}

edge::Task<Result<>> ProbeExchange::park_event_stream(edge::ParkedStream, wire::ResponseHead) {
  co_return no_stream();
}

edge::Task<Result<>> ProbeExchange::park_websocket(edge::ParkedStream, wire::ResponseHead) {
  co_return no_stream();
}

}  // namespace doorward::api::admin
