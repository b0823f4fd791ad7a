// Draws the pictures of docs/limits.md:
//   limit_pictures FOLDER           writes them
//   limit_pictures --check FOLDER   ends with 1 if those in it are not what the code decides now
#include "drawing.hpp"
#include "runs.hpp"

#include <fmt/core.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

int main(int count, char** words) {
  const bool check = count == 3 && std::string_view(words[1]) == "--check";
  if (!check && count != 2) {
    fmt::print(stderr, "usage: limit_pictures [--check] FOLDER\n");
    return 2;
  }
  int bad = 0;
  for (const auto& run : doorward::pictures::runs()) {
    const std::string path = fmt::format("{}/{}.svg", words[count - 1], run.name);
    const std::string picture = doorward::pictures::draw(run);
    if (!check) {
      std::ofstream(path, std::ios::binary) << picture;
    } else if (read(path) != picture) {
      fmt::print("{} is not what the code decides; draw it anew with limit_pictures\n", path);
      bad = 1;
    }
  }
  return bad;
}
