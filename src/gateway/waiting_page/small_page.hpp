// A small page that tells a browser what is wrong: a title and a sentence in its language.
//
// Why:     a visitor should not see JSON because a backend restarts or a limit is met.
// Threads: pure functions.
// Bounds:  under 50 KB, as the waiting page.
// Spec:    docs/waiting-page.md; Content Security Policy.
#pragma once

#include "edge/exchange.hpp"
#include "gateway/waiting_page/words.hpp"
#include "wire/http/head.hpp"

#include <string>

namespace doorward::gateway {

struct SmallPage {
  std::string title, lead;
  unsigned again_s = 0;  // when it asks again by itself; 0: never
};

// In the language that the browser asks for.
const Words& words_for(const wire::RequestHead& head);
edge::Response small_page(const Words& words, unsigned status, const SmallPage& page);

// Whether the browser may send the same again unasked.
bool asks_only(const wire::RequestHead& head);

}  // namespace doorward::gateway
