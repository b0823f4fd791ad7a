#include "edge/upstream/tls_fetch.hpp"

#include "edge/upstream/addresses.hpp"
#include "wire/http/parser.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstring>
#include <memory>
#include <optional>

namespace doorward::edge {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using ports::HttpAnswer;
using ports::HttpGet;

const wire::Limits kLimits{};
constexpr int kMostInterims = 16;

auto into(error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

// Whom the other side must show itself to be.
bool expect_name(SSL* tls, const std::string& host) {
  error_code ec;
  asio::ip::make_address(host, ec);
  if (!ec) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str()) == 1;
  SSL_set_hostflags(tls, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(tls, host.c_str()) == 1 && SSL_set_tlsext_host_name(tls, host.c_str()) == 1;
}

class TlsFetch : public std::enable_shared_from_this<TlsFetch> {
 public:
  TlsFetch(const asio::any_io_executor& executor, HttpUrl url, HttpGet request, std::string head)
      : url_(std::move(url)),
        request_(std::move(request)),
        head_(std::move(head)),
        timer_(executor),
        addresses_(executor, url_.endpoint),
        socket_(executor) {}

  Task<Result<HttpAnswer>> run();

 private:
  using Stream = ssl::stream<tcp::socket&>;

  Result<> prepare();
  void watch();
  Error fault(std::string_view what, const error_code& ec) const;
  Error handshake_fault(const error_code& ec);
  Task<Result<>> open();
  Task<Result<>> more();
  Task<Result<HttpAnswer>> read_answer();
  Task<Result<HttpAnswer>> talk();

  HttpUrl url_;
  HttpGet request_;
  std::string head_;
  asio::steady_timer timer_;
  UpstreamAddresses addresses_;
  tcp::socket socket_;
  ssl::context context_{ssl::context::tls_client};
  std::optional<Stream> stream_;
  wire::ResponseHead answered_;
  wire::ResponseParser parser_{kLimits, answered_};
  std::array<char, 64U << 10> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;  // whole, by the connection's end
  bool expired_ = false;
};

Error TlsFetch::fault(std::string_view what, const error_code& ec) const {
  if (expired_) return error(Errc::timed_out, "the answer did not come in time");
  return error(Errc::unavailable, fmt::format("{}: {}", what, ec.message()));
}

Error TlsFetch::handshake_fault(const error_code& ec) {
  const long verdict = SSL_get_verify_result(stream_->native_handle());
  if (verdict == X509_V_OK || expired_) return fault("no TLS was agreed on", ec);
  return error(Errc::unavailable,
               fmt::format("the certificate of {} is not believed: {}", url_.endpoint.host,
                           X509_verify_cert_error_string(verdict)));
}

Result<> TlsFetch::prepare() {
  error_code ec;
  context_.set_verify_mode(ssl::verify_peer, ec);
  SSL_CTX_set_min_proto_version(context_.native_handle(), TLS1_2_VERSION);
  if (request_.authorities.empty()) {
    context_.set_default_verify_paths(ec);
  } else {
    context_.add_certificate_authority(asio::buffer(request_.authorities), ec);
  }
  if (ec) return error(Errc::unavailable, "no certificate authorities: " + ec.message());
  stream_.emplace(socket_, context_);
  if (!expect_name(stream_->native_handle(), url_.endpoint.host))
    return error(Errc::invalid, "\"" + url_.endpoint.host + "\" is no name for a certificate");
  return {};
}

void TlsFetch::watch() {
  timer_.expires_after(request_.deadline);
  timer_.async_wait([self = shared_from_this()](const error_code& ec) {
    if (ec) return;
    self->expired_ = true;
    error_code ignored;
    self->socket_.close(ignored);
  });
}

Task<Result<>> TlsFetch::open() {
  const auto found = co_await addresses_.get(request_.deadline);
  if (!found) co_return found.error();
  error_code ec;
  // The socket that the deadline closed was not open yet, and would be opened without any.
  if (expired_) co_return fault("", ec);
  co_await asio::async_connect(socket_, *found, into(ec));
  if (ec) co_return fault("it is not to be reached", ec);
  co_await stream_->async_handshake(ssl::stream_base::client, into(ec));
  if (ec) co_return handshake_fault(ec);
  const auto whole = asio::buffer(head_);
  co_await asio::async_write(*stream_, whole, into(ec));
  if (ec) co_return fault("the connection broke", ec);
  co_return Result<>();
}

// Waits for more to parse.
Task<Result<>> TlsFetch::more() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  error_code ec;
  const auto room = asio::buffer(buffer_.data() + end_, buffer_.size() - end_);
  const std::size_t size = co_await stream_->async_read_some(room, into(ec));
  end_ += size;
  if (!ec) co_return Result<>();
  // An end that TLS does not vouch for may be anybody's cut.
  ended_ = ec == asio::error::eof && parser_.finish();
  if (ended_) co_return Result<>();
  if (expired_) co_return fault("", ec);
  co_return error(Errc::closed, "the connection was closed too early");
}

Task<Result<HttpAnswer>> TlsFetch::read_answer() {
  HttpAnswer answer;
  parser_.reset(false);
  for (int interims = 0; !ended_;) {
    const wire::Parsed parsed = parser_.next({buffer_.data() + begin_, end_ - begin_});
    begin_ += parsed.consumed;
    if (parsed.event == wire::Event::error)
      co_return error(Errc::invalid, std::string(parser_.error().detail));
    if (parsed.event == wire::Event::end && answered_.status >= 200) break;
    if (parsed.event == wire::Event::end) {
      if (++interims > kMostInterims || answered_.status == 101)
        co_return error(Errc::invalid, "interim responses without end");
      parser_.reset(false);
    }
    if (parsed.event == wire::Event::body) {
      if (answer.body.size() + parsed.piece.size() > request_.most_bytes)
        co_return error(Errc::too_large, "the answer is too large");
      answer.body += parsed.piece;
    }
    if (parsed.event != wire::Event::need_more) continue;
    const auto came = co_await more();
    if (!came) co_return came.error();
  }
  answer.status = answered_.status;
  co_return answer;
}

Task<Result<HttpAnswer>> TlsFetch::talk() {
  const auto opened = co_await open();
  if (!opened) co_return opened.error();
  co_return co_await read_answer();
}

Task<Result<HttpAnswer>> TlsFetch::run() {
  const auto prepared = prepare();
  if (!prepared) co_return prepared.error();
  watch();
  auto answer = co_await talk();
  timer_.cancel();
  // Without a farewell: nothing more is read here, and the answer was whole.
  error_code ignored;
  socket_.close(ignored);
  co_return answer;
}

}  // namespace

Task<Result<HttpAnswer>> fetch_over_tls(HttpUrl url, HttpGet request, std::string head) {
  const auto executor = co_await asio::this_coro::executor;
  const auto fetch =
      std::make_shared<TlsFetch>(executor, std::move(url), std::move(request), std::move(head));
  co_return co_await fetch->run();
}

Result<> check_authorities(std::string_view pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  int found = 0;
  while (X509* certificate = PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)) {
    X509_free(certificate);
    ++found;
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (found > 0 && at_end) return {};
  return error(Errc::invalid, found == 0 ? "no certificate in PEM is in it"
                                         : "a certificate in it cannot be read");
}

}  // namespace doorward::edge
