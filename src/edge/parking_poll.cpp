#include "edge/parking_poll.hpp"

#include <boost/system/system_error.hpp>

#include <sys/epoll.h>
#include <array>
#include <cerrno>

namespace doorward::edge {

namespace {

constexpr std::size_t kEventsPerTurn = 128;

int new_set() {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw boost::system::system_error(errno, boost::system::system_category());
  return set;
}

}  // namespace

ParkingPoll::ParkingPoll(boost::asio::io_context& io, Sink sink)
    : set_(io, new_set()), sink_(std::move(sink)) {
  wait();
}

bool ParkingPoll::add(int descriptor, void* owner) {
  return control(EPOLL_CTL_ADD, descriptor, owner, false);
}

bool ParkingPoll::also_writable(int descriptor, void* owner, bool wanted) {
  return control(EPOLL_CTL_MOD, descriptor, owner, wanted);
}

bool ParkingPoll::control(int what, int descriptor, void* owner, bool writable) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (writable) event.events |= EPOLLOUT;
  event.data.ptr = owner;
  return ::epoll_ctl(set_.native_handle(), what, descriptor, &event) == 0;
}

void ParkingPoll::wait() {
  set_.async_wait(set_.wait_read, [this](boost::system::error_code ec) {
    if (ec) return;  // it goes
    tell();
    wait();
  });
}

void ParkingPoll::tell() {
  std::array<epoll_event, kEventsPerTurn> events;
  const int count = ::epoll_wait(set_.native_handle(), events.data(), kEventsPerTurn, 0);
  for (int i = 0; i < count; ++i) {
    const std::uint32_t what = events[i].events;
    sink_({events[i].data.ptr, (what & ~EPOLLOUT) != 0, (what & EPOLLOUT) != 0});
  }
}

}  // namespace doorward::edge
