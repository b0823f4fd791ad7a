#include "gateway/proxying/failure_answer.hpp"

#include "edge/problem_response.hpp"
#include "gateway/pages.hpp"
#include "gateway/waiting_page/small_page.hpp"

#include <functional>

namespace doorward::gateway::proxying {
namespace {

constexpr unsigned kSoonest_s = 10;
constexpr unsigned kSpread_s = 6;

}  // namespace

edge::Response failure_answer(const Context& context, const wire::Problem& problem) {
  const wire::RequestHead& head = context.exchange.request();
  if (context.dress != nullptr || !wants_page(head)) return edge::problem_response(problem);
  const Words& words = words_for(head);
  SmallPage page{words["away_title"], words["away_post"]};
  if (asks_only(head)) {
    page.lead = words["away"];
    page.again_s = static_cast<unsigned>(kSoonest_s +
                                         std::hash<std::string>()(context.request_id) % kSpread_s);
  }
  return small_page(words, problem.status(), page);
}

}  // namespace doorward::gateway::proxying
