#include "app/cli/admin_client.hpp"

#include "app/serve/secrets.hpp"

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include <chrono>
#include <cstdlib>
#include <utility>

namespace doorward::app {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr std::chrono::seconds kWait{10};
constexpr std::string_view kScheme = "http://";

Result<std::string> admin_token(const std::string& data) {
  if (const char* said = std::getenv("DOORWARD_ADMIN_TOKEN"); said != nullptr && *said != '\0')
    return std::string(said);
  auto text = read_small_file(std::filesystem::path(data) / kAdminTokenFile);
  if (!text)
    return error(text.error().code,
                 text.error().what +
                     "; name the server's data folder with --data, or set DOORWARD_ADMIN_TOKEN; "
                     "and where it is not at http://127.0.0.1:8080, say so with --url");
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  return text;
}

// One exchange, with a deadline for all of it.
class Asking {
 public:
  Asking(const std::string& host, const std::string& port, http::request<http::string_body> request)
      : host_(host), port_(port), request_(std::move(request)) {}

  beast::error_code run() {
    tcp::resolver resolver(context_);
    beast::error_code failed;
    const auto found = resolver.resolve(host_, port_, failed);
    if (failed) return failed;
    stream_.expires_after(kWait);
    stream_.async_connect(found, [this](beast::error_code ec, const tcp::endpoint&) { write(ec); });
    context_.run();
    return failed_;
  }
  const http::response<http::string_body>& answer() const { return answer_; }

 private:
  void write(beast::error_code ec) {
    if ((failed_ = ec)) return;
    http::async_write(stream_, request_, [this](beast::error_code e, std::size_t) { read(e); });
  }
  void read(beast::error_code ec) {
    if ((failed_ = ec)) return;
    http::async_read(stream_, buffer_, answer_,
                     [this](beast::error_code e, std::size_t) { failed_ = e; });
  }

  asio::io_context context_{1};
  beast::tcp_stream stream_{context_};
  std::string host_, port_;
  http::request<http::string_body> request_;
  http::response<http::string_body> answer_;
  beast::flat_buffer buffer_;
  beast::error_code failed_;
};

}  // namespace

std::string AdminAnswer::detail() const {
  const auto* object = body.if_object();
  const auto* said = object == nullptr ? nullptr : object->if_contains("detail");
  if (said != nullptr && said->is_string()) return std::string(said->get_string());
  return fmt::format("the server answered {}", status);
}

bool AdminAnswer::says(std::string_view id) const {
  const auto* object = body.if_object();
  const auto* type = object == nullptr ? nullptr : object->if_contains("type");
  return type != nullptr && type->is_string() && std::string_view(type->get_string()).ends_with(id);
}

Result<AdminClient> AdminClient::open(std::string_view url, const std::string& data) {
  if (!url.starts_with(kScheme))
    return error(Errc::invalid, "--url: write http://HOST:PORT, such as http://127.0.0.1:8080");
  std::string_view rest = url.substr(kScheme.size());
  rest = rest.substr(0, rest.find('/'));
  const auto colon = rest.rfind(':');
  AdminClient client;
  client.host_ = rest.substr(0, colon);
  client.port_ = colon == std::string_view::npos ? "80" : std::string(rest.substr(colon + 1));
  if (client.host_.starts_with('[') && client.host_.ends_with(']'))
    client.host_ = client.host_.substr(1, client.host_.size() - 2);
  auto token = admin_token(data);
  if (!token) return token.error();
  client.token_ = *std::move(token);
  return client;
}

Result<AdminAnswer> AdminClient::call(std::string_view method, std::string_view path,
                                      const std::string& body) const {
  http::request<http::string_body> request;
  request.method_string({method.data(), method.size()});
  request.target(fmt::format("/.doorward/v1/admin{}", path));
  request.set(http::field::host, host_);
  request.set(http::field::authorization, "Bearer " + token_);
  if (!body.empty()) {
    request.set(http::field::content_type, "application/json");
    request.body() = body;
  }
  request.prepare_payload();
  Asking asking(host_, port_, std::move(request));
  if (const auto failed = asking.run())
    return error(Errc::unavailable,
                 fmt::format("no Doorward answers at {}:{} ({}); start it, or give --url", host_,
                             port_, failed.message()));
  AdminAnswer answer;
  answer.status = asking.answer().result_int();
  beast::error_code unread;
  if (!asking.answer().body().empty())
    answer.body = boost::json::parse(asking.answer().body(), unread);
  return answer;
}

}  // namespace doorward::app
