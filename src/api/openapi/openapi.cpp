#include "embedded/openapi.hpp"
#include "api/native/native.hpp"

namespace doorward::api {

edge::Task<Answer> openapi(Desk&, Call&) {
  const auto text = embedded::openapi("openapi.json");
  edge::Response response = json_answer(200, std::string(text.value_or("{}")));
  response.head.fields.set("Cache-Control", "public, max-age=300");
  response.head.fields.append("Access-Control-Allow-Origin", "*");
  co_return response;
}

}  // namespace doorward::api
