#include "gateway/pipeline.hpp"

#include "gateway/exchange_double.hpp"
#include "gateway/proxying/signal.hpp"
#include "gateway/request_id.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <stdexcept>

namespace doorward::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Notes that it ran, and answers where told to.
class Step : public Filter {
 public:
  Step(std::string name, std::vector<std::string>& trace) : name_(std::move(name)), trace_(trace) {}
  std::string_view name() const override { return name_; }
  edge::Task<Verdict> run(Context& context) override {
    trace_.push_back(name_);
    if (throws) throw std::runtime_error("a bug");
    if (!answers) co_return Verdict::pass;
    context.answer_fields.append("Set-Cookie", "late=1");
    edge::Response response;
    response.head.fields.append("Set-Cookie", "own=1");
    response.head.fields.append("X-Request-Id", "theirs");
    response.body = "hello";
    (void)co_await context.exchange.respond(std::move(response));
    co_return Verdict::answered;
  }
  std::string explain(const route::Route& route) const override { return "on " + route.name; }
  bool answers = false;
  bool throws = false;

 private:
  std::string name_;
  std::vector<std::string>& trace_;
};

class Observer final : public RequestObserver {
 public:
  std::uint64_t started() override { return 42; }
  void finished(const RequestRecord& record, std::uint64_t stamp) override {
    EXPECT_EQ(stamp, 42u);
    lines.push_back(std::to_string(record.status) + " " + std::string(record.context.answered_by) +
                    " " + std::to_string(record.bytes_out) + " " + record.context.fault);
  }
  std::vector<std::string> lines;
};

class Pipelines : public testing::Test {
 protected:
  Pipelines() {
    gate_->answers = false;
    last_->answers = true;
  }
  PipelineParts parts() {
    route::Route shop;
    shop.name = "shop";
    shop.match.paths = {"/shop/**"};
    PipelineParts parts;
    parts.trusted.networks = *Networks::parse(std::vector<std::string>{"10.0.0.0/8"});
    parts.routes = route::RouteTable({shop});
    parts.filters = {gate_, last_};
    parts.observer = &observer_;
    parts.id_seed = 7;
    return parts;
  }
  void handle(const Pipeline& pipeline, ExchangeDouble& exchange) {
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, edge::complete(pipeline.handle(exchange)),
                          [](std::exception_ptr fault) { EXPECT_FALSE(fault); });
    loop.run();
  }
  std::vector<std::string> trace_;
  std::shared_ptr<Step> gate_ = std::make_shared<Step>("gate", trace_);
  std::shared_ptr<Step> last_ = std::make_shared<Step>("last", trace_);
  Observer observer_;
};

TEST_F(Pipelines, AProxysForwardedThatCannotBeReadIs400AndReachesNoRoute) {
  const Pipeline pipeline(parts());
  ExchangeDouble exchange("GET", "/shop/x");
  exchange.from.address = boost::asio::ip::make_address("10.0.0.1");
  exchange.head.fields.append("Forwarded", "for=;;, for=192.0.2.7");
  handle(pipeline, exchange);
  EXPECT_EQ(exchange.answer.status, 400u);
  EXPECT_THAT(exchange.answer_body, HasSubstr("malformed-request"));
  EXPECT_THAT(trace_, ElementsAre());
}

TEST_F(Pipelines, RunFiltersInOrderUntilOneAnswers) {
  const Pipeline pipeline(parts());
  ExchangeDouble through("GET", "/shop/1");
  handle(pipeline, through);
  gate_->answers = true;
  ExchangeDouble stopped("GET", "/shop/1");
  handle(pipeline, stopped);
  EXPECT_THAT(trace_, ElementsAre("gate", "last", "gate"));
  EXPECT_THAT(observer_.lines, ElementsAre("200 last 5 ", "200 gate 5 "));
}

// What one filter gives to be looked at, the next one waits for.
struct Looks {
  int count = 0;
  proxying::Signal* third = nullptr;
};
class Gives final : public Filter {
 public:
  class Counts final : public edge::Watch {
   public:
    explicit Counts(Looks& looks) : looks_(looks) {}
    Millis interval() const override { return Millis(10); }
    bool look() override {
      if (++looks_.count == 3) looks_.third->set();
      return true;
    }

   private:
    Looks& looks_;
  };
  explicit Gives(Looks& looks) : looks_(looks) {}
  std::string_view name() const override { return "gives"; }
  edge::Task<Verdict> run(Context& context) override {
    context.watches.push_back(std::make_unique<Counts>(looks_));
    co_return Verdict::pass;
  }
  std::string explain(const route::Route&) const override { return ""; }

 private:
  Looks& looks_;
};
class Waits final : public Filter {
 public:
  explicit Waits(Looks& looks) : looks_(looks) {}
  std::string_view name() const override { return "waits"; }
  edge::Task<Verdict> run(Context&) override {
    proxying::Signal third(co_await boost::asio::this_coro::executor);
    looks_.third = &third;
    co_await third.wait();
    co_return Verdict::pass;
  }
  std::string explain(const route::Route&) const override { return ""; }

 private:
  Looks& looks_;
};

TEST_F(Pipelines, LookAfterWhatARequestHoldsWhileItIsUnderWay) {
  Looks looks;
  PipelineParts three = parts();
  three.filters = {std::make_shared<Gives>(looks), std::make_shared<Waits>(looks), last_};
  const Pipeline pipeline(std::move(three));
  ExchangeDouble exchange("GET", "/shop/1");
  handle(pipeline, exchange);
  EXPECT_EQ(exchange.answer.status, 200u);
  EXPECT_GE(looks.count, 3);
}

TEST_F(Pipelines, AddTheContextsFieldsToTheAnswer) {
  const Pipeline pipeline(parts());
  ExchangeDouble exchange("GET", "/shop/1");
  handle(pipeline, exchange);
  EXPECT_EQ(exchange.answer.fields.count("set-cookie"), 2u);
  EXPECT_EQ(exchange.answer.fields.count("x-request-id"), 1u);
  EXPECT_EQ(exchange.answer.fields.find("x-request-id"), exchange.head.fields.find("x-request-id"));
}

TEST_F(Pipelines, GiveEveryRequestAnIdAndBelieveOnlyTrustedOnes) {
  const Pipeline pipeline(parts());
  std::vector<std::string> ids;
  for (const char* peer : {"192.0.2.1", "192.0.2.1", "10.0.0.1"}) {
    ExchangeDouble exchange("GET", "/shop/1");
    exchange.from.address = boost::asio::ip::make_address(peer);
    exchange.head.fields.append("X-Request-Id", "given");
    handle(pipeline, exchange);
    ids.emplace_back(*exchange.answer.fields.find("x-request-id"));
  }
  EXPECT_EQ(ids[0].size(), 32u);
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_EQ(ids[2], "given");
}

TEST_F(Pipelines, AnswerNotFoundWhereNeitherRouteNorFallbackDoes) {
  auto with_fallback = parts();
  with_fallback.fallback = [](Context& context) -> edge::Task<> {
    if (context.exchange.request().path != "/v1/rooms") co_return;
    edge::Response response;
    response.body = "native " + context.client.key;
    (void)co_await context.exchange.respond(std::move(response));
  };
  const Pipeline pipeline(std::move(with_fallback));
  ExchangeDouble native("GET", "/v1/rooms");
  handle(pipeline, native);
  EXPECT_EQ(native.answer_body, "native 192.0.2.1");
  ExchangeDouble nothing("GET", "/nothing");
  handle(pipeline, nothing);
  EXPECT_EQ(nothing.answer.status, 404u);
  EXPECT_EQ(nothing.answer.fields.find("content-type"), "application/problem+json");
  EXPECT_TRUE(trace_.empty());
}

TEST_F(Pipelines, AnswerAFiltersBugWithoutItsStory) {
  gate_->throws = true;
  const Pipeline pipeline(parts());
  ExchangeDouble exchange("GET", "/shop/1");
  handle(pipeline, exchange);
  EXPECT_EQ(exchange.answer.status, 500u);
  EXPECT_THAT(exchange.answer_body, testing::Not(HasSubstr("a bug")));
  EXPECT_THAT(observer_.lines.front(), HasSubstr("a bug"));
}

TEST_F(Pipelines, TellTheWholeStoryWhereDebugIsOn) {
  gate_->throws = true;
  auto told = parts();
  told.debug = true;
  const Pipeline pipeline(std::move(told));
  ExchangeDouble broken("GET", "/shop/1");
  handle(pipeline, broken);
  EXPECT_THAT(broken.answer_body, HasSubstr(R"(,"debug":{"phase":"gate","request_id":")"));
  EXPECT_THAT(broken.answer_body,
              HasSubstr(R"("method":"GET","path":"/shop/1","fault":"a bug"}})"));
  ExchangeDouble nothing("GET", "/nothing");
  handle(pipeline, nothing);
  EXPECT_THAT(nothing.answer_body, HasSubstr(R"("debug":{"phase":"own_calls")"));
  gate_->throws = false;
  ExchangeDouble fine("GET", "/shop/1");
  handle(pipeline, fine);
  EXPECT_EQ(fine.answer_body, "hello");
}

TEST_F(Pipelines, ExplainWhatEveryPhaseWouldDo) {
  const Pipeline pipeline(parts());
  const std::string lines = pipeline.explain("GET", "h", "/Shop/1");
  EXPECT_THAT(lines, HasSubstr("client_address: "));
  EXPECT_THAT(lines, HasSubstr("route: route \"shop\"\ngate: on shop\nlast: on shop\n"));
  EXPECT_THAT(pipeline.explain("GET", "h", "/x"), HasSubstr("no route"));
}

std::string names_left(std::vector<std::pair<const char*, const char*>> came,
                       void (*remove)(wire::Fields&)) {
  wire::Fields fields;
  for (const auto& [name, value] : came) fields.append(name, value);
  remove(fields);
  std::string names;
  for (std::size_t i = 0; i < fields.size(); ++i)
    names.append(names.empty() ? "" : " ").append(fields[i].name);
  return names;
}

TEST(RouteFilter, RemovesWhatIsForOneConnectionOnly) {
  EXPECT_EQ(names_left({{"Connection", "close, X-Mine"},
                        {"X-Mine", "1"},
                        {"Keep-Alive", "5"},
                        {"Proxy-Authorization", "x"},
                        {"Transfer-Encoding", "chunked"},
                        {"TE", "gzip"},
                        {"Upgrade", "websocket"},
                        {"Accept", "x"}},
                       remove_hop_by_hop),
            "Accept");
  EXPECT_EQ(names_left({{"Connection", "keep-alive, Upgrade"},
                        {"Upgrade", "websocket"},
                        {"TE", "trailers, deflate"}},
                       remove_hop_by_hop),
            "TE Connection Upgrade");
}

TEST(RouteFilter, RemovesFieldsThatOnlyWeMaySet) {
  EXPECT_EQ(names_left({{"X-User-Id", "1"},
                        {"x-user-type", "admin"},
                        {"X-DOORWARD-Anything", "1"},
                        {"X-Doorwar", "1"},
                        {"X-Original-URL", "/buy"},
                        {"X-Rewrite-URL", "/buy"},
                        {"X-HTTP-Method-Override", "POST"},
                        {"X-HTTP-Method", "POST"},
                        {"X_Method-Override", "POST"},
                        {"X_User-Id", "1"},
                        {"x_doorward_ticket", "1"},
                        {"Accept", "x"}},
                       remove_identity),
            "X-Doorwar Accept");
}

}  // namespace
}  // namespace doorward::gateway
