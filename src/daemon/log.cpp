#include "daemon/log.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>

#include "sys/journald/journald.hpp"

namespace fairlead::daemon {
namespace {

/// syslog(3)
char priority_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::critical:
      return '2';
    case spdlog::level::err:
      return '3';
    case spdlog::level::warn:
      return '4';
    case spdlog::level::info:
      return '6';
    default:
      return '7';
  }
}

class JournalSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit JournalSink(journald::Journald journal) : journal_(std::move(journal)) {}

  void send(spdlog::level::level_enum level, std::string text, journald::Fields fields) {
    fields.insert(
        fields.begin(),
        {{"MESSAGE", std::move(text)}, {"PRIORITY", {priority_of(level)}}, {"SYSLOG_IDENTIFIER", "fairlead"}});
    // Standard error leads there, too, and waits where the journal does not keep up.
    if (auto sent = journal_.send(fields); !sent)
      static_cast<void>(std::fputs((fields.front().second + "\n").c_str(), stderr));
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    send(message.level, std::string(message.payload.data(), message.payload.size()), {});
  }
  void flush_() override {}

 private:
  journald::Journald journal_;
};

journald::Fields fields_of(const Event& event) {
  journald::Fields fields{{"FAIRLEAD_TIME", to_precise_text(event.when)}, {"FAIRLEAD_KIND", event.kind}};
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) fields.emplace_back(name, value);
  };
  add("FAIRLEAD_NAME", event.name);
  if (event.kind == "uplink") add("FAIRLEAD_UPLINK", event.name);
  add("FAIRLEAD_BEFORE", event.before);
  add("FAIRLEAD_AFTER", event.after);
  add("FAIRLEAD_WHY", event.why);
  add("FAIRLEAD_EFFECT", event.effect);
  return fields;
}

std::shared_ptr<spdlog::logger> stderr_logger() {
  auto logger = std::make_shared<spdlog::logger>("fairlead", std::make_shared<spdlog::sinks::stderr_sink_st>());
  // The journal has a clock of its own.
  logger->set_pattern(std::getenv("JOURNAL_STREAM") == nullptr ? "%Y-%m-%d %H:%M:%S.%e %l: %v" : "%l: %v");
  return logger;
}

}  // namespace

Result<std::shared_ptr<spdlog::logger>> journal_logger(const std::string& socket_path) {
  auto journal = journald::Journald::open(socket_path);
  if (!journal) return std::unexpected(journal.error());
  return std::make_shared<spdlog::logger>("fairlead", std::make_shared<JournalSink>(std::move(*journal)));
}

void set_up_log(bool verbose) {
  std::shared_ptr<spdlog::logger> logger;
  const char* stream = std::getenv("JOURNAL_STREAM");
  if (stream != nullptr && journald::is_journal_stream(STDERR_FILENO, stream))
    logger = journal_logger(journald::default_socket).value_or(nullptr);
  if (!logger) logger = stderr_logger();
  logger->set_level(verbose ? spdlog::level::debug : spdlog::level::info);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void log_event(spdlog::level::level_enum level, const Event& event) {
  auto* logger = spdlog::default_logger_raw();
  if (!logger->should_log(level)) return;
  for (const auto& sink : logger->sinks())
    if (auto* journal = dynamic_cast<JournalSink*>(sink.get())) {
      journal->send(level, to_text(event), fields_of(event));
      return;
    }
  logger->log(level, "{}", to_text(event));
}

}  // namespace fairlead::daemon
