#include "api/redis/conversation.hpp"

#include "api/redis/redis_test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace doorward::api::redis {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Words = std::vector<std::string>;

struct Row {
  Words words;
  std::string reply;
};

void expect(TestRedis& redis, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(redis.say(row.words), row.reply) << testing::PrintToString(row.words);
  }
}

TEST(RedisConversation, AnswersWhatClientsAskAtTheirStart) {
  TestRedis redis;
  expect(redis, {
                    {{"PING"}, "+PONG\r\n"},
                    {{"ping", "hey"}, "$3\r\nhey\r\n"},
                    {{"ECHO", ""}, "$0\r\n\r\n"},
                    {{"SELECT", "0"}, "+OK\r\n"},
                    {{"CLIENT", "ID"}, ":1\r\n"},
                    {{"CLIENT", "GETNAME"}, "$-1\r\n"},
                    {{"CLIENT", "SETNAME", "shop"}, "+OK\r\n"},
                    {{"client", "getname"}, "$4\r\nshop\r\n"},
                    {{"CLIENT", "SETINFO", "LIB-NAME", "redis-py"}, "+OK\r\n"},
                    {{"CLIENT", "NO-EVICT", "on"}, "+OK\r\n"},
                    {{"COMMAND"}, "*0\r\n"},
                    {{"COMMAND", "DOCS"}, "*0\r\n"},
                    {{"COMMAND", "COUNT"}, ":11\r\n"},
                    {{"RESET"}, "+RESET\r\n"},
                    {{"CLIENT", "GETNAME"}, "$-1\r\n"},
                    {{"QUIT"}, "+OK\r\n(closed)"},
                });
  EXPECT_THAT(redis.say({"COMMAND", "LIST"}), HasSubstr("$11\r\ncl.throttle\r\n"));
  EXPECT_THAT(redis.say({"INFO"}), HasSubstr("redis_version:7.0.0\r\n"));
}

TEST(RedisConversation, SpeaksTheVersionThatIsAskedFor) {
  TestRedis redis;
  const std::string hello =
      "*14\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.0.0\r\n$5\r\nproto\r\n:2\r\n"
      "$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n"
      "$7\r\nmodules\r\n*0\r\n";
  expect(redis, {
                    {{"HELLO"}, hello},
                    {{"HELLO", "2", "SETNAME", "a"}, hello},
                    {{"CLIENT", "GETNAME"}, "$1\r\na\r\n"},
                    {{"HELLO", "4"}, "-NOPROTO unsupported protocol version\r\n"},
                    {{"HELLO", "x"}, "-ERR Protocol version is not an integer or out of range\r\n"},
                    {{"HELLO", "2", "WHAT"}, "-ERR Syntax error in HELLO option 'WHAT'\r\n"},
                    {{"HELLO", "2", "SETNAME"}, "-ERR Syntax error in HELLO option 'SETNAME'\r\n"},
                });
  const std::string hello3 =
      "%7" + hello.substr(3, hello.find(":2") - 3) + ":3" + hello.substr(hello.find(":2") + 2);
  expect(redis, {
                    {{"HELLO", "3"}, hello3},
                    {{"HELLO"}, hello3},
                    {{"COMMAND", "DOCS"}, "%0\r\n"},
                    {{"CLIENT", "SETNAME", ""}, "+OK\r\n"},
                    {{"CLIENT", "GETNAME"}, "_\r\n"},
                    {{"RESET"}, "+RESET\r\n"},
                    {{"CLIENT", "GETNAME"}, "$-1\r\n"},
                    {{"HELLO", "3", "AUTH", "default", "x"},
                     "-WRONGPASS invalid username-password pair or user is disabled.\r\n"},
                    {{"HELLO"}, hello},
                });
}

TEST(RedisConversation, RefusesBadCommandsAsRedisDoes) {
  TestRedis redis;
  const std::string name =
      "-ERR Client names cannot contain spaces, newlines or special characters.\r\n";
  expect(
      redis,
      {
          {{"GET", "k"}, "-ERR unknown command 'GET', with args beginning with: 'k' \r\n"},
          {{"FLUSHALL"}, "-ERR unknown command 'FLUSHALL', with args beginning with: \r\n"},
          {{"a\r\nb", "c\nd"}, "-ERR unknown command 'a  b', with args beginning with: 'c d' \r\n"},
          {{"PING", "a", "b"}, "-ERR wrong number of arguments for 'ping' command\r\n"},
          {{"ECHO"}, "-ERR wrong number of arguments for 'echo' command\r\n"},
          {{"Select"}, "-ERR wrong number of arguments for 'select' command\r\n"},
          {{"SELECT", "1"}, "-ERR DB index is out of range\r\n"},
          {{"SELECT", "x"}, "-ERR value is not an integer or out of range\r\n"},
          {{"CLIENT"}, "-ERR wrong number of arguments for 'client' command\r\n"},
          {{"CLIENT", "SETNAME"},
           "-ERR wrong number of arguments for 'client|setname' command\r\n"},
          {{"CLIENT", "SETNAME", "a b"}, name},
          {{"CLIENT", "SETNAME", "a\n"}, name},
          {{"CLIENT", "KILL", "x"}, "-ERR unknown subcommand 'KILL'. Try CLIENT HELP.\r\n"},
          {{"RESET", "x"}, "-ERR wrong number of arguments for 'reset' command\r\n"},
          {{"AUTH", "secret"},
           "-ERR AUTH <password> called without any password configured for the default user. Are "
           "you sure your configuration is correct?\r\n"},
          {{"AUTH", "a", "b", "c"}, "-ERR syntax error\r\n"},
          {{"POST", "/", "HTTP/1.1"}, "(closed)"},
          {{"Host:", "doorward"}, "(closed)"},
      });
  const std::string said = redis.say({std::string(500, 'x'), std::string(500, 'y'), "z"});
  EXPECT_EQ(said, "-ERR unknown command '" + std::string(128, 'x') +
                      "', with args beginning with: '" + std::string(128, 'y') + "' \r\n");
}

RedisOptions guarded() {
  RedisOptions options;
  options.password = "secret";
  options.needs_auth = true;
  options.has_api_keys = true;
  options.backend_of = [](std::string_view key) {
    return key == "api-key" ? std::optional<std::string>("shop") : std::nullopt;
  };
  return options;
}

constexpr const char* kNoAuth = "-NOAUTH Authentication required.\r\n";
constexpr const char* kWrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

TEST(RedisConversation, LetsNobodyInWithoutAPassword) {
  TestRedis redis(guarded());
  expect(redis, {
                    {{"PING"}, kNoAuth},
                    {{"CL.THROTTLE", "k", "1", "1", "1"}, kNoAuth},
                    {{"INFO"}, kNoAuth},
                    {{"AUTH", "wrong"}, kWrong},
                    {{"AUTH", ""}, kWrong},
                    {{"AUTH", "somebody", "secret"}, kWrong},
                    {{"HELLO", "2", "AUTH", "default", "wrong"}, kWrong},
                    {{"PING"}, kNoAuth},
                    {{"AUTH", "secret"}, "+OK\r\n"},
                    {{"PING"}, "+PONG\r\n"},
                    {{"AUTH", "wrong"}, kWrong},
                    {{"PING"}, "+PONG\r\n"},
                    {{"RESET"}, "+RESET\r\n"},
                    {{"PING"}, kNoAuth},
                    {{"AUTH", "default", "secret"}, "+OK\r\n"},
                    {{"PING"}, "+PONG\r\n"},
                });
  EXPECT_THAT(redis.say({"RESET"}), StartsWith("+RESET"));
  EXPECT_THAT(redis.say({"HELLO", "2"}), StartsWith("-NOAUTH HELLO must be called"));
  EXPECT_THAT(redis.say({"HELLO", "2", "AUTH", "default", "secret"}), StartsWith("*14\r\n"));
  EXPECT_EQ(redis.redis.stats().refused_logins, 5U);
}

TEST(RedisConversation, TakesAnApiKeyForAPassword) {
  for (const Words& words : {Words{"AUTH", "api-key"}, Words{"AUTH", "shop", "api-key"},
                             Words{"AUTH", "default", "api-key"}}) {
    TestRedis redis(guarded());
    EXPECT_EQ(redis.say(words), "+OK\r\n");
    EXPECT_EQ(redis.say({"PING"}), "+PONG\r\n");
  }
  TestRedis redis(guarded());
  EXPECT_EQ(redis.say({"AUTH", "other", "api-key"}), kWrong);
}

TEST(RedisConversation, EndsAfterAFewWrongPasswords) {
  TestRedis redis(guarded());
  for (int i = 0; i < 4; ++i) EXPECT_EQ(redis.say({"AUTH", "wrong"}), kWrong) << i;
  EXPECT_EQ(redis.say({"HELLO", "3", "AUTH", "default", "wrong"}),
            std::string(kWrong) + "(closed)");
}

}  // namespace
}  // namespace doorward::api::redis
