// Both directions of an upgraded HTTP/1.1 connection.
#pragma once

#include "edge/connection.hpp"
#include "edge/exchange.hpp"

namespace doorward::edge {

class Http1Tunnel final : public Tunnel {
 public:
  Http1Tunnel(Loop& loop, Connection& connection) : loop_(loop), connection_(connection) {}

  Task<Result<std::string_view>> read() override;
  Task<Result<>> write(std::string_view bytes) override;
  void shutdown_write() override { connection_.shutdown_write(); }
  void close() override { connection_.close(); }

 private:
  Loop& loop_;
  Connection& connection_;
};

}  // namespace doorward::edge
