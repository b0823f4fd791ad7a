// An operator's colours as rules for the page's style sheet.
//
// Why:     colours of one scheme say nothing of the other: each holds in its own, over the page's
//          own ones. Softer text and lines follow from the text and card given, so that they can be
//          read on them.
// Threads: pure functions.
// Errors:  `check_colours` answers invalid and names the setting.
// Spec:    docs/waiting-page.md, "Your own looks"; WCAG 2.2, 1.4.3 (contrast).
#pragma once

#include "base/result.hpp"
#include "gateway/waiting_page/waiting_page.hpp"

#include <string>
#include <string_view>

namespace doorward::gateway {

enum class Scheme { light, dark };

Result<> check_colours(const Colours& colours, Scheme scheme);

// Of checked colours; empty where there are none.
std::string colour_rules(const Colours& colours, Scheme scheme);

// From 1 (none) to 21 (black on white).
double contrast(std::string_view one, std::string_view other);

}  // namespace doorward::gateway
