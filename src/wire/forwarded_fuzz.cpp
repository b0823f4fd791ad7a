// What is read can be written and read again as the same.
#include "wire/forwarded.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace doorward::wire;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto elements = parse_forwarded(text)) {
    for (const auto& element : *elements) {
      const auto again = parse_forwarded(build_forwarded(element));
      if (!again || again->size() != 1 || again->front() != element) std::abort();
      (void)node_address(element.for_node);
    }
  }
  for (const auto hop : split_hops(text))
    if (node_address(hop).size() > hop.size()) std::abort();
  return 0;
}
