// What is looked at again and again while a request is under way: the session that it uses, the
// slots of limits that it holds.
//
// Why:     a timer for each request would cost all of them, and most end before their first look.
//          So there is one a loop, set to what is due next. It is a service of the execution
//          context, made on first use, and ends with its loop.
// Time:    the steady clock.
// Ownership: a watch is its request's, and is looked at no more when it goes.
// Threads: its loop only.
#pragma once

#include "base/time.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/set.hpp>

#include <chrono>
#include <functional>

namespace doorward::edge {

namespace intrusive = boost::intrusive;

class Watch : public intrusive::set_base_hook<intrusive::link_mode<intrusive::auto_unlink>> {
 public:
  virtual ~Watch() = default;
  virtual Millis interval() const = 0;  // until the next look
  // The request is under way, and was until now. False: nothing is left to look after, and it is
  // not called again. Waits for nothing.
  virtual bool look() = 0;

  bool is_over() const { return over_; }
  // Called once `look` was false, at once where it was. Empty: nobody.
  void when_over(std::function<void()> told);

 private:
  friend class Watches;
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Earlier {
    bool operator()(const Watch& a, const Watch& b) const { return a.due_ < b.due_; }
  };
  void end();

  TimePoint due_{};
  bool over_ = false;
  std::function<void()> told_;
};

class Watches : public boost::asio::execution_context::service {
 public:
  using key_type = Watches;
  inline static boost::asio::execution_context::id id;

  explicit Watches(boost::asio::execution_context& context);

  // The one of a coroutine's loop.
  static Watches& of(const boost::asio::any_io_executor& executor);

  // Looks at it after its interval for the first time. Nothing happens where it has begun.
  void begin(Watch& watch);

 private:
  void shutdown() override;
  void add(Watch& watch, Watch::TimePoint now);
  void wait(Watch::TimePoint now);
  void look();

  boost::asio::steady_timer timer_;
  bool waiting_ = false;
  bool ended_ = false;  // the loop did
  intrusive::multiset<Watch, intrusive::compare<Watch::Earlier>,
                      intrusive::constant_time_size<false>>
      watches_;  // by what is due next
};

}  // namespace doorward::edge
