#include "gateway/waiting_page/words.hpp"

#include <gtest/gtest.h>

namespace doorward::gateway {
namespace {

TEST(Words, EveryLanguageHasTheSameSentencesAndPlaces) {
  const Languages languages;
  const auto& english = languages.all().front().messages();
  for (const Words& words : languages.all()) {
    EXPECT_EQ(words.messages().size(), english.size()) << words.language();
    for (const auto& [key, sentence] : english) {
      ASSERT_TRUE(words.has(key)) << words.language() << ": " << key;
      for (const char* place :
           {"{low}", "{high}", "{claim}", "{grace}", "{refresh}", "{position}", "{eta}", "{n}"})
        EXPECT_EQ(sentence.as_string().find(place) == std::string::npos,
                  words[key].find(place) == std::string::npos)
            << words.language() << ": " << key << " " << place;
    }
  }
}

TEST(Words, TheLanguageIsTheBestThatTheBrowserAsksFor) {
  const struct {
    const char* header;
    const char* language;
  } rows[] = {
      {"", "en"},
      {"ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "ko"},
      {"de-DE, de;q=0.9, ja;q=0.5, en;q=0.4", "ja"},
      {"en;q=0.4, es;q=0.8", "es"},
      {"ZH-hans-cn", "zh"},
      {"fr", "en"},
      {"*", "en"},
      {"ko;q=0, ja;q=0.1", "ja"},
      {"ko;q=nonsense, es", "es"},
      {",,;;q=1,", "en"},
  };
  const Languages languages;
  for (const auto& row : rows)
    EXPECT_EQ(languages.choose(row.header).language(), row.language) << row.header;
}

TEST(Words, AnEstimateIsARangeInTheUnitThatAPersonWouldUse) {
  const Languages languages;
  const Words& en = languages.choose("en");
  EXPECT_EQ(en.eta(std::nullopt), "Not known yet");
  EXPECT_EQ(en.eta(room::Eta{10, 59}), "Less than a minute");
  EXPECT_EQ(en.eta(room::Eta{30, 61}), "Up to 2 minutes");
  EXPECT_EQ(en.eta(room::Eta{240, 420}), "4 to 7 minutes");
  EXPECT_EQ(en.eta(room::Eta{300, 300}), "About 5 minutes");
  EXPECT_EQ(en.eta(room::Eta{3600, 7200}), "1 to 2 hours");
  EXPECT_EQ(en.eta(room::Eta{600, 7200}), "Up to 2 hours");
  EXPECT_EQ(languages.choose("ko").eta(room::Eta{240, 420}), "4~7분");
}

TEST(Words, NumbersAreGroupedAsTheLanguageDoes) {
  const Languages languages;
  EXPECT_EQ(languages.choose("en").number(0), "0");
  EXPECT_EQ(languages.choose("en").number(1234567), "1,234,567");
  EXPECT_EQ(languages.choose("es").number(1234), "1234");
  EXPECT_EQ(languages.choose("es").number(12345), "12.345");
}

}  // namespace
}  // namespace doorward::gateway
