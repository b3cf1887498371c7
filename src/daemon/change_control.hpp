#pragma once
// Purpose: every way in which the file of the running router changes: at the start, by a reload, by `fairlead apply`
// and `rollback`, and back by itself when nobody confirms. Keeps the file, the kernel and the history in step: whatever
// fails leaves all three as they were.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/control_server.hpp"
#include "daemon/change_request.hpp"
#include "daemon/journal.hpp"
#include "daemon/paths.hpp"
#include "daemon/pending_change.hpp"
#include "daemon/router.hpp"
#include "daemon/versions.hpp"

namespace fairlead::daemon {

class ChangeControl {
 public:
  struct Actions {
    std::function<Result<void>(const std::string& text)> load;  ///< brings the router to this text, or changes nothing
    std::function<void()> follow;                               ///< after a load while the router runs
  };

  ChangeControl(boost::asio::io_context& loop, Journal& journal, const Paths& paths, Router& router, Actions actions);

  /// The first load: of the file, or of what an unconfirmed change goes back to.
  Result<void> begin();
  /// The file once more. `by`: who asks; may be empty.
  Result<void> reload(const std::string& by);
  /// apply, rollback, confirm, history.
  [[nodiscard]] api::Handlers handlers();
  /// When the loop ends; what waits for its confirmation waits on disk.
  void stop() { deadline_.cancel(); }

 private:
  /// A change that is wanted.
  struct Wish {
    std::string text;
    std::string how;
    std::optional<int> restores;
  };

  api::Answer apply(const nlohmann::json& request);
  api::Answer roll_back(const nlohmann::json& request);
  api::Answer confirm(const nlohmann::json& request);
  [[nodiscard]] api::Answer history() const;
  [[nodiscard]] api::Answer preview(const ChangeRequest& request, const Wish& wish);
  api::Answer change(const ChangeRequest& request, const Wish& wish);
  [[nodiscard]] api::Answer answer_of_change() const;
  /// Kernel, then file; on an error both are as they were.
  Result<void> replace(const std::string& text);
  [[nodiscard]] Result<void> refused_while_waiting() const;
  [[nodiscard]] Result<Wish> rollback_wish(const ChangeRequest& request) const;

  Result<void> resume(PendingChange change, const std::string& text);
  void wait(Duration left);
  /// Tried again every second until it is done.
  void go_back(const std::string& why);
  Result<void> try_to_go_back(const std::string& why);
  void end_waiting();

  /// A new version, if it says something else than the one in use. The router does not stop for want of a history.
  void note(Version version, const std::string& text);
  /// What differs, once for the same two texts: it is shown before it is done, and kept with the version.
  const std::vector<std::string>& changes(const std::string& before, const std::string& after);
  void keep_what_was_never_loaded(const std::string& next);
  void tell(const std::string& state, const std::string& why, const std::string& effect);
  [[nodiscard]] std::string back_text() const;
  static std::string by_text(const std::string& by);

  Journal& journal_;
  const Paths& paths_;
  Router& router_;
  Actions actions_;
  std::string file_;
  Versions versions_;
  boost::asio::steady_timer deadline_;
  std::optional<PendingChange> pending_;
  std::string text_;  // in use
  struct Changes {
    std::string before;
    std::string after;
    std::vector<std::string> lines;
  };
  Changes looked_at_;  // by changes()
  std::string state_ = "loaded";
};

}  // namespace fairlead::daemon
