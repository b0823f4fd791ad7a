#include "app/serve/secrets.hpp"

#include "adapters/posix/temp_folder.hpp"
#include "app/config/config.hpp"
#include "base/ids.hpp"
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

class Mark final : public ports::LogMark {
 public:
  Result<std::string> mark() override { return word; }
  Result<std::string> leave_mark(std::string_view mark) override {
    if (word.empty()) word = mark;
    return word;
  }
  Result<> replace_mark(std::string_view mark) override {
    word = mark;
    return {};
  }
  std::string word;
};

class SecretsOfALog : public SecretsTest {
 protected:
  Result<Secrets> open(const adapters::TempFolder& folder, bool renew = false) {
    return open_secrets_of_log(folder.path(), Algorithm::es256, entropy_, log_, renew);
  }
  adapters::TempFolder other_;
  Mark log_;
};

TEST_F(SecretsOfALog, AreThoseOfTheFirstNodeAndOthersAreRefusedWithTheRemedy) {
  const auto first = open(folder_);
  ASSERT_TRUE(first) << first.error().what;
  const std::string id = log_.word.substr(fingerprint(*first).size());
  EXPECT_EQ(log_.word, fingerprint(*first) + id);
  EXPECT_EQ(id.size(), 17U);
  ASSERT_TRUE(open(folder_));
  ASSERT_TRUE(open_secrets(other_.path(), Algorithm::es256, entropy_));
  const auto refused = open(other_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_NE(refused.error().what.find("Copy secrets.json"), std::string::npos);
  fs::copy_file(folder_.path() / kSecretsFile, other_.path() / kSecretsFile,
                fs::copy_options::overwrite_existing);
  EXPECT_TRUE(open(other_));
}

TEST_F(SecretsOfALog, AreNotDrawnByAFolderThatLacksThem) {
  ASSERT_TRUE(open(folder_));
  const auto refused = open(other_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_FALSE(fs::exists(other_.path() / kSecretsFile));
}

TEST_F(SecretsOfALog, AreOthersFromNowOnWhereTheOperatorSaysSo) {
  ASSERT_TRUE(open(folder_));
  const auto renewed = open(other_, true);
  ASSERT_TRUE(renewed);
  EXPECT_TRUE(log_.word.starts_with(fingerprint(*renewed))) << log_.word;
  EXPECT_FALSE(open(folder_));
  EXPECT_TRUE(open(other_));
}

TEST_F(SecretsTest, AFingerprintOutlivesARotationOfKeysAndShowsNone) {
  auto secrets = open_secrets(folder_.path(), Algorithm::es256, entropy_);
  ASSERT_TRUE(secrets);
  const std::string print = fingerprint(*secrets);
  EXPECT_EQ(print.size(), 32U);
  EXPECT_EQ(print.find(to_hex(secrets->subject_key.hi, secrets->subject_key.lo)),
            std::string::npos);
  secrets->keys = wire::jose::KeySet({secrets->keys.keys().back()});
  EXPECT_EQ(fingerprint(*secrets), print);
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
