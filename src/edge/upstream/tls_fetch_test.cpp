#include "edge/upstream/tls_fetch.hpp"

#include "edge/upstream/http_client.hpp"

#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <memory>
#include <string>

namespace doorward::edge {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using ports::HttpAnswer;

template <class Write>
std::string pem_of(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  write(bio.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

// A certificate for 127.0.0.1 that stands for itself.
struct Certificate {
  std::string pem;
  std::string key;

  Certificate() {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(EVP_EC_gen("P-256"),
                                                                   EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400);
    X509_set_pubkey(made.get(), pair.get());
    X509_EXTENSION* names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(made.get(), names, -1);
    X509_EXTENSION_free(names);
    X509_sign(made.get(), pair.get(), EVP_sha256());
    pem = pem_of([&](BIO* to) { PEM_write_bio_X509(to, made.get()); });
    key = pem_of([&](BIO* to) {
      PEM_write_bio_PrivateKey(to, pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
};

const Certificate& certificate() {
  static const Certificate made;
  return made;
}

auto into(error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

enum class Farewell { said, none };

// Answers one request over TLS, or with an empty answer nothing at all.
asio::awaitable<void> serve(tcp::acceptor& acceptor, std::string response, Farewell farewell,
                            std::string& request) {
  error_code ec;
  ssl::context context(ssl::context::tls_server);
  context.use_certificate_chain(asio::buffer(certificate().pem));
  context.use_private_key(asio::buffer(certificate().key), ssl::context::pem);
  tcp::socket socket = co_await acceptor.async_accept(into(ec));
  ssl::stream<tcp::socket&> stream(socket, context);
  if (!response.empty()) {
    co_await stream.async_handshake(ssl::stream_base::server, into(ec));
    co_await asio::async_read_until(stream, asio::dynamic_buffer(request), "\r\n\r\n", into(ec));
    const auto bytes = asio::buffer(response);
    co_await asio::async_write(stream, bytes, into(ec));
    if (farewell == Farewell::none) co_return;
    co_await stream.async_shutdown(into(ec));
  }
  // Stays until the other side goes.
  char byte = 0;
  const auto one = asio::buffer(&byte, 1);
  while (!ec) co_await socket.async_read_some(one, into(ec));
}

struct Got {
  Result<HttpAnswer> answer = error(Errc::invalid, "nothing came");
  std::string request;
};

Got get(std::string response, Farewell farewell = Farewell::said,
        std::string authorities = certificate().pem) {
  asio::io_context loop{1};
  tcp::acceptor acceptor(loop, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
  Got got;
  // Where nothing comes, its end is what is waited for.
  const Millis deadline{response.empty() ? 150 : 30'000};
  asio::co_spawn(loop, serve(acceptor, std::move(response), farewell, got.request), asio::detached);
  HttpClient client(loop);
  const auto port = std::to_string(acceptor.local_endpoint().port());
  client.get({"https://127.0.0.1:" + port + "/keys?x=1", deadline, 1'000, std::move(authorities)},
             [&](Result<HttpAnswer> answer) {
               got.answer = std::move(answer);
               loop.stop();
             });
  loop.run();
  return got;
}

TEST(TlsFetch, GetsAPage) {
  const Got got =
      get("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
  ASSERT_TRUE(got.answer) << got.answer.error().what;
  EXPECT_EQ(got.answer->status, 200U);
  EXPECT_EQ(got.answer->body, "abc");
  EXPECT_TRUE(got.request.starts_with("GET /keys?x=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
}

TEST(TlsFetch, ABodyThatEndsWithTheConnectionIsWholeOnlyAfterAFarewell) {
  const Got whole = get("HTTP/1.1 200 OK\r\n\r\nabc");
  ASSERT_TRUE(whole.answer) << whole.answer.error().what;
  EXPECT_EQ(whole.answer->body, "abc");
  EXPECT_EQ(get("HTTP/1.1 200 OK\r\n\r\nabc", Farewell::none).answer.error().code, Errc::closed);
}

TEST(TlsFetch, SaysWhyThereIsNoAnswer) {
  EXPECT_EQ(get("").answer.error().code, Errc::timed_out);
  EXPECT_EQ(get("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + std::string(1'001, 'a'))
                .answer.error()
                .code,
            Errc::too_large);
  EXPECT_EQ(get("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").answer.error().code,
            Errc::closed);
  EXPECT_EQ(get("SSH-2.0-OpenSSH_9.2\r\n\r\n").answer.error().code, Errc::invalid);
  const Got stranger =
      get("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Farewell::said, Certificate().pem);
  EXPECT_EQ(stranger.answer.error().code, Errc::unavailable);
  EXPECT_THAT(stranger.answer.error().what,
              testing::HasSubstr("the certificate of 127.0.0.1 is not believed"));
  EXPECT_EQ(stranger.request, "") << "nothing is told to a stranger";
}

TEST(TlsFetch, AuthoritiesAreCertificates) {
  const std::string& good = certificate().pem;
  EXPECT_TRUE(check_authorities(good));
  EXPECT_TRUE(check_authorities("# a comment\n" + good + good));
  const std::string broken = good.substr(0, 100) + "!" + good.substr(101);
  for (const std::string& bad : {std::string(), std::string("none"), certificate().key, broken,
                                 good + broken, good.substr(0, good.size() / 2)})
    EXPECT_FALSE(check_authorities(bad)) << bad;
}

}  // namespace
}  // namespace doorward::edge
