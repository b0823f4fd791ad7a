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
  explicit ExchangeDouble(std::string_view method = "GET", std::string_view path = "/");

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
  std::optional<std::uint64_t> body_length() const override;
  edge::Task<Result<std::string_view>> read_body() override;
  edge::Task<Result<std::string>> read_whole_body(std::size_t limit) override;
  const wire::Fields& request_trailers() const override { return trailers; }

  bool answered() const override { return begun; }
  edge::Task<Result<>> respond(edge::Response response) override;
  bool respond_now(edge::Response& response) override;
  edge::Task<Result<>> begin(const wire::ResponseHead& sent, edge::BodyLength) override;
  edge::Task<Result<>> write(std::string_view piece) override;
  edge::Task<Result<>> end(const wire::Fields* sent) override;
  edge::Task<Result<>> interim(const wire::ResponseHead& sent) override;
  edge::Task<Result<std::unique_ptr<edge::Tunnel>>> upgrade(const wire::ResponseHead&) override;
  edge::Task<Result<>> park_event_stream(edge::ParkedStream made, wire::ResponseHead sent) override;
  edge::Task<Result<>> park_websocket(edge::ParkedStream made, wire::ResponseHead sent) override;

 private:
  edge::Task<Result<>> park(wire::ResponseHead sent);
  std::string piece_;
};

}  // namespace doorward::gateway
