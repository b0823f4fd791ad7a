#include "api/native/native.hpp"

namespace doorward::api {

edge::Task<Answer> openapi(Desk& desk, Call&) {
  edge::Response response = json_answer(200, desk.openapi);
  response.head.fields.set("Cache-Control", "public, max-age=300");
  response.head.fields.append("Access-Control-Allow-Origin", "*");
  co_return response;
}

}  // namespace doorward::api
