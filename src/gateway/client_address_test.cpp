#include "gateway/client_address.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace doorward::gateway {
namespace {

using boost::asio::ip::make_address;
using Fields = std::vector<std::pair<const char*, const char*>>;

Networks networks(std::vector<std::string> blocks) { return *Networks::parse(blocks); }

struct Row {
  const char* peer;
  Fields fields;
  const char* address;
  const char* scheme;
  const char* host;
  const char* left;  // names of the forwarding fields that remain
};

class Finds : public testing::TestWithParam<Row> {};
TEST_P(Finds, TheClient) {
  const Row& row = GetParam();
  wire::RequestHead head;
  head.authority = "us.example";
  for (const auto& [name, value] : row.fields) head.fields.append(name, value);
  const TrustedProxies trusted{networks({"10.0.0.0/8", "2001:db8:1::/48"}), false, true};
  edge::Peer peer;
  peer.address = make_address(row.peer);
  const Client client = *find_client(peer, head, trusted);
  EXPECT_EQ(client.address.to_string(), row.address);
  EXPECT_EQ(client.scheme, row.scheme);
  EXPECT_EQ(client.host, row.host);
  EXPECT_EQ(client.forwarded, !row.fields.empty());
  std::string left;
  for (std::size_t i = 0; i < head.fields.size(); ++i)
    left.append(left.empty() ? "" : " ").append(head.fields[i].name);
  EXPECT_EQ(left, row.left);
}

INSTANTIATE_TEST_SUITE_P(
    Untrusted, Finds,
    testing::Values(
        Row{"192.0.2.1", {}, "192.0.2.1", "http", "us.example", ""},
        Row{"192.0.2.1", {{"X-Forwarded-For", "1.1.1.1"}}, "192.0.2.1", "http", "us.example", ""},
        Row{"192.0.2.1",
            {{"Forwarded", "for=1.1.1.1;proto=https;host=x"},
             {"x-forwarded-proto", "https"},
             {"X-FORWARDED-HOST", "evil"},
             {"X-Forwarded-Port", "1"},
             {"X-Real-IP", "1.1.1.1"}},
            "192.0.2.1",
            "http",
            "us.example",
            ""},
        Row{"::ffff:192.0.2.1", {}, "192.0.2.1", "http", "us.example", ""},
        Row{"2001:db8:2::1",
            {{"X-Forwarded-For", "1.1.1.1"}},
            "2001:db8:2::1",
            "http",
            "us.example",
            ""}));

INSTANTIATE_TEST_SUITE_P(
    XForwarded, Finds,
    testing::Values(
        Row{"10.0.0.1", {}, "10.0.0.1", "http", "us.example", ""},
        Row{"10.0.0.1",
            {{"X-Forwarded-For", "1.1.1.1"}},
            "1.1.1.1",
            "http",
            "us.example",
            "X-Forwarded-For"},
        Row{"::ffff:10.0.0.1",
            {{"X-Forwarded-For", "::ffff:1.1.1.1"}},
            "1.1.1.1",
            "http",
            "us.example",
            "X-Forwarded-For"},
        // What the visitor wrote stands further left, and is not reached.
        Row{"10.0.0.1",
            {{"X-Forwarded-For", "6.6.6.6, 1.1.1.1"}},
            "1.1.1.1",
            "http",
            "us.example",
            "X-Forwarded-For"},
        Row{"10.0.0.1",
            {{"X-Forwarded-For", "10.9.9.9, 1.1.1.1, 10.0.0.2"}},
            "1.1.1.1",
            "http",
            "us.example",
            "X-Forwarded-For"},
        Row{"10.0.0.1",
            {{"X-Forwarded-For", "10.9.9.9, 10.0.0.2"}},
            "10.9.9.9",
            "http",
            "us.example",
            "X-Forwarded-For"},
        Row{"10.0.0.1",
            {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "1.1.1.1"}},
            "1.1.1.1",
            "http",
            "us.example",
            "X-Forwarded-For X-Forwarded-For"},
        Row{"10.0.0.1",
            {{"X-Forwarded-For", "1.1.1.1, garbage"}},
            "10.0.0.1",
            "http",
            "us.example",
            "X-Forwarded-For"},
        Row{"10.0.0.1",
            {{"X-Forwarded-For", "1.1.1.1:4711"}},
            "1.1.1.1",
            "http",
            "us.example",
            "X-Forwarded-For"},
        Row{"2001:db8:1::9",
            {{"X-Forwarded-For", "[2001:db8:2::7]:80"}},
            "2001:db8:2::7",
            "http",
            "us.example",
            "X-Forwarded-For"},
        Row{"10.0.0.1",
            {{"X-Forwarded-For", "1.1.1.1"},
             {"X-Forwarded-Proto", "https"},
             {"X-Forwarded-Host", "shop.example:8443"}},
            "1.1.1.1",
            "https",
            "shop.example:8443",
            "X-Forwarded-For X-Forwarded-Proto X-Forwarded-Host"},
        // Lists of the same length go along with the hops; the visitor's own entries are passed by.
        Row{"10.0.0.1",
            {{"X-Forwarded-For", "6.6.6.6, 1.1.1.1, 10.0.0.2"},
             {"X-Forwarded-Proto", "http, https, http"}},
            "1.1.1.1",
            "https",
            "us.example",
            "X-Forwarded-For X-Forwarded-Proto"},
        Row{"10.0.0.1",
            {{"X-Forwarded-For", "1.1.1.1, 10.0.0.2"}, {"X-Forwarded-Proto", "https"}},
            "1.1.1.1",
            "https",
            "us.example",
            "X-Forwarded-For X-Forwarded-Proto"},
        Row{"10.0.0.1",
            {{"X-Forwarded-Proto", "https"}},
            "10.0.0.1",
            "https",
            "us.example",
            "X-Forwarded-Proto"},
        Row{"10.0.0.1",
            {{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-Proto", "gopher"}},
            "1.1.1.1",
            "http",
            "us.example",
            "X-Forwarded-For X-Forwarded-Proto"},
        Row{"10.0.0.1",
            {{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-Host", "a/b"}},
            "1.1.1.1",
            "http",
            "us.example",
            "X-Forwarded-For X-Forwarded-Host"}));

INSTANTIATE_TEST_SUITE_P(
    Forwarded, Finds,
    testing::Values(Row{"10.0.0.1",
                        {{"Forwarded", "for=1.1.1.1;proto=https;host=shop.example"}},
                        "1.1.1.1",
                        "https",
                        "shop.example",
                        "Forwarded"},
                    Row{"10.0.0.1",
                        {{"Forwarded", "for=6.6.6.6, for=1.1.1.1;proto=https, for=10.0.0.2"}},
                        "1.1.1.1",
                        "https",
                        "us.example",
                        "Forwarded"},
                    Row{"10.0.0.1",
                        {{"Forwarded", "for=\"[2001:db8:2::7]:80\""}},
                        "2001:db8:2::7",
                        "http",
                        "us.example",
                        "Forwarded"},
                    Row{"10.0.0.1",
                        {{"Forwarded", "for=unknown;proto=https"}},
                        "10.0.0.1",
                        "https",
                        "us.example",
                        "Forwarded"},
                    // Only one of the two is believed, and the other does not reach the backend.
                    Row{"10.0.0.1",
                        {{"Forwarded", "for=6.6.6.6"}, {"X-Forwarded-For", "1.1.1.1"}},
                        "1.1.1.1",
                        "http",
                        "us.example",
                        "X-Forwarded-For"},
                    Row{"10.0.0.1",
                        {{"Forwarded", "for=1.1.1.1"}, {"X-Forwarded-Host", "evil"}},
                        "1.1.1.1",
                        "http",
                        "us.example",
                        "Forwarded"}));

TEST(FindClient, WhatTheVisitorWroteDiscardsNothingOfWhatTheProxySaid) {
  std::string many;
  for (std::size_t i = 0; i < 100; ++i) many += "a, ";
  const Fields rows[] = {
      {{"X-Forwarded-For", many.c_str()}, {"X-Forwarded-For", "9.9.9.9"}},
      {{"X-Forwarded-For", "9.9.9.9"}, {"X-Forwarded-Host", many.c_str()}},
      {{"X-Forwarded-For", "9.9.9.9"}, {"X-Forwarded-Proto", many.c_str()}},
      {{"Forwarded", "for=a;proto=b"}, {"Forwarded", "for=\"x\", for=9.9.9.9"}},
  };
  for (const Fields& row : rows) {
    wire::RequestHead head;
    for (const auto& [name, value] : row) head.fields.append(name, value);
    edge::Peer peer;
    peer.address = make_address("10.0.0.1");
    const auto client = find_client(peer, head, {networks({"10.0.0.1"}), false, true});
    ASSERT_TRUE(client) << row.back().first;
    EXPECT_EQ(client->key, "9.9.9.9") << row.back().first;
  }
}

TEST(FindClient, AForwardedThatIsBelievedAndCannotBeReadIsRefused) {
  for (const char* bad : {"for=;;", "a b", "for=\"x", "for=\"x\\", "for=a;for=b"})
    for (const bool of_a_proxy : {true, false}) {
      wire::RequestHead head;
      head.fields.append("Forwarded", bad);
      head.fields.append("Forwarded", "for=9.9.9.9");
      edge::Peer peer;
      peer.address = make_address(of_a_proxy ? "10.0.0.1" : "192.0.2.1");
      const auto client = find_client(peer, head, {networks({"10.0.0.1"}), false, false});
      EXPECT_EQ(client.has_value(), !of_a_proxy) << bad;
    }
}

TEST(FindClient, AForwardedThatIsNotBelievedNeedNotBeReadable) {
  wire::RequestHead head;
  head.fields.append("Forwarded", "for=\"x");
  head.fields.append("X-Forwarded-For", "9.9.9.9");
  edge::Peer peer;
  peer.address = make_address("10.0.0.1");
  const auto client = find_client(peer, head, {networks({"10.0.0.1"}), false, false});
  EXPECT_EQ(client->key, "9.9.9.9");
}

TEST(FindClient, BelievesForwardedFirstWhereTold) {
  wire::RequestHead head;
  head.fields.append("X-Forwarded-For", "6.6.6.6");
  head.fields.append("Forwarded", "for=1.1.1.1");
  edge::Peer peer;
  peer.address = make_address("10.0.0.1");
  const Client client = *find_client(peer, head, {networks({"10.0.0.1"}), true, false});
  EXPECT_EQ(client.key, "1.1.1.1");
  EXPECT_FALSE(head.fields.contains("X-Forwarded-For"));
}

TEST(FindClient, BelievesNoForwardedHostUnlessTold) {
  for (const auto& [name, value] : Fields{{"X-Forwarded-Host", "other.example"},
                                          {"Forwarded", "for=1.1.1.1;host=other.example"}}) {
    wire::RequestHead head;
    head.authority = "us.example";
    head.fields.append("X-Forwarded-Proto", "https");
    head.fields.append(name, value);
    edge::Peer peer;
    peer.address = make_address("10.0.0.1");
    const bool by_forwarded = std::string_view(name) == "Forwarded";
    const Client client = *find_client(peer, head, {networks({"10.0.0.1"}), by_forwarded, false});
    EXPECT_EQ(client.host, "us.example") << name;
  }
}

TEST(ClientKey, IsTheAddressOrItsSixtyFour) {
  EXPECT_EQ(client_key(make_address("192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(client_key(make_address("::ffff:192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(client_key(make_address("2001:db8:1:2:3:4:5:6")), "2001:db8:1:2::/64");
  EXPECT_EQ(client_key(make_address("fe80::1%1")), "fe80::/64");
}

TEST(Networks, ContainByPrefix) {
  const Networks set = networks({"192.0.2.0/25", "198.51.100.7", "2001:db8::/33", "::1"});
  for (const char* in :
       {"192.0.2.127", "198.51.100.7", "2001:db8:7fff::1", "::1", "::ffff:192.0.2.1"})
    EXPECT_TRUE(set.contains(make_address(in))) << in;
  for (const char* out : {"192.0.2.128", "198.51.100.8", "2001:db8:8000::1", "::2", "10.0.0.1"})
    EXPECT_FALSE(set.contains(make_address(out))) << out;
  EXPECT_TRUE(networks({"0.0.0.0/0"}).contains(make_address("1.2.3.4")));
  EXPECT_FALSE(networks({"0.0.0.0/0"}).contains(make_address("2001::1")));
  EXPECT_FALSE(Networks().contains(make_address("127.0.0.1")));
}

TEST(Networks, RefuseWhatIsNoBlock) {
  for (const char* bad : {"", "x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/a", "10.0.0.0/8x",
                          "::/129", "10.0.0/8", "shop.example"})
    EXPECT_FALSE(Networks::parse(std::vector<std::string>{bad})) << bad;
}

}  // namespace
}  // namespace doorward::gateway
