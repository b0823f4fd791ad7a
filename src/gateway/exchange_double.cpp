#include "gateway/exchange_double.hpp"

namespace doorward::gateway {

ExchangeDouble::ExchangeDouble(std::string_view method, std::string_view path) {
  head.method = method;
  head.scheme = "http";
  head.authority = "shop.example";
  head.path = path;
  from.address = boost::asio::ip::make_address("192.0.2.1");
}

std::optional<std::uint64_t> ExchangeDouble::body_length() const {
  if (chunked) return std::nullopt;
  std::uint64_t size = 0;
  for (const auto& piece : body) size += piece.size();
  return size;
}

edge::Task<Result<std::string_view>> ExchangeDouble::read_body() {
  piece_.clear();
  if (!body.empty()) {
    piece_ = std::move(body.front());
    body.pop_front();
  }
  co_return std::string_view(piece_);
}

edge::Task<Result<std::string>> ExchangeDouble::read_whole_body(std::size_t limit) {
  std::string whole;
  while (!body.empty()) {
    whole += body.front();
    body.pop_front();
  }
  if (whole.size() > limit) co_return error(Errc::too_large, "too large");
  co_return whole;
}

edge::Task<Result<>> ExchangeDouble::respond(edge::Response response) {
  answer = std::move(response.head);
  answer_body = std::move(response.body);
  begun = ended = true;
  co_return Result<>();
}

bool ExchangeDouble::respond_now(edge::Response& response) {
  answer = std::move(response.head);
  answer_body = std::move(response.body);
  return begun = ended = true;
}

edge::Task<Result<>> ExchangeDouble::begin(const wire::ResponseHead& sent, edge::BodyLength) {
  answer = sent;
  begun = true;
  co_return Result<>();
}

edge::Task<Result<>> ExchangeDouble::write(std::string_view piece) {
  answer_body += piece;
  co_return Result<>();
}

edge::Task<Result<>> ExchangeDouble::end(const wire::Fields* sent) {
  if (sent) answer_trailers = *sent;
  ended = true;
  co_return Result<>();
}

edge::Task<Result<>> ExchangeDouble::interim(const wire::ResponseHead& sent) {
  interims.push_back(sent);
  co_return Result<>();
}

edge::Task<Result<std::unique_ptr<edge::Tunnel>>> ExchangeDouble::upgrade(
    const wire::ResponseHead&) {
  co_return error(Errc::invalid, "no upgrade");
}

edge::Task<Result<>> ExchangeDouble::park_event_stream(edge::ParkedStream made,
                                                       wire::ResponseHead sent) {
  stream = made;
  return park(std::move(sent));
}

edge::Task<Result<>> ExchangeDouble::park_websocket(edge::ParkedStream made,
                                                    wire::ResponseHead sent) {
  stream = made;
  return park(std::move(sent));
}

edge::Task<Result<>> ExchangeDouble::park(wire::ResponseHead sent) {
  answer = std::move(sent);
  begun = parked = true;
  co_return Result<>();
}

}  // namespace doorward::gateway
