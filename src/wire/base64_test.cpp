#include "wire/base64.hpp"

#include <gtest/gtest.h>

namespace doorward::wire {
namespace {

TEST(Base64Url, EncodesTheVectorsOfTheRfcWithoutPadding) {
  const std::pair<const char*, const char*> table[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"},
  };
  for (const auto& [bytes, text] : table) {
    EXPECT_EQ(base64url_encode(bytes), text);
    EXPECT_EQ(base64url_decode(text), bytes);
  }
}

TEST(Base64Url, RefusesEveryOtherTextForTheSameBytes) {
  for (const char* text : {"Zg==", "Zh", "Z", "Zm9v Yg", "+_8", "-/8", "Zm9vY", "Zm9vYmF",
                           "\xc3\xa9"
                           "aa"}) {
    EXPECT_FALSE(base64url_decode(text)) << text;
  }
}

}  // namespace
}  // namespace doorward::wire
