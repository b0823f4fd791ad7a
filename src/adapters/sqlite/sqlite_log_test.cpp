#include "adapters/sqlite/sqlite_log.hpp"

#include "adapters/posix/temp_folder.hpp"
#include "ports/contract/command_log_contract.hpp"

namespace doorward::adapters::sqlite {
namespace {

class SqliteBench final : public ports::LogBench {
 public:
  std::unique_ptr<ports::CommandLog> open() override {
    auto log = SqliteLog::open({.folder = folder_.path()}, clock_);
    if (log.has_error()) throw std::runtime_error(log.error().what);
    return std::move(*log);
  }
  bool several_nodes() const override { return false; }
  ports::FakeClock* clock() override { return &clock_; }

 private:
  TempFolder folder_;
  ports::FakeClock clock_;
};

std::unique_ptr<ports::LogBench> make_bench() { return std::make_unique<SqliteBench>(); }

}  // namespace
}  // namespace doorward::adapters::sqlite

namespace doorward::ports {
INSTANTIATE_TEST_SUITE_P(Sqlite, CommandLogContract,
                         testing::Values(&adapters::sqlite::make_bench));
}  // namespace doorward::ports
