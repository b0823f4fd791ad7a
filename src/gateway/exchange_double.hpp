// For tests: an exchange in memory, with one request and what was answered to it.
#pragma once

#include "edge/exchange.hpp"

#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace doorward::gateway {

class ExchangeDouble : public edge::Exchange {
 public:
  explicit ExchangeDouble(std::string_view method = "GET", std::string_view path = "/") {
    head.method = method;
    head.scheme = "http";
    head.authority = "shop.example";
    head.path = path;
    from.address = boost::asio::ip::make_address("192.0.2.1");
  }

  // What came.
  wire::RequestHead head;
  edge::Peer from;
  std::deque<std::string> body;  // pieces
  bool chunked = false;
  wire::Fields trailers;
  // What was answered.
  wire::ResponseHead answer;
  std::string answer_body;
  wire::Fields answer_trailers;
  std::deque<wire::ResponseHead> interims;
  bool begun = false;
  bool ended = false;
  bool parked = false;
  bool gone = false;          // the peer hung up
  edge::ParkedStream stream;  // that was parked

  const wire::RequestHead& request() const override { return head; }
  wire::RequestHead& request() override { return head; }
  const edge::Peer& peer() const override { return from; }
  bool peer_is_gone() const override { return gone; }
  bool has_body() const override { return chunked || !body.empty() || !piece_.empty(); }
  std::optional<std::uint64_t> body_length() const override {
    if (chunked) return std::nullopt;
    std::uint64_t size = 0;
    for (const auto& piece : body) size += piece.size();
    return size;
  }
  edge::Task<Result<std::string_view>> read_body() override {
    piece_.clear();
    if (!body.empty()) {
      piece_ = std::move(body.front());
      body.pop_front();
    }
    co_return std::string_view(piece_);
  }
  edge::Task<Result<std::string>> read_whole_body(std::size_t limit) override {
    std::string whole;
    while (!body.empty()) {
      whole += body.front();
      body.pop_front();
    }
    if (whole.size() > limit) co_return error(Errc::too_large, "too large");
    co_return whole;
  }
  const wire::Fields& request_trailers() const override { return trailers; }

  bool answered() const override { return begun; }
  edge::Task<Result<>> respond(edge::Response response) override {
    answer = std::move(response.head);
    answer_body = std::move(response.body);
    begun = ended = true;
    co_return Result<>();
  }
  bool respond_now(edge::Response& response) override {
    answer = std::move(response.head);
    answer_body = std::move(response.body);
    return begun = ended = true;
  }
  edge::Task<Result<>> begin(const wire::ResponseHead& sent, edge::BodyLength) override {
    answer = sent;
    begun = true;
    co_return Result<>();
  }
  edge::Task<Result<>> write(std::string_view piece) override {
    answer_body += piece;
    co_return Result<>();
  }
  edge::Task<Result<>> end(const wire::Fields* sent) override {
    if (sent) answer_trailers = *sent;
    ended = true;
    co_return Result<>();
  }
  edge::Task<Result<>> interim(const wire::ResponseHead& sent) override {
    interims.push_back(sent);
    co_return Result<>();
  }
  edge::Task<Result<std::unique_ptr<edge::Tunnel>>> upgrade(const wire::ResponseHead&) override {
    co_return error(Errc::invalid, "no upgrade");
  }
  edge::Task<Result<>> park_event_stream(edge::ParkedStream made,
                                         wire::ResponseHead sent) override {
    stream = made;
    return park(std::move(sent));
  }
  edge::Task<Result<>> park_websocket(edge::ParkedStream made, wire::ResponseHead sent) override {
    stream = made;
    return park(std::move(sent));
  }

 private:
  edge::Task<Result<>> park(wire::ResponseHead sent) {
    answer = std::move(sent);
    begun = parked = true;
    co_return Result<>();
  }
  std::string piece_;
};

}  // namespace doorward::gateway
