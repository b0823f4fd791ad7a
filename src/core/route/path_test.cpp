#include "core/route/path.hpp"

#include <gtest/gtest.h>

namespace doorward::route {
namespace {

struct Row {
  const char* path;
  const char* read;  // null: refused
};

class ReadPlain : public testing::TestWithParam<Row> {};
TEST_P(ReadPlain, GivesTheComparedForm) {
  const auto read = read_path(GetParam().path, {});
  EXPECT_EQ(read.value_or("(refused)"), GetParam().read ? GetParam().read : "(refused)");
}
TEST_P(ReadPlain, WhatCountsAsReadIsTheSameInEveryReading) {
  const std::string_view path = GetParam().path;
  if (!is_read(path)) return;
  EXPECT_EQ(readings_of(path).size(), 1u);
  EXPECT_EQ(read_path(path, {}), path);
}
INSTANTIATE_TEST_SUITE_P(
    Paths, ReadPlain,
    testing::Values(Row{"/", ""}, Row{"//", ""}, Row{"/.", ""}, Row{"/..", ""}, Row{"/buy", "/buy"},
                    Row{"/buy/", "/buy"}, Row{"/BUY", "/buy"}, Row{"/%62uy", "/buy"},
                    Row{"/%42uy", "/buy"}, Row{"//buy", "/buy"}, Row{"/./buy", "/buy"},
                    Row{"/x/../buy", "/buy"}, Row{"/x/%2e%2E/buy", "/buy"},
                    Row{"/../../buy", "/buy"}, Row{"/x/y/../../buy/.", "/buy"},
                    Row{"/a%2Fb", "/a%2fb"}, Row{"/a\\b", "/a%5cb"}, Row{"/a%5Cb", "/a%5cb"},
                    Row{"/a;b", "/a;b"}, Row{"/a%3bb", "/a%3bb"}, Row{"/a%2562", "/a%2562"},
                    Row{"/caf%C3%A9", "/caf\xc3\xa9"}, Row{"/caf\xc3\xa9", "/caf\xc3\xa9"},
                    Row{"/a%20b", "/a b"}, Row{"/...", "/..."}, Row{"", nullptr}, Row{"*", nullptr},
                    Row{"buy", nullptr}, Row{"/a%", nullptr}, Row{"/a%6", nullptr},
                    Row{"/a%zz", nullptr}, Row{"/a%00", nullptr}, Row{"/a%0a", nullptr},
                    Row{"/a\x7f", nullptr}, Row{"/buy#x", nullptr}));

TEST(ReadPath, WideSlashesDivideAndParamsAreDroppedWhereAsked) {
  EXPECT_EQ(read_path("/x%2F..%5Cbuy\\y", {.wide_slashes = true}), "/buy/y");
  EXPECT_EQ(read_path("/x/..;v=1/buy;a=b", {.drop_params = true}), "/buy");
  EXPECT_EQ(read_path("/x;v%2F..%2Fbuy", {.wide_slashes = true, .drop_params = true}), "/x");
  EXPECT_EQ(read_path("/secret%3Bx/y%3b", {.drop_params = true}), "/secret/y");
  EXPECT_EQ(read_path("/x%3bv%2F..%2Fbuy", {.drop_params = true}), "/x");
  EXPECT_EQ(read_path("/x%3bv%2F..%5cbuy", {.wide_slashes = true, .drop_params = true}), "/buy");
  EXPECT_EQ(read_path("/buy%253bx", {.drop_params = true, .twice = true}), "/buy");
  EXPECT_EQ(read_path("/x;v\\..\\buy", {.wide_slashes = true, .drop_params = true}), "/buy");
}

TEST(ReadPath, EndsOfSegmentsAreTrimmedWhereAsked) {
  EXPECT_EQ(read_path("/buy./x.%20", {.trim_ends = true}), "/buy/x");
  EXPECT_EQ(read_path("/x/y/.../..%20/buy..", {.trim_ends = true}), "/buy");
}

TEST(ReadPath, EscapesAreResolvedTwiceWhereAskedAndNeverMore) {
  const Row rows[] = {
      {"/%2562uy", "/buy"},           {"/%25%36%32uy", "/buy"},   {"/x/%252e%252E/buy", "/buy"},
      {"/%252562uy", "/%2562uy"},     {"/buy%252fx", "/buy%2fx"}, {"/100%25", "/100%25"},
      {"/100%25-off", "/100%25-off"}, {"/a%2500", "/a%2500"},     {"/%2562uy%2fx", "/buy%2fx"},
  };
  for (const Row& row : rows) EXPECT_EQ(read_path(row.path, {.twice = true}), row.read) << row.path;
  EXPECT_EQ(read_path("/x%252f..%252fbuy", {.wide_slashes = true, .twice = true}), "/buy");
}

TEST(ReadPath, OnlyDoubtfulPathsHaveSeveralReadings) {
  EXPECT_EQ(readings_of("/buy/%62").size(), 1u);
  EXPECT_EQ(readings_of("/buy%2Fx").size(), 2u);
  EXPECT_EQ(readings_of("/buy\\x").size(), 2u);
  EXPECT_EQ(readings_of("/buy;x").size(), 4u);
  EXPECT_EQ(readings_of("/buy%3Bx").size(), 4u);
  for (const char* path :
       {"/buy.", "/buy./x", "/buy%2e", "/buy%20/x", "/buy.%2fx", "/buy.;x", "/x/.."})
    EXPECT_EQ(readings_of(path).size(), 8u) << path;
  EXPECT_EQ(readings_of("/%2562uy").size(), 16u);
  for (const char* path : {"/buy.html", "/.x/y", "/a%20b"})
    EXPECT_EQ(readings_of(path).size(), 1u) << path;
}

struct HostRow {
  const char *authority, *name, *port;
};
class ReadHost : public testing::TestWithParam<HostRow> {};
TEST_P(ReadHost, DividesNameAndPort) {
  const Host host = read_host(GetParam().authority);
  EXPECT_EQ(host.name, GetParam().name);
  EXPECT_EQ(host.port, GetParam().port);
}
INSTANTIATE_TEST_SUITE_P(Hosts, ReadHost,
                         testing::Values(HostRow{"", "", ""},
                                         HostRow{"Shop.Example", "shop.example", ""},
                                         HostRow{"shop.example.", "shop.example", ""},
                                         HostRow{"shop.example.:80", "shop.example", "80"},
                                         HostRow{"[::1]", "[::1]", ""},
                                         HostRow{"[2001:DB8::1]:8080", "[2001:db8::1]", "8080"}));

}  // namespace
}  // namespace doorward::route
