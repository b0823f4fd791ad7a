#include "edge/upstream/http_client.hpp"

#include "edge/upstream/http_url.hpp"
#include "edge/upstream/loop.hpp"
#include "edge/upstream/tls_fetch.hpp"
#include "edge/upstream/upstream.hpp"
#include "wire/http/writer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace doorward::edge {
namespace {

namespace asio = boost::asio;
using ports::HttpAnswer;
using ports::HttpGet;

UpstreamLimits limits_of(const HttpGet& request) {
  UpstreamLimits limits;
  limits.connect = limits.wait = limits.first_byte = limits.idle = request.deadline;
  return limits;
}

std::string request_bytes(const HttpUrl& url) {
  std::string head = "GET " + url.target + " HTTP/1.1\r\n";
  std::string host = url.endpoint.authority();
  if (url.tls && url.endpoint.port == 443) host.resize(host.rfind(':'));
  wire::append_field(head, "Host", host);
  if (url.tls) wire::append_field(head, "Connection", "close");
  wire::append_field(head, "Accept", "application/json");
  wire::append_field(head, "User-Agent", "doorward");
  wire::append_end_of_head(head);
  return head;
}

Task<Result<>> read_final_head(UpstreamConnection& connection) {
  constexpr int kMostInterims = 16;
  for (int i = 0; i < kMostInterims; ++i) {
    const auto read = co_await connection.read_head();
    if (!read) co_return read.error();
    if (connection.head().status >= 200) co_return Result<>();
  }
  co_return error(Errc::invalid, "interim responses without end");
}

Task<Result<HttpAnswer>> exchange(UpstreamConnection& connection, const HttpUrl& url,
                                  const HttpGet& request, const UpstreamLoop& loop) {
  const auto give_up = loop.now() + request.deadline;
  const std::string head = request_bytes(url);
  std::array pieces{asio::const_buffer(head.data(), head.size())};
  const auto written = co_await connection.write(pieces);
  if (!written) co_return written.error();
  connection.request_sent();
  const auto read = co_await read_final_head(connection);
  if (!read) co_return read.error();
  HttpAnswer answer{connection.head().status, {}};
  for (;;) {
    const auto piece = co_await connection.read_body();
    if (!piece) co_return piece.error();
    if (piece->empty()) co_return answer;
    if (answer.body.size() + piece->size() > request.most_bytes)
      co_return error(Errc::too_large, "the answer is too large");
    answer.body += *piece;
    if (loop.now() > give_up) co_return error(Errc::timed_out, "the answer comes too slowly");
  }
}

Task<Result<HttpAnswer>> fetch(HttpGet request) {
  const auto url = parse_http_url(request.url);
  if (!url) co_return url.error();
  if (url->tls) {
    std::string head = request_bytes(*url);
    auto fetched = fetch_over_tls(*url, std::move(request), std::move(head));
    co_return co_await std::move(fetched);
  }
  const UpstreamLimits limits = limits_of(request);
  Upstream upstream("outbound", {url->endpoint}, limits);
  // A kept connection could have been closed meanwhile, and pages are fetched seldom.
  auto connected = co_await upstream.connect(Reuse::none);
  if (!connected) co_return connected.error();
  UpstreamConnection& connection = *connected->lease;
  connection.start(limits, false);
  auto& loop = UpstreamLoop::of(co_await asio::this_coro::executor);
  auto answer = co_await exchange(connection, *url, request, loop);
  connection.close();
  co_return answer;
}

Task<> fetch_and_tell(HttpGet request, ports::OutboundHttp::Done done) {
  auto answer = co_await fetch(std::move(request));
  done(std::move(answer));
}

}  // namespace

void HttpClient::get(ports::HttpGet request, Done done) {
  asio::co_spawn(loop_, fetch_and_tell(std::move(request), std::move(done)), asio::detached);
}

}  // namespace doorward::edge
