#include "edge/http1_tunnel.hpp"

#include "edge/loop.hpp"

namespace doorward::edge {

Task<Result<std::string_view>> Http1Tunnel::read() {
  if (connection_.input().empty()) {
    const Millis deadline = loop_.now() + loop_.deadlines().tunnel;
    if (Result<> filled = co_await connection_.fill(deadline); !filled) {
      if (filled.error().code == Errc::closed) co_return std::string_view();
      co_return filled.error();
    }
  }
  const std::string_view piece = connection_.input();
  connection_.consume(piece.size());
  co_return piece;
}

Task<Result<>> Http1Tunnel::write(std::string_view bytes) {
  const Result<bool> sent = connection_.try_send(bytes);
  if (!sent) co_return sent.error();
  if (*sent) co_return Result<>();
  co_return co_await connection_.send_rest();
}

}  // namespace doorward::edge
