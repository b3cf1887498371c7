#include "daemon/change_control.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <filesystem>

#include "base/durable.hpp"
#include "base/file.hpp"
#include "core/config/changes.hpp"
#include "daemon/config_file.hpp"

namespace fairlead::daemon {
namespace {

using namespace std::chrono_literals;

constexpr auto retry_after_failure = 1s;
constexpr const char* stays = "everything stays as it was";

Versions load_versions(const std::string& folder) {
  auto versions = Versions::load(folder);
  if (versions) return std::move(*versions);
  // A router that routes is worth more than what was lost.
  spdlog::error("{}", versions.error().message);
  return Versions::begin_anew(folder);
}

}  // namespace

ChangeControl::ChangeControl(boost::asio::io_context& loop, Journal& journal, const Paths& paths, Router& router,
                             Actions actions)
    : journal_(journal),
      paths_(paths),
      router_(router),
      actions_(std::move(actions)),
      file_(std::filesystem::absolute(router.file()).lexically_normal()),
      versions_(load_versions(versions_folder(paths))),
      deadline_(loop) {}

Result<void> ChangeControl::begin() {
  const auto text = read_config_text(file_);
  auto pending = load_pending(pending_change_file(paths_));
  if (!pending) spdlog::error("{}", pending.error().message);
  if (pending && *pending && (*pending)->file == file_) return resume(std::move(**pending), text.value_or(""));
  if (!text) return std::unexpected(text.error());
  if (auto loaded = actions_.load(*text); !loaded) return loaded;
  text_ = *text;
  note({.how = "start"}, text_);
  return {};
}

Result<void> ChangeControl::resume(PendingChange change, const std::string& text) {
  auto task = at_start(change, text, wall_now());
  std::string why = "nobody confirmed it before its time was over";
  if (task != AtStart::go_back) {
    auto loaded = actions_.load(text);
    if (!loaded && task == AtStart::forget) return loaded;
    if (!loaded) {
      why = "it cannot be loaded: " + loaded.error().message;
      task = AtStart::go_back;
    }
    text_ = text;
  }
  if (task == AtStart::go_back) {
    if (auto loaded = actions_.load(change.before); !loaded) return loaded;
    text_ = change.before;
  }
  if (task == AtStart::forget) {
    if (auto removed = remove_durably(pending_change_file(paths_)); !removed)
      spdlog::warn("{}", removed.error().message);
    note({.how = "start"}, text_);
    return {};
  }
  pending_ = std::move(change);
  if (task == AtStart::go_back)
    go_back(why);
  else
    wait(pending_->deadline - wall_now());
  return {};
}

Result<void> ChangeControl::reload(const std::string& by) {
  const auto load = [&]() -> Result<void> {
    const auto text = read_config_text(file_);
    if (!text) return std::unexpected(text.error());
    if (*text != text_)
      if (auto refused = refused_while_waiting(); !refused) return refused;
    if (auto loaded = actions_.load(*text); !loaded) return loaded;
    text_ = *text;
    actions_.follow();
    return {};
  };
  auto done = load();
  if (!done)
    journal_.set_conditions("file", {{"configuration-refused", file_, {}, done.error().message, stays}});
  else
    journal_.set_conditions("file", {});
  if (done) note({.how = "reload", .by = by}, text_);
  tell(done ? "reloaded" : "refused", done ? "" : done.error().message, done ? "" : stays);
  return done;
}

Result<void> ChangeControl::replace(const std::string& text) {
  std::optional<FileReplacement> replacement;
  if (const auto present = read_file(file_); !present || *present != text) {
    auto prepared = FileReplacement::prepare(file_, text);
    if (!prepared) return std::unexpected(prepared.error());
    replacement.emplace(std::move(*prepared));
  }
  if (auto loaded = actions_.load(text); !loaded) return loaded;
  if (replacement)
    if (auto done = replacement->commit(); !done) {
      auto error = done.error();
      if (auto back = actions_.load(text_); !back) error.message += "; and going back failed: " + back.error().message;
      return std::unexpected(error);
    }
  text_ = text;
  journal_.set_conditions("file", {});
  actions_.follow();
  return {};
}

Result<void> ChangeControl::refused_while_waiting() const {
  if (!pending_) return {};
  return fail(
      fmt::format("version {} waits for its confirmation until {}: say `fairlead confirm`, or `fairlead "
                  "rollback`, first",
                  pending_->number, fairlead::to_text(pending_->deadline)));
}

api::Answer ChangeControl::change(const ChangeRequest& request, const Wish& wish) {
  if (auto refused = refused_while_waiting(); !refused) return std::unexpected(refused.error());
  const auto* now = versions_.current();
  if (request.base && now != nullptr && *request.base != now->number)
    return fail(fmt::format("version {} came meanwhile{}: look at it, and ask again", now->number,
                            now->by.empty() ? "" : ", by " + now->by));
  keep_what_was_never_loaded(wish.text);
  const auto number = versions_.next_number();
  std::optional<PendingChange> pending;
  if (request.confirm && wish.text != text_) {
    pending = PendingChange{.file = file_,
                            .number = number,
                            .back_to = now == nullptr ? 0 : now->number,
                            .deadline = wall_now() + *request.confirm,
                            .within = *request.confirm,
                            .by = request.by,
                            .before = text_,
                            .after = wish.text};
    if (auto saved = save_pending(pending_change_file(paths_), *pending); !saved) return std::unexpected(saved.error());
  }
  if (auto done = replace(wish.text); !done) {
    if (pending)
      if (auto removed = remove_durably(pending_change_file(paths_)); !removed)
        spdlog::warn("{}", removed.error().message);
    journal_.tell({{}, "configuration", file_, state_, "refused", done.error().message, stays});
    return std::unexpected(done.error());
  }
  note({.how = wish.how, .by = request.by, .restores = wish.restores}, text_);
  pending_ = std::move(pending);
  if (pending_)
    wait(pending_->deadline - wall_now());
  else
    tell(wish.how == "rollback" ? "rolled back" : "applied", request.by, "");
  return answer_of_change();
}

void ChangeControl::wait(Duration left) {
  deadline_.expires_after(std::max(left, Duration(0)));
  deadline_.async_wait([this](boost::system::error_code stopped) {
    if (!stopped && pending_)
      go_back(fmt::format("nobody confirmed it within {}", fairlead::to_text(pending_->within)));
  });
  tell("waiting", "version " + std::to_string(pending_->number) + by_text(pending_->by), back_text());
  journal_.set_conditions("confirmation",
                          {{"waiting-for-confirmation",
                            file_,
                            {},
                            "version " + std::to_string(pending_->number) + " is in use" + by_text(pending_->by),
                            back_text()}});
}

void ChangeControl::go_back(const std::string& why) {
  const auto done = try_to_go_back(why);
  if (done) return;
  const auto trouble = fmt::format("going back to version {} failed: {}", pending_->back_to, done.error().message);
  spdlog::error("{}", trouble);
  journal_.set_conditions("confirmation",
                          {{"waiting-for-confirmation", file_, {}, trouble, "tried again every second"}});
  deadline_.expires_after(retry_after_failure);
  deadline_.async_wait([this, why](boost::system::error_code stopped) {
    if (!stopped && pending_) go_back(why);
  });
}

Result<void> ChangeControl::try_to_go_back(const std::string& why) {
  keep_what_was_never_loaded(pending_->before);
  if (auto done = replace(pending_->before); !done) return done;
  if (auto marked = versions_.give_up(pending_->number); !marked) spdlog::warn("{}", marked.error().message);
  note({.how = "rollback", .by = why, .restores = pending_->back_to}, text_);
  // Where it stays, the next start finds that there is nothing to go back to.
  if (auto removed = remove_durably(pending_change_file(paths_)); !removed) spdlog::warn("{}", removed.error().message);
  const auto effect = fmt::format("version {} is in use again", pending_->back_to);
  end_waiting();
  tell("went back", why, effect);
  return {};
}

void ChangeControl::end_waiting() {
  pending_.reset();
  deadline_.cancel();
  journal_.set_conditions("confirmation", {});
}

void ChangeControl::note(Version version, const std::string& text) {
  const auto* now = versions_.current();
  const auto before = now == nullptr ? Result<std::string>("") : versions_.text(now->number);
  if (now != nullptr && before && *before == text) return;
  version.when = wall_now();
  if (now != nullptr) version.changes = changes(before.value_or(""), text);
  if (auto added = versions_.add(std::move(version), text); !added)
    spdlog::error("this version of the file is not kept: {}", added.error().message);
}

const std::vector<std::string>& ChangeControl::changes(const std::string& before, const std::string& after) {
  if (looked_at_.before != before || looked_at_.after != after)
    looked_at_ = {before, after, config::changes(before, after)};
  return looked_at_.lines;
}

/// The file was edited since it was loaded; the edit is about to be overwritten.
void ChangeControl::keep_what_was_never_loaded(const std::string& next) {
  const auto present = read_config_text(file_);
  if (!present || *present == text_ || *present == next || (pending_ && *present == pending_->after)) return;
  Version edit{.how = "edit", .by = "found in the file"};
  edit.when = wall_now();
  edit.changes = changes(text_, *present);
  if (auto added = versions_.add(std::move(edit), *present); !added) {
    spdlog::error("what was edited in {} is not kept: {}", file_, added.error().message);
    return;
  }
  spdlog::warn("{} was edited and never loaded: kept as version {}", file_, versions_.next_number() - 1);
}

void ChangeControl::tell(const std::string& state, const std::string& why, const std::string& effect) {
  const auto before = std::exchange(state_, state);
  journal_.tell({{}, "configuration", file_, before, state_, why, effect});
}

std::string ChangeControl::back_text() const {
  return fmt::format("goes back to version {} at {} unless `fairlead confirm` comes", pending_->back_to,
                     fairlead::to_text(pending_->deadline));
}

std::string ChangeControl::by_text(const std::string& by) { return by.empty() ? "" : ", by " + by; }

}  // namespace fairlead::daemon
