// Waits for the sockets of the parked connections of a loop, beside Asio's own.
//
// Why:     Asio keeps some 320 bytes for each socket that waits: its object, the reactor's state
//          and the operation. Here the kernel keeps a pointer; Asio only waits for the whole set.
// Ownership: descriptors are their owners'; one that is closed leaves the set by itself.
// Threads: on its loop only.
// Bounds:  128 events in one turn of the loop; the rest comes with the next.
// Errors:  the constructor throws if the system gives no descriptor, as Asio does.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>

namespace doorward::edge {

struct PollEvent {
  void* owner = nullptr;
  bool readable = false;  // the end and errors included
  bool writable = false;
};

class ParkingPoll {
 public:
  using Sink = std::function<void(const PollEvent&)>;

  // `sink` may close descriptors, not add any.
  ParkingPoll(boost::asio::io_context& io, Sink sink);

  // From now on, whenever there is something to read. False: the system refused.
  bool add(int descriptor, void* owner);
  // Whether room to write is told too.
  bool also_writable(int descriptor, void* owner, bool wanted);

 private:
  bool control(int what, int descriptor, void* owner, bool writable);
  void wait();
  void tell();

  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> set_;
  Sink sink_;
};

}  // namespace doorward::edge
