#include "app/serve/secrets.hpp"

#include "adapters/posix/temp_folder.hpp"
#include "app/config/config.hpp"
#include "ports/memory/seeded_entropy.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace doorward::app {
namespace {

namespace fs = std::filesystem;
using wire::jose::Algorithm;

class SecretsTest : public ::testing::Test {
 protected:
  adapters::TempFolder folder_;
  ports::SeededEntropy entropy_{7};
};

TEST_F(SecretsTest, AreDrawnOnceAndKept) {
  const auto first = open_secrets(folder_.path(), Algorithm::eddsa, entropy_);
  ASSERT_TRUE(first) << first.error().what;
  const auto second = open_secrets(folder_.path(), Algorithm::es256, entropy_);
  ASSERT_TRUE(second) << second.error().what;
  ASSERT_EQ(second->keys.keys().size(), 2u);
  EXPECT_EQ(second->keys.signer().algorithm(), Algorithm::eddsa);
  EXPECT_EQ(second->keys.signer().kid(), first->keys.signer().kid());
  EXPECT_EQ(second->keys.signer().to_pem(), first->keys.signer().to_pem());
  EXPECT_EQ(second->subject_key, first->subject_key);
}

TEST_F(SecretsTest, PassesAreSignedWithEs256UnlessConfiguredOtherwise) {
  const auto drawn = open_secrets(folder_.path(), config::Config{}.tokens.algorithm, entropy_);
  ASSERT_TRUE(drawn) << drawn.error().what;
  EXPECT_EQ(drawn->keys.signer().algorithm(), Algorithm::es256);
}

TEST_F(SecretsTest, AreReadableByTheOwnerOnly) {
  ASSERT_TRUE(open_secrets(folder_.path(), Algorithm::eddsa, entropy_));
  ASSERT_TRUE(open_admin_token(folder_.path(), entropy_));
  for (const char* name : {kSecretsFile, kAdminTokenFile}) {
    const auto mode = fs::status(folder_.path() / name).permissions();
    EXPECT_EQ(mode, fs::perms::owner_read | fs::perms::owner_write) << name;
  }
}

TEST_F(SecretsTest, TheAdminTokenIsDrawnOnce) {
  const auto first = open_admin_token(folder_.path(), entropy_);
  const auto second = open_admin_token(folder_.path(), entropy_);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_TRUE(first->made);
  EXPECT_FALSE(second->made);
  EXPECT_EQ(first->token, second->token);
  EXPECT_GE(first->token.size(), 43u);
}

TEST_F(SecretsTest, ThePlaceIsDrawnOnce) {
  const auto first = open_place(folder_.path(), entropy_);
  ASSERT_TRUE(first);
  EXPECT_EQ(open_place(folder_.path(), entropy_).value(), *first);
}

TEST_F(SecretsTest, ABrokenFileIsSaidAndNotReplaced) {
  std::ofstream(folder_.path() / kSecretsFile) << "{\"keys\":[]}";
  const auto opened = open_secrets(folder_.path(), Algorithm::eddsa, entropy_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::corrupt);
  EXPECT_NE(opened.error().what.find(kSecretsFile), std::string::npos);
}

}  // namespace
}  // namespace doorward::app
