#include "adapters/redis/address.hpp"

#include <gtest/gtest.h>

namespace doorward::adapters::redis {
namespace {

struct Case {
  const char* url;
  const char* name;
  const char* user = "";
  const char* password = "";
  std::uint32_t database = 0;
};

TEST(RedisAddress, ReadsEveryFormOfUrl) {
  const Case cases[] = {
      {"redis://localhost", "localhost:6379"},
      {"redis://cache.internal:7000/2", "cache.internal:7000", "", "", 2},
      {"redis://:s3cret@10.0.0.1", "10.0.0.1:6379", "", "s3cret"},
      {"redis://door:p%40ss%2F%3A@h:1/15", "h:1", "door", "p@ss/:", 15},
      {"redis://:a@b@h/0", "h:6379", "", "a@b"},
      {"redis://[::1]:6380/1", "::1:6380", "", "", 1},
      {"redis://[fe80::1]", "fe80::1:6379"},
      {"redis://h/", "h:6379"},
      {"redis+unix:///run/redis.sock", "/run/redis.sock"},
      {"redis+unix:///run/redis.sock?db=4", "/run/redis.sock", "", "", 4},
  };
  for (const auto& one : cases) {
    const auto address = parse_url(one.url);
    ASSERT_TRUE(address.has_value()) << one.url << ": " << address.error().what;
    EXPECT_EQ(address->name(), one.name) << one.url;
    EXPECT_EQ(address->user, one.user) << one.url;
    EXPECT_EQ(address->password, one.password) << one.url;
    EXPECT_EQ(address->database, one.database) << one.url;
  }
}

TEST(RedisAddress, RefusesWhatItCannotReadAndNeverQuotesThePassword) {
  const char* const urls[] = {"",
                              "localhost",
                              "http://h",
                              "rediss://h",
                              "redis://",
                              "redis://h:port",
                              "redis://h:0",
                              "redis://h:70000",
                              "redis://h/db",
                              "redis://h/-1",
                              "redis://[::1",
                              "redis://s3cret@h",
                              "redis://:s3cret%4@h",
                              "redis://:s3cret%zz@h",
                              "redis+unix://relative",
                              "redis+unix:///p?x=1",
                              "redis+unix:///p?db=x"};
  for (const char* url : urls) {
    const auto address = parse_url(url);
    ASSERT_TRUE(address.has_error()) << url;
    EXPECT_EQ(address.error().code, Errc::invalid) << url;
    EXPECT_EQ(address.error().what.find("s3cret"), std::string::npos) << url;
  }
}

}  // namespace
}  // namespace doorward::adapters::redis
