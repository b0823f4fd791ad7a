// An exchange without a connection: a request made up by an admin, and what was answered to it.
//
// Why:     where the dashboard has a listener of its own, its page cannot call the visitors'. What
//          it wants to try passes their pipeline here, in the process, and so can reach nothing
//          else.
// Threads: on the loop of the call that made it.
// Bounds:  kMaxKept of the answer's body are kept, the rest is read and dropped.
// Errors:  upgrades and event streams: invalid.
#pragma once

#include "edge/exchange.hpp"

#include <string>
#include <utility>

namespace doorward::api::admin {

class ProbeExchange final : public edge::Exchange {
 public:
  static constexpr std::size_t kMaxKept = 16 * 1024;

  ProbeExchange(wire::RequestHead head, std::string body, edge::Peer peer)
      : head_(std::move(head)), body_(std::move(body)), peer_(std::move(peer)) {
    peer_.admin_listener = false;
  }

  const wire::ResponseHead& answer() const { return answer_; }
  const std::string& answer_body() const { return answer_body_; }
  bool cut() const { return cut_; }

  const wire::RequestHead& request() const override { return head_; }
  wire::RequestHead& request() override { return head_; }
  const edge::Peer& peer() const override { return peer_; }
  bool peer_is_gone() const override { return false; }
  bool has_body() const override { return !body_.empty(); }
  std::optional<std::uint64_t> body_length() const override { return body_.size(); }
  edge::Task<Result<std::string_view>> read_body() override;
  edge::Task<Result<std::string>> read_whole_body(std::size_t limit) override;
  const wire::Fields& request_trailers() const override { return trailers_; }
  bool answered() const override { return answered_; }
  edge::Task<Result<>> respond(edge::Response response) override;
  edge::Task<Result<>> begin(const wire::ResponseHead& head, edge::BodyLength length) override;
  edge::Task<Result<>> write(std::string_view piece) override;
  edge::Task<Result<>> end(const wire::Fields* trailers) override;
  edge::Task<Result<>> interim(const wire::ResponseHead& head) override;
  edge::Task<Result<std::unique_ptr<edge::Tunnel>>> upgrade(
      const wire::ResponseHead& head) override;
  edge::Task<Result<>> park_event_stream(edge::ParkedStream stream,
                                         wire::ResponseHead head) override;
  edge::Task<Result<>> park_websocket(edge::ParkedStream stream, wire::ResponseHead head) override;

 private:
  wire::RequestHead head_;
  std::string body_;
  edge::Peer peer_;
  wire::Fields trailers_;
  bool read_ = false;
  bool answered_ = false;
  bool cut_ = false;
  wire::ResponseHead answer_;
  std::string answer_body_;
};

}  // namespace doorward::api::admin
