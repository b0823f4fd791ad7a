#include "gateway/waiting_page/colours.hpp"

#include <gtest/gtest.h>

namespace doorward::gateway {
namespace {

std::string value_of(const std::string& rules, const std::string& name) {
  const auto at = rules.find("--dw-" + name + ":");
  if (at == std::string::npos) return "";
  const auto from = rules.find(':', at) + 1;
  return rules.substr(from, rules.find(';', from) - from);
}

TEST(Colours, ContrastIsThatOfTheGuidelines) {
  EXPECT_NEAR(contrast("#000", "#ffffff"), 21, 0.01);
  EXPECT_NEAR(contrast("#777777", "#fff"), 4.48, 0.01);
  EXPECT_NEAR(contrast("#0A5", "#0a5"), 1, 0.01);
}

TEST(Colours, HoldInTheirOwnSchemeOnly) {
  const Colours colours{"#0a5", "#fff", "#fff", "#111"};
  EXPECT_TRUE(
      colour_rules(colours, Scheme::light).starts_with("@media (prefers-color-scheme:light){"));
  EXPECT_TRUE(
      colour_rules(colours, Scheme::dark).starts_with("@media (prefers-color-scheme:dark){"));
  EXPECT_EQ(colour_rules({}, Scheme::dark), "");
}

TEST(Colours, SoftTextCanBeReadOnTheCardWhateverIsGiven) {
  const struct {
    Colours colours;
    Scheme scheme;
    const char* card;
  } rows[] = {
      {{"", "#fff", "#fff", "#111"}, Scheme::light, "#fff"},
      {{"", "", "", "#444444"}, Scheme::light, "#fff"},
      {{"", "", "#222", ""}, Scheme::dark, "#222"},
      {{"", "", "#202060", "#ffd"}, Scheme::light, "#202060"},
      {{"", "", "#ffe0b0", "#5a3300"}, Scheme::dark, "#ffe0b0"},
      {{"", "", "#fff", "#757575"}, Scheme::light, "#fff"},
  };
  for (const auto& row : rows) {
    const std::string soft = value_of(colour_rules(row.colours, row.scheme), "soft");
    ASSERT_NE(soft, "") << row.card;
    EXPECT_GE(contrast(soft, row.card), 4.5) << soft << " on " << row.card;
  }
}

TEST(Colours, AnAccentAloneLeavesTextAndLinesAsTheyAre) {
  EXPECT_EQ(colour_rules({"#0a5", "", "", ""}, Scheme::dark),
            "@media (prefers-color-scheme:dark){#dw{--dw-accent:#0a5;}}");
}

}  // namespace
}  // namespace doorward::gateway
