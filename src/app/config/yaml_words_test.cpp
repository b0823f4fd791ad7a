#include "app/config/yaml_words.hpp"

#include "app/config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace doorward::app::config {
namespace {

struct Row {
  const char* text;
  const char* place;
  const char* words;
};

// What people get wrong, and what they are told.
const Row kRows[] = {
    {"listen: 127.0.0.1:8080\nupstreams:\n  shop: url: http://127.0.0.1:9000\n",
     "f.yaml:3:", "quote a text"},
    {"rooms:\n  sale: { capacity: 5\nroutes: []\n", "f.yaml:3:", "expected \",\" or \"}\""},
    {"routes: [ { path: /buy }\nrooms: {}\n", "f.yaml:2:", "expected \",\" or \"]\""},
    {"rooms:\n  sale:\n\tcapacity: 5\n", "f.yaml:3:", "a tab indents this line"},
    {"rooms:\n  sale:\n    capacity: 5\n   claim: 1m\n", "f.yaml:4:", "the indentation is wrong: "},
    {"routes:\n  - path: /buy\n  - path: /pay\n rooms: {}\n",
     "f.yaml:4:", "the indentation is wrong: "},
    {"rooms:\n  sale:\n    capacity: 5\n      claim: {ttl: 1m}\n",
     "f.yaml:4:", "the indentation is wrong: this key and the one above"},
    {"rooms:\n  sale:\n   capacity: 5\n    mode: open\n    order: fifo\n",
     "f.yaml:4:", "the indentation is wrong: this key and the one above"},
    {"routes:\n  - path: /buy\n    room: sale\n      upstream: shop\n",
     "f.yaml:4:", "the indentation is wrong: this key and the one above"},
    {"rooms:\n  sale:\n    display:\n      title: Sale: now\n", "f.yaml:4:", "quote a text"},
    {"rooms:\n  sale:\n    display:\n      title: 'Rock'n'Roll'\n", "f.yaml:4:20",
     "'' for a quote inside single ones"},
    {"rooms:\n  sale:\n    display: { title: 'Rock'n'Roll' }\n", "f.yaml:3:29",
     "'' for a quote inside single ones"},
    {"rooms:\n  sale:\n    display:\n      title: \"a \"big\" one\"\n", "f.yaml:4:18",
     "\\\" for one inside double ones"},
    {"trusted_proxies:\n  - '10.0.0.0/8'x\n", "f.yaml:2:17", "the value ends before this"},
    {"rooms: { a: {}, b: 'x' c: 1 }\n", "f.yaml:1:", "expected \",\" or \"}\""},
    {"listen: \"127.0.0.1:8080", "f.yaml:1:", "a quote is open"},
    {"rooms: }\n", "f.yaml:1:", "never opened"},
    {"data: @here\n", "f.yaml:1:", "between quotes"},
    {"data: `here`\n", "f.yaml:1:", "between quotes"},
    {"data: \"C:\\data\"\n", "f.yaml:1:", "use single quotes"},
    {"routes: - path: /buy\n", "f.yaml:1:", "on a line of its own"},
    {"routes:\n  - path: *\n", "f.yaml:2:", "between quotes"},
};

TEST(YamlWords, EachMistakeIsToldWithItsPlaceAndItsRemedy) {
  for (const Row& row : kRows) {
    const Loaded loaded = load_text(row.text, "f.yaml", {});
    EXPECT_THAT(loaded.problems.text(), testing::StartsWith(std::string("error: ") + row.place))
        << row.text;
    EXPECT_THAT(loaded.problems.text(), testing::HasSubstr(row.words)) << row.text;
  }
}

TEST(YamlWords, AValueThatIsAComment) {
  const std::pair<const char*, bool> rows[] = {
      {"rooms:\n  sale:\n    capacity: #100\n", true},
      {"data: #here\nlisten: 127.0.0.1:1\n", true},
      {"rooms:\n  sale: { capacity: #100 }\nlisten: 127.0.0.1:1\n", true},
      {"rooms:\n  sale:\n    capacity: # none yet\n", false},
      {"rooms: #all\n  sale:\n    capacity: 5\n", false},
      {"data:\n", false},
      {"data: here #there\n", false},
  };
  for (const auto& [text, is_told] : rows) {
    const std::string said = load_text(text, "f.yaml", {}).problems.text();
    EXPECT_EQ(said.find("a # begins a comment: put ") != std::string::npos, is_told)
        << text << said;
  }
}

TEST(YamlWords, AVariableBetweenBracesWithoutQuotes) {
  for (const char* text : {"admin: { token: ${TOKEN} }\n", "trusted_proxies: [${A}, ::1]\n"})
    EXPECT_NE(load_text(text, "f.yaml", {}).problems.text().find("a variable stands in quotes"),
              std::string::npos)
        << load_text(text, "f.yaml", {}).problems.text();
}

TEST(YamlWords, WhatTheParserSaysBesidesIsPassedOn) {
  EXPECT_EQ(yaml_words("something new", "a: b", 2), "this is no YAML: something new");
}

}  // namespace
}  // namespace doorward::app::config
