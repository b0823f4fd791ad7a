// A real redis-server for one test, on a Unix socket in a folder of its own.
//
// Why:     no port to collide with. `start` returns once the server says that it takes connections.
// Ownership: the server ends with the object, and with the test's process.
#pragma once

#include "adapters/posix/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <vector>

namespace doorward::adapters::redis {

class RedisServer {
 public:
  explicit RedisServer(std::vector<std::string> settings = {}) : settings_(std::move(settings)) {
    start();
  }
  ~RedisServer() { kill_hard(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  std::string socket() const { return folder_.path() / "redis.sock"; }
  std::string url() const { return "redis+unix://" + socket(); }

  // Starts it again after `kill_hard`, on what it had written.
  void start() {
    std::array<int, 2> output{};
    ASSERT_EQ(pipe(output.data()), 0);
    pid_ = fork();
    if (pid_ == 0) run(output[1]);
    close(output[1]);
    await(output[0], "eady to accept connections");
    close(output[0]);
  }

  void kill_hard() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  void stop_answering() { kill(pid_, SIGSTOP); }
  void answer_again() { kill(pid_, SIGCONT); }

 private:
  [[noreturn]] void run(int output) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output, STDOUT_FILENO);
    std::vector<std::string> words{
        "redis-server", "--port", "0", "--unixsocket", socket(), "--dir",
        folder_.path(), "--save", "",  "--appendonly", "yes",    "--appendfsync",
        "always"};
    words.insert(words.end(), settings_.begin(), settings_.end());
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execvp("redis-server", arguments.data());
    _exit(127);
  }

  static void await(int output, const std::string& words) {
    std::string seen;
    std::array<char, 512> buffer{};
    while (seen.find(words) == std::string::npos) {
      const ssize_t got = read(output, buffer.data(), buffer.size());
      ASSERT_GT(got, 0) << "redis-server did not start; is it installed?\n" << seen;
      seen.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  TempFolder folder_;
  std::vector<std::string> settings_;
  pid_t pid_ = -1;
};

}  // namespace doorward::adapters::redis
