#include "gateway/admin_token.hpp"

#include "gateway/exchange_double.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace doorward::gateway {
namespace {

using Fields = std::vector<std::pair<const char*, const char*>>;

// The status, or 0 where the request goes on.
unsigned ask(const std::string& token, const Fields& fields) {
  AdminTokenGuard guard(token);
  ExchangeDouble exchange("GET", "/v1/admin/rooms");
  for (const auto& [name, value] : fields) exchange.head.fields.append(name, value);
  Context context{exchange};
  if (guard.run_now(context) == Verdict::pass) return 0;
  EXPECT_NE(context.reply->body.find("/.doorward/v1/admin"), std::string::npos);
  return context.reply->head.status;
}

TEST(AdminTokenGuard, RefusesWhatCarriesTheTokenAndNothingElse) {
  EXPECT_EQ(ask("secret", {{"Authorization", "Bearer secret"}}), 421U);
  EXPECT_EQ(ask("secret", {{"authorization", "bearer   secret"}}), 421U);
  EXPECT_EQ(ask("secret", {{"Authorization", "Token secret"}}), 421U);
  EXPECT_EQ(ask("secret", {{"Authorization", "Basic x"}, {"Authorization", "Bearer secret"}}),
            421U);
  EXPECT_EQ(ask("secret", {}), 0U);
  EXPECT_EQ(ask("secret", {{"Authorization", "Bearer secreT"}}), 0U);
  EXPECT_EQ(ask("secret", {{"Authorization", "Bearer secret2"}}), 0U);
  EXPECT_EQ(ask("secret", {{"Authorization", "Bearer"}}), 0U);
  EXPECT_EQ(ask("", {{"Authorization", "Bearer "}}), 0U);
}

}  // namespace
}  // namespace doorward::gateway
