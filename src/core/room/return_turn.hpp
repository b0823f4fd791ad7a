// Whether the next slot goes to somebody who was passed over and came back, or to the head of the
// line.
//
// Why:     a returner had reached the front already, so takes the next free slot; but only every
//          second one, so that many who return at once cannot starve those who stayed.
// State:   canonical; one bit.
#pragma once

namespace doorward::room {

class ReturnTurn {
 public:
  // At least one of the two has somebody. True: a returner's turn. Counts as taken.
  bool take(bool has_returners, bool has_line) {
    last_was_returner_ = has_returners && (!last_was_returner_ || !has_line);
    return last_was_returner_;
  }

  bool last_was_returner() const { return last_was_returner_; }
  static ReturnTurn restored(bool last_was_returner) {
    ReturnTurn turn;
    turn.last_was_returner_ = last_was_returner;
    return turn;
  }

  friend bool operator==(const ReturnTurn&, const ReturnTurn&) = default;

 private:
  bool last_was_returner_ = false;
};

}  // namespace doorward::room
