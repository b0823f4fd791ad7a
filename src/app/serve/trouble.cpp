#include "app/serve/trouble.hpp"

namespace doorward::app {

void log_trouble(Log& log, engine::Trouble trouble, std::string_view cause) {
  using engine::Trouble;
  const LogFields fields{{"fault", cause}};
  switch (trouble) {
    case Trouble::append_failed:
      return log.warn("the command log refuses writes; joins get 503 until it takes them", fields);
    case Trouble::read_failed:
      return log.warn("the command log cannot be read; it is tried again", fields);
    case Trouble::snapshot_failed:
      return log.warn("no snapshot could be written; the log grows until the next one", fields);
    case Trouble::time_stands:
      return log.warn("log time stands still; deadlines and rates wait for it", fields);
    case Trouble::broken:
      return log.error("the command log cannot be applied any more; restart this node", fields);
  }
}

}  // namespace doorward::app
