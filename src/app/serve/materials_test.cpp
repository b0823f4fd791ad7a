// What a configuration names and does not hold: what is wrong with it is said where it is named.
#include "app/serve/materials.hpp"

#include "adapters/posix/temp_folder.hpp"
#include "app/config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <utility>

namespace doorward::app {
namespace {

TEST(Materials, WhatIsWrongWithThemIsSaidWhereTheyAreNamed) {
  const adapters::TempFolder folder;
  std::ofstream(folder.path() / "mine.html") << "<p>no body</p>";
  std::ofstream(folder.path() / "no.pem") << "none";
  const std::pair<const char*, const char*> rows[] = {
      {"rooms:\n  sale:\n    capacity: 5\n    display:\n      title: Sale\n      logo: "
       "http://x/y\n",
       ":6:13: rooms.sale.display.logo: 'http://x/y' is neither"},
      {"rooms:\n  sale:\n    capacity: 5\n    display:\n      title: Sale\n      page: mine.html\n",
       ":6:13: rooms.sale.display.page: the page must hold"},
      {"rooms:\n  sale:\n    capacity: 5\n    display:\n      title: Sale\n      page: gone.html\n",
       ":6:13: rooms.sale.display.page: "},
      {"tokens:\n  keys:\n    - kid: a\n      file: gone.pem\n", ":4:13: tokens.keys: "},
      {"tokens:\n  keys:\n    - kid: a\n      file: no.pem\n", ":4:13: tokens.keys: "},
      {"identity:\n  issuers:\n    - issuer: a\n      jwks_file: gone.json\n",
       ":4:18: identity.issuers: "},
      {"identity:\n  issuers:\n    - issuer: a\n      jwks_uri: https://a/\n      jwks_ca: "
       "gone.pem\n",
       ":5:16: identity.issuers: "},
      {"identity:\n  issuers:\n    - issuer: a\n      jwks_uri: https://a/\n      jwks_ca: "
       "no.pem\n",
       ":5:16: identity.issuers: "},
  };
  for (const auto& [text, said] : rows) {
    config::Loaded loaded = config::load_text(text, "demo.yaml", {});
    loaded.config.folder = folder.path().string();
    ASSERT_FALSE(loaded.problems.any_errors()) << loaded.problems.text();
    read_materials(loaded.config, loaded.problems);
    EXPECT_THAT(loaded.problems.text(), testing::HasSubstr("error: demo.yaml" + std::string(said)))
        << text;
  }
}

}  // namespace
}  // namespace doorward::app
