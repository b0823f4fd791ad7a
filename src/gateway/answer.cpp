#include "gateway/answer.hpp"

#include "gateway/dress.hpp"
#include "gateway/request_id.hpp"

#include <boost/json.hpp>

namespace doorward::gateway {

using edge::Task;

void Answer::add_to(wire::ResponseHead& head) {
  status_ = head.status;
  if (!context_) return;
  if (!context_->request_id.empty()) head.fields.set(RequestId::kField, context_->request_id);
  const wire::Fields& fields = context_->answer_fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto [name, value] = fields[i];
    if (wire::equal_ignoring_case(name, "set-cookie") || wire::equal_ignoring_case(name, "vary"))
      head.fields.append(name, value);
    else
      head.fields.set(name, value);
  }
  if (context_->answer_editor) context_->answer_editor->edit(head);
}

const wire::ResponseHead& Answer::complete(const wire::ResponseHead& head) {
  status_ = head.status;
  const bool adds = context_ && (!context_->request_id.empty() ||
                                 !context_->answer_fields.empty() || context_->answer_editor);
  if (!adds) return head;
  completed_ = head;
  add_to(completed_);
  return completed_;
}

Task<Result<std::string_view>> Answer::read_body() {
  auto piece = co_await inner_.read_body();
  if (piece) bytes_in_ += piece->size();
  co_return piece;
}

Task<Result<std::string>> Answer::read_whole_body(std::size_t limit) {
  auto body = co_await inner_.read_whole_body(limit);
  if (body) bytes_in_ += body->size();
  co_return body;
}

// Appended to the text, so that what stands before it stays as it was written.
void Answer::explain(edge::Response& response) const {
  const auto type = response.head.fields.find("Content-Type").value_or(std::string_view());
  const bool is_json =
      type.starts_with("application/json") || type.starts_with("application/problem");
  if (response.head.status < 400 || !is_json || !response.body.ends_with('}') || !context_) return;
  const wire::RequestHead& head = inner_.request();
  boost::json::object said{{"phase", context_->answered_by},
                           {"request_id", context_->request_id},
                           {"method", head.method},
                           {"path", head.path}};
  if (!context_->fault.empty()) said["fault"] = context_->fault;
  response.body.pop_back();
  if (response.body != "{") response.body += ',';
  response.body += "\"debug\":" + boost::json::serialize(said) + "}";
}

// Once, whether it is then sent at once or not.
void Answer::complete(edge::Response& response) {
  if (is_complete_) return;
  const bool is_visitors = context_ && (context_->route || context_->nowhere);
  if (response.own_problem && is_visitors && context_->dress)
    response = context_->dress->problem(std::move(response), inner_.request());
  if (tells_all_) explain(response);
  add_to(response.head);
  bytes_out_ += response.body.size();
  is_complete_ = true;
}

Task<Result<>> Answer::respond(edge::Response response) {
  complete(response);
  return inner_.respond(std::move(response));
}

bool Answer::respond_now(edge::Response& response) {
  complete(response);
  return inner_.respond_now(response);
}

Task<Result<>> Answer::begin(const wire::ResponseHead& head, edge::BodyLength length) {
  return inner_.begin(complete(head), length);
}

Task<Result<>> Answer::write(std::string_view piece) {
  bytes_out_ += piece.size();
  return inner_.write(piece);
}

Task<Result<std::unique_ptr<edge::Tunnel>>> Answer::upgrade(const wire::ResponseHead& head) {
  return inner_.upgrade(complete(head));
}

Task<Result<>> Answer::park_event_stream(edge::ParkedStream stream, wire::ResponseHead head) {
  add_to(head);
  return inner_.park_event_stream(stream, std::move(head));
}

Task<Result<>> Answer::park_websocket(edge::ParkedStream stream, wire::ResponseHead head) {
  add_to(head);
  status_ = 101;
  return inner_.park_websocket(stream, std::move(head));
}

}  // namespace doorward::gateway
