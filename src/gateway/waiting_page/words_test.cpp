#include "gateway/waiting_page/words.hpp"

#include <gtest/gtest.h>

namespace doorward::gateway {
namespace {

using namespace std::chrono_literals;

// Of a sentence with forms, that for all numbers but one.
std::string usual_form(const boost::json::value& sentence) {
  const auto* forms = sentence.if_object();
  return std::string((forms != nullptr ? forms->at("other") : sentence).as_string());
}

TEST(Words, EveryLanguageHasTheSameSentencesAndPlaces) {
  const Languages languages;
  const auto& english = languages.all().front().messages();
  for (const Words& words : languages.all()) {
    EXPECT_EQ(words.messages().size(), english.size()) << words.language();
    for (const auto& [key, sentence] : english) {
      ASSERT_TRUE(words.has(key)) << words.language() << ": " << key;
      for (const char* place : {"{low}", "{high}", "{claim}", "{grace}", "{refresh}", "{position}",
                                "{eta}", "{n}", "{larger}", "{smaller}", "{time}", "{wait}"})
        EXPECT_EQ(usual_form(sentence).find(place) == std::string::npos,
                  usual_form(words.messages().at(key)).find(place) == std::string::npos)
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
  EXPECT_EQ(en.eta(room::Eta{0, 0xffffffff}), "Up to 1,193,047 hours");
  EXPECT_EQ(languages.choose("ko").eta(room::Eta{240, 420}), "4~7분");
}

TEST(Words, OneIsSaidAsOneInLanguagesThatTellItFromMany) {
  const Languages languages;
  const struct {
    const char* language;
    const char* up_to_one;
    const char* about_one;
    const char* reload_one;
    const char* reload_two;
  } rows[] = {
      {"en", "Up to 1 minute", "About 1 minute", "This page reloads by itself every second.",
       "This page reloads by itself every 2 seconds."},
      {"es", "Hasta 1 minuto", "Alrededor de 1 minuto", "Esta página se recarga sola cada segundo.",
       "Esta página se recarga sola cada 2 segundos."},
      {"ko", "최대 1분", "약 1분", "이 페이지는 1초마다 자동으로 새로 고쳐집니다.",
       "이 페이지는 2초마다 자동으로 새로 고쳐집니다."},
      {"ja", "最大1分", "約1分", "このページは1秒ごとに自動的に再読み込みされます。",
       "このページは2秒ごとに自動的に再読み込みされます。"},
      {"zh", "最多1分钟", "约1分钟", "此页面每1秒自动刷新一次。", "此页面每2秒自动刷新一次。"},
  };
  for (const auto& row : rows) {
    const Words& words = languages.choose(row.language);
    EXPECT_EQ(words.eta(room::Eta{0, 60}), row.up_to_one);
    EXPECT_EQ(words.eta(room::Eta{60, 60}), row.about_one);
    EXPECT_EQ(words.count("no_script", "refresh", 1), row.reload_one);
    EXPECT_EQ(words.count("no_script", "refresh", 2), row.reload_two);
  }
}

TEST(Words, ADurationIsSaidInAtMostTwoUnits) {
  const Languages languages;
  const struct {
    std::chrono::seconds span;
    const char* english;
    const char* spanish;
    const char* korean;
  } rows[] = {
      {1s, "1 second", "1 segundo", "1초"},
      {119s, "119 seconds", "119 segundos", "119초"},
      {179s, "2 minutes", "2 minutos", "2분"},
      {119min, "119 minutes", "119 minutos", "119분"},
      {121min, "2 hours 1 minute", "2 horas y 1 minuto", "2시간 1분"},
      {47h, "47 hours", "47 horas", "47시간"},
      {49h + 59min, "2 days 1 hour", "2 días y 1 hora", "2일 1시간"},
      {168h, "7 days", "7 días", "7일"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(languages.choose("en").duration(row.span), row.english);
    EXPECT_EQ(languages.choose("es").duration(row.span), row.spanish);
    EXPECT_EQ(languages.choose("ko").duration(row.span), row.korean);
  }
  EXPECT_EQ(languages.choose("ja").duration(125min), "2時間5分");
  EXPECT_EQ(languages.choose("zh").duration(125min), "2小时5分钟");
}

TEST(Words, WhatIsStillToComeIsNeverSaidToComeSooner) {
  const Languages languages;
  const struct {
    Millis left;
    const char* english;
    const char* spanish;
    const char* korean;
    const char* japanese;
    const char* chinese;
  } rows[] = {
      {1ms, "Less than a minute", "Menos de un minuto", "1분 미만", "1分未満", "不到1分钟"},
      {60s, "About 1 minute", "Aproximadamente 1 minuto", "약 1분", "約1分", "约1分钟"},
      {60'001ms, "About 2 minutes", "Aproximadamente 2 minutos", "약 2분", "約2分", "约2分钟"},
      {5h + 1ms, "About 5 hours 1 minute", "Aproximadamente 5 horas y 1 minuto", "약 5시간 1분",
       "約5時間1分", "约5小时1分钟"},
      {48h - 1ms, "About 2 days", "Aproximadamente 2 días", "약 2일", "約2日", "约2天"},
      {48h + 1ms, "About 2 days 1 hour", "Aproximadamente 2 días y 1 hora", "약 2일 1시간",
       "約2日1時間", "约2天1小时"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(languages.choose("en").until(row.left), row.english);
    EXPECT_EQ(languages.choose("es").until(row.left), row.spanish);
    EXPECT_EQ(languages.choose("ko").until(row.left), row.korean);
    EXPECT_EQ(languages.choose("ja").until(row.left), row.japanese);
    EXPECT_EQ(languages.choose("zh").until(row.left), row.chinese);
  }
}

TEST(Words, AWaitIsRoundedUp) {
  const Languages languages;
  const struct {
    std::uint64_t seconds;
    const char* english;
    const char* japanese;
  } rows[] = {
      {1, "1 second", "1秒"},
      {119, "119 seconds", "119秒"},
      {121, "3 minutes", "3分"},
      {7'201, "2 hours 1 minute", "2時間1分"},
      {172'801, "2 days 1 hour", "2日1時間"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(languages.choose("en").wait(row.seconds), row.english);
    EXPECT_EQ(languages.choose("ja").wait(row.seconds), row.japanese);
  }
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
