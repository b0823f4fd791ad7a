#include "wire/html/template.hpp"

#include <gtest/gtest.h>

#include <array>

namespace doorward::wire::html {
namespace {

constexpr std::array<std::string_view, 2> kKnown{"name", "body"};

std::string render(std::string_view text) {
  return Template::parse(text, kKnown).value().render([](std::string_view name) {
    return name == "name" ? "<Ann & Bo>" : "<b>hi</b>";
  });
}

TEST(HtmlTemplate, EscapesTwoBracesAndLeavesThreeRaw) {
  EXPECT_EQ(render("a {{name}} b {{{body}}} c"), "a &lt;Ann &amp; Bo&gt; b <b>hi</b> c");
  EXPECT_EQ(render("{{ name }}"), "&lt;Ann &amp; Bo&gt;");
  EXPECT_EQ(render("plain } { text"), "plain } { text");
  EXPECT_EQ(render(""), "");
}

TEST(HtmlTemplate, EscapesEverythingThatEndsTextOrAnAttribute) {
  EXPECT_EQ(escape("&<>\"'x"), "&amp;&lt;&gt;&quot;&#39;x");
}

TEST(HtmlTemplate, AnUnknownNameIsRefusedWithItsLineAndTheKnownOnes) {
  const auto result = Template::parse("one\ntwo {{nmae}}", kKnown);
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().what, "line 2: no value is named 'nmae'; there are: name, body");
}

TEST(HtmlTemplate, AnOpenPlaceIsRefused) {
  EXPECT_EQ(Template::parse("{{name", kKnown).error().code, Errc::invalid);
  EXPECT_EQ(Template::parse("{{{name}}", kKnown).error().code, Errc::invalid);
}

TEST(HtmlTemplate, SaysWhichPlacesItUses) {
  const auto parsed = Template::parse("{{{body}}} name", kKnown).value();
  EXPECT_TRUE(parsed.uses("body"));
  EXPECT_FALSE(parsed.uses("name"));
}

}  // namespace
}  // namespace doorward::wire::html
