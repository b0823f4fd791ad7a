#include "wire/uuid.hpp"

#include <gtest/gtest.h>

namespace doorward::wire {
namespace {

constexpr TicketId kId{0x0123456789abcdef, 0xfedcba9876543210};

TEST(Uuid, IsWrittenInFiveGroupsAndReadBack) {
  EXPECT_EQ(to_uuid(kId), "01234567-89ab-cdef-fedc-ba9876543210");
  EXPECT_EQ(parse_uuid<TicketId>("01234567-89ab-cdef-fedc-ba9876543210"), kId);
  EXPECT_EQ(parse_uuid<TicketId>("01234567-89AB-CDEF-FEDC-BA9876543210"), kId);
}

TEST(Uuid, HasVersionAndVariant) {
  EXPECT_EQ(to_uuid(as_uuid_v4(kId)), "01234567-89ab-4def-bedc-ba9876543210");
  EXPECT_EQ(as_uuid_v4(as_uuid_v4(kId)), as_uuid_v4(kId));
}

TEST(Uuid, NothingElseIsOne) {
  for (const char* text :
       {"", "01234567", "0123456789abcdeffedcba9876543210", "01234567-89ab-cdef-fedc-ba987654321",
        "01234567-89ab-cdef-fedc-ba98765432100", "01234567-89ab-cdef-fedcb-a9876543210",
        "01234567089ab-cdef-fedc-ba9876543210", "0123456g-89ab-cdef-fedc-ba9876543210",
        "{1234567-89ab-cdef-fedc-ba9876543210", "01234567-89ab-cdef-fedc-ba987654321\n"}) {
    EXPECT_FALSE(parse_uuid<TicketId>(text)) << text;
  }
}

}  // namespace
}  // namespace doorward::wire
