#include "edge/resp_session.hpp"

#include "edge/loop.hpp"
#include "wire/resp/reply.hpp"
#include "wire/resp/request_decoder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <exception>
#include <optional>

namespace doorward::edge {
namespace {

namespace resp = wire::resp;

class RespSession {
 public:
  RespSession(Loop& loop, Socket socket, Peer peer, AddressLimits::Pass pass)
      : loop_(loop),
        connection_(loop, std::move(socket), std::move(peer), std::move(pass)),
        decoder_(loop.options().resp.limits) {
    loop_.counters().resp_opened.add();
  }
  ~RespSession() { loop_.counters().resp_ended.add(); }

  Task<> run() {
    conversation_ = loop_.options().resp.conversations(connection_.peer());
    for (;;) {
      const Next next = answer_all();
      const Result<> sent = co_await connection_.send_all();
      if (!sent) co_return;
      if (next == Next::send) continue;
      if (next == Next::end || loop_.draining()) break;
      const Result<> filled = co_await fill();
      if (!filled) co_return;
    }
    co_await connection_.linger();
  }

 private:
  enum class Next { receive, send, end };

  // Answers what has come, until something must be received or sent first.
  Next answer_all() {
    std::string& out = connection_.out();
    while (out.size() < loop_.options().resp.unsent_bytes) {
      const resp::Parsed parsed = decoder_.next(connection_.input());
      if (parsed.event == resp::Event::error) {
        loop_.counters().resp_errors.add();
        resp::append_error(out, "ERR " + decoder_.error());
        return Next::end;
      }
      const bool asked = parsed.event == resp::Event::request;
      const bool over = asked && answer(out) == After::close;
      connection_.consume(parsed.consumed);
      if (over) return Next::end;
      if (!asked) return Next::receive;
    }
    return Next::send;
  }

  // The one catch: a bug in a command costs one connection, not the process.
  After answer(std::string& out) {
    loop_.counters().resp_requests.add();
    const std::size_t before = out.size();
    try {
      return conversation_->answer(decoder_.arguments(), out);
    } catch (const std::exception& e) {
      if (loop_.options().on_exception) loop_.options().on_exception(e.what());
      out.resize(before);
      resp::append_error(out, "ERR the command could not be handled");
      return After::close;
    }
  }

  Task<Result<>> fill() {
    const RespOptions& options = loop_.options().resp;
    const bool between = connection_.input().empty();
    connection_.shrink();
    connection_.set_idle(between);
    const Millis now = loop_.now();
    Millis deadline = now + (between ? options.idle : options.request);
    if (conversation_->is_known()) {
      stranger_until_.reset();
    } else {
      if (!stranger_until_) stranger_until_ = now + options.request;
      if (*stranger_until_ <= now) co_return error(Errc::timed_out, "nobody logged in");
      deadline = std::min(deadline, *stranger_until_);
    }
    const Result<> filled = co_await connection_.fill(deadline);
    connection_.set_idle(false);
    co_return filled;
  }

  Loop& loop_;
  Connection connection_;
  resp::RequestDecoder decoder_;
  std::unique_ptr<RespConversation> conversation_;
  std::optional<Millis> stranger_until_;
};

Task<> serve(Loop& loop, Socket socket, Peer peer, AddressLimits::Pass pass) {
  RespSession session(loop, std::move(socket), std::move(peer), std::move(pass));
  co_await session.run();
}

}  // namespace

void spawn_resp_session(Loop& loop, Socket socket, Peer peer, AddressLimits::Pass pass) {
  loop.counters().accepted.add();
  boost::asio::co_spawn(loop.io().get_executor(),
                        serve(loop, std::move(socket), std::move(peer), std::move(pass)),
                        boost::asio::detached);
}

}  // namespace doorward::edge
