// The exchange as filters see it: passes everything on, adds the context's fields to the answer,
// and notes what the log wants to know.
//
// Ownership: lives on the pipeline's frame, beside the context.
// Threads: on the loop of its connection only.
#pragma once

#include "gateway/filter.hpp"

#include <cstdint>
#include <string>

namespace doorward::gateway {

class Answer : public edge::Exchange {
 public:
  explicit Answer(edge::Exchange& inner) : inner_(inner) {}
  // Adds what the context has to say when the answer begins.
  void add(const Context& context) { context_ = &context; }
  // The JSON of errors gets a member "debug".
  void tell_all() { tells_all_ = true; }

  unsigned status() const { return status_; }  // 0 while none was answered
  std::uint64_t bytes_in() const { return bytes_in_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

  const wire::RequestHead& request() const override { return inner_.request(); }
  wire::RequestHead& request() override { return inner_.request(); }
  const edge::Peer& peer() const override { return inner_.peer(); }
  bool peer_is_gone() const override { return inner_.peer_is_gone(); }
  bool has_body() const override { return inner_.has_body(); }
  std::optional<std::uint64_t> body_length() const override { return inner_.body_length(); }
  edge::Task<Result<std::string_view>> read_body() override;
  edge::Task<Result<std::string>> read_whole_body(std::size_t limit) override;
  const wire::Fields& request_trailers() const override { return inner_.request_trailers(); }
  bool answered() const override { return inner_.answered(); }
  edge::Task<Result<>> respond(edge::Response response) override;
  bool respond_now(edge::Response& response) override;
  edge::Task<Result<>> begin(const wire::ResponseHead& head, edge::BodyLength length) override;
  edge::Task<Result<>> write(std::string_view piece) override;
  edge::Task<Result<>> end(const wire::Fields* trailers) override { return inner_.end(trailers); }
  edge::Task<Result<>> interim(const wire::ResponseHead& head) override {
    return inner_.interim(head);
  }
  edge::Task<Result<std::unique_ptr<edge::Tunnel>>> upgrade(
      const wire::ResponseHead& head) override;
  edge::Task<Result<>> park_event_stream(edge::ParkedStream stream,
                                         wire::ResponseHead head) override;
  edge::Task<Result<>> park_websocket(edge::ParkedStream stream, wire::ResponseHead head) override;

 private:
  // `head` with the fields added, which may be `head` itself.
  const wire::ResponseHead& complete(const wire::ResponseHead& head);
  void add_to(wire::ResponseHead& head);
  void explain(edge::Response& response) const;
  void complete(edge::Response& response);

  edge::Exchange& inner_;
  const Context* context_ = nullptr;
  bool tells_all_ = false;
  bool is_complete_ = false;  // the response that is to be sent
  wire::ResponseHead completed_;
  unsigned status_ = 0;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace doorward::gateway
