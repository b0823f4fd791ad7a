#include "gateway/rewrite_path.hpp"

#include "gateway/exchange_double.hpp"

#include <gtest/gtest.h>

namespace doorward::gateway {
namespace {

struct Row {
  const char* path;
  const char* left;  // null: not found
};

TEST(RewritePath, TakesThePrefixOffAndRefusesDetours) {
  constexpr Row kRows[] = {{"/shop/docs", "/docs"},
                           {"/shop/docs/", "/docs/"},
                           {"/SHOP/Docs/%61", "/Docs/%61"},
                           {"/shop", "/"},
                           {"/shop/", "/"},
                           {"/shop/a//b", "/a//b"},
                           {"//shop/docs", nullptr},
                           {"/x/../shop/docs", nullptr},
                           {"/shop/a/../../shop/docs", nullptr},
                           {"/shop/..;/shop/docs", nullptr},
                           {"/%73hop/docs", nullptr},
                           {"/shopper", nullptr}};
  for (const Row& row : kRows) {
    ExchangeDouble exchange("GET", row.path);
    route::Route route;
    route.strip_prefix = "/shop";
    Context context{exchange};
    context.route = &route;
    const auto verdict = RewritePath().run_now(context);
    if (row.left != nullptr) {
      EXPECT_EQ(verdict, Verdict::pass) << row.path;
      EXPECT_EQ(exchange.head.path, row.left);
    } else {
      EXPECT_EQ(verdict, Verdict::answered) << row.path;
      ASSERT_TRUE(context.reply);
      EXPECT_EQ(context.reply->head.status, 404U);
    }
  }
}

TEST(RewritePath, LeavesOtherRoutesAlone) {
  ExchangeDouble exchange("GET", "/shop/docs");
  const route::Route route;
  Context context{exchange};
  context.route = &route;
  EXPECT_EQ(RewritePath().run_now(context), Verdict::pass);
  EXPECT_EQ(exchange.head.path, "/shop/docs");
}

}  // namespace
}  // namespace doorward::gateway
