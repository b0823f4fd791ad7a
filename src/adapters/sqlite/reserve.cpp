#include "adapters/sqlite/reserve.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <system_error>

namespace doorward::adapters::sqlite {
namespace {

bool make(const std::filesystem::path& file) {
  const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0) return false;
  const bool has_space = ::fallocate(made, 0, 0, kReserveBytes) == 0;
  ::close(made);
  return has_space;
}

}  // namespace

void Reserve::take() {
  if (is_there_) return;
  std::error_code failed;
  is_there_ = std::filesystem::file_size(file_, failed) == kReserveBytes;
  if (is_there_) return;
  const auto space = std::filesystem::space(file_.parent_path(), failed);
  if (failed || space.available < 2 * kReserveBytes) return;
  is_there_ = make(file_);
  if (!is_there_) std::filesystem::remove(file_, failed);
}

bool Reserve::give_up() {
  if (!is_there_) return false;
  is_there_ = false;
  std::error_code failed;
  return std::filesystem::remove(file_, failed);
}

}  // namespace doorward::adapters::sqlite
