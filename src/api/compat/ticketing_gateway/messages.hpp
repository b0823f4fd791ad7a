// The words that the clients of the ticketing gateway are told.
//
// Why:     a client compares them to the letter, so they are Korean whatever a browser asks for;
//          another language is the operator's choice.
// Threads: const.
// Spec:    docs/migrate/ticketing-gateway.md.
#pragma once

#include <string_view>

namespace doorward::api::ticketing_gateway {

struct Messages {
  std::string_view entered;         // a slot was free
  std::string_view already_inside;  // joined while inside
  std::string_view queued;
  std::string_view may_enter;
  std::string_view waiting;
  std::string_view pass_removed;
  std::string_view no_pass;
  std::string_view place_removed;
  std::string_view no_place;
  std::string_view login_needed;
  std::string_view not_in_queue;
  // Of errors that have only a status.
  std::string_view bad_request;
  std::string_view forbidden;
  std::string_view not_found;
  std::string_view wrong_method;
  std::string_view conflict;
  std::string_view too_large;
  std::string_view too_many;
  std::string_view internal;
  std::string_view bad_gateway;
  std::string_view unavailable;
  std::string_view too_late;
};

inline constexpr Messages kKorean{
    .entered = "바로 입장 가능합니다.",
    .already_inside = "이미 입장 가능한 상태입니다.",
    .queued = "대기열에 등록되었습니다.",
    .may_enter = "입장 가능합니다.",
    .waiting = "대기 중입니다.",
    .pass_removed = "입장 토큰이 무효화되었습니다.",
    .no_pass = "무효화할 입장 토큰이 없습니다.",
    .place_removed = "대기열 토큰이 무효화되었습니다.",
    .no_place = "무효화할 대기열 토큰이 없습니다.",
    .login_needed = "로그인이 필요합니다.",
    .not_in_queue = "대기열에 등록되지 않은 사용자입니다.",
    .bad_request = "잘못된 요청입니다.",
    .forbidden = "접근 권한이 없습니다.",
    .not_found = "요청하신 주소를 찾을 수 없습니다.",
    .wrong_method = "지원하지 않는 메소드입니다.",
    .conflict = "지금은 처리할 수 없는 요청입니다.",
    .too_large = "요청 본문이 너무 큽니다.",
    .too_many = "요청이 너무 많습니다. 잠시 후 다시 시도해주세요.",
    .internal = "서버 오류가 발생했습니다.",
    .bad_gateway = "서비스에 연결할 수 없습니다.",
    .unavailable = "서비스를 일시적으로 이용할 수 없습니다. 잠시 후 다시 시도해주세요.",
    .too_late = "서비스의 응답 시간이 초과되었습니다.",
};

inline constexpr Messages kEnglish{
    .entered = "You may enter at once.",
    .already_inside = "You may enter already.",
    .queued = "You are in the queue.",
    .may_enter = "You may enter.",
    .waiting = "You are waiting.",
    .pass_removed = "The entry token is void.",
    .no_pass = "There is no entry token to make void.",
    .place_removed = "The queue token is void.",
    .no_place = "There is no queue token to make void.",
    .login_needed = "Please sign in.",
    .not_in_queue = "This user is not in the queue.",
    .bad_request = "The request is not valid.",
    .forbidden = "You may not do this.",
    .not_found = "There is nothing at this address.",
    .wrong_method = "The method is not supported.",
    .conflict = "This cannot be done now.",
    .too_large = "The request body is too large.",
    .too_many = "Too many requests. Please try again shortly.",
    .internal = "An error occurred.",
    .bad_gateway = "The service cannot be reached.",
    .unavailable = "The service is not available now. Please try again shortly.",
    .too_late = "The service did not answer in time.",
};

}  // namespace doorward::api::ticketing_gateway
