#include "wire/cookie.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doorward::wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Cookie, ReadsPairsAsBrowsersSendThem) {
  EXPECT_THAT(parse_cookies("a=1; b=2"), ElementsAre(CookieView{"a", "1"}, CookieView{"b", "2"}));
  EXPECT_THAT(parse_cookies("a=1;b=2; "), ElementsAre(CookieView{"a", "1"}, CookieView{"b", "2"}));
  EXPECT_THAT(parse_cookies("a=x=y"), ElementsAre(CookieView{"a", "x=y"}));
  EXPECT_THAT(parse_cookies("a=\"q\""), ElementsAre(CookieView{"a", "\"q\""}));
  EXPECT_THAT(parse_cookies(" a = 1 "), ElementsAre(CookieView{"a", "1"}));
  EXPECT_THAT(parse_cookies("a="), ElementsAre(CookieView{"a", ""}));
  EXPECT_THAT(parse_cookies("a=\xed\x95\x9c"), ElementsAre(CookieView{"a", "\xed\x95\x9c"}));
}

TEST(Cookie, PassesOverWhatIsNoPair) {
  EXPECT_THAT(parse_cookies(""), IsEmpty());
  EXPECT_THAT(parse_cookies("; ;;"), IsEmpty());
  EXPECT_THAT(parse_cookies("flag; =nameless; a=1"), ElementsAre(CookieView{"a", "1"}));
}

TEST(Cookie, FindsTheFirstOfAName) {
  EXPECT_EQ(find_cookie("a=1; b=2; b=3", "b"), "2");
  EXPECT_EQ(find_cookie("A=1", "a"), std::nullopt);
  EXPECT_EQ(find_cookie("xa=1", "a"), std::nullopt);
}

TEST(Cookie, LooksAtABoundedNumberOfPairs) {
  std::string field;
  for (std::size_t i = 0; i < kMaxCookies; ++i) field += "a=1;";
  EXPECT_EQ(parse_cookies(field + "last=1").size(), kMaxCookies);
  EXPECT_EQ(find_cookie(field + "last=1", "last"), std::nullopt);
}

TEST(SetCookie, IsBuiltWithItsAttributes) {
  EXPECT_EQ(*build_set_cookie({.name = "dw", .value = "x.y-z"}),
            "dw=x.y-z; Path=/; HttpOnly; SameSite=Lax");
  EXPECT_EQ(*build_set_cookie({.name = cookie_name("dw", true),
                               .value = "x",
                               .max_age = std::chrono::seconds(60),
                               .secure = true,
                               .same_site = SameSite::strict}),
            "__Host-dw=x; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Strict");
  EXPECT_EQ(*build_set_cookie({.name = "dw",
                               .value = "",
                               .path = "/shop",
                               .max_age = std::chrono::seconds(-5),
                               .secure = true,
                               .http_only = false,
                               .same_site = SameSite::none}),
            "dw=; Path=/shop; Max-Age=0; Secure; SameSite=None");
  EXPECT_EQ(cookie_name("dw", false), "dw");
}

TEST(SetCookie, RefusesWhatWouldBreakOutOfTheField) {
  const auto refused = [](SetCookie cookie) { return !build_set_cookie(cookie); };
  for (const char* name : {"", "a b", "a=b", "a;b", "a\r\n", "a\"", "\xc3\xa9"})
    EXPECT_TRUE(refused({.name = name, .value = "x"})) << name;
  for (const char* value : {"a b", "a;b", "a,b", "a\"b", "a\\b", "a\r\nSet-Cookie: b=c", "\x7f"})
    EXPECT_TRUE(refused({.name = "n", .value = value})) << value;
  for (const char* path : {"", "x", "/;x", "/\n"})
    EXPECT_TRUE(refused({.name = "n", .value = "x", .path = path})) << path;
  EXPECT_TRUE(refused({.name = "n", .value = "x", .same_site = SameSite::none}));
  EXPECT_TRUE(refused({.name = "__Host-n", .value = "x"}));
  EXPECT_TRUE(refused({.name = "__Host-n", .value = "x", .path = "/a", .secure = true}));
}

}  // namespace
}  // namespace doorward::wire
