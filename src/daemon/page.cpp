#include "daemon/page.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "daemon/event_lines.hpp"

namespace fairlead::daemon {
namespace {

/// However many ask: who asks in a loop shall not keep the router from its work.
constexpr std::chrono::milliseconds metrics_age{100};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

/// "left", and "left.cafe.lan" where a LAN's hosts are told that domain. Names that lead to others outside: none.
std::vector<std::string> names_of(const Config& config, const std::string& router) {
  std::vector<std::string> names{lower(router), lower(router) + ".local"};
  for (const auto& lan : config.lans)
    if (lan.dhcp && !lan.dhcp->domain.empty()) names.push_back(lower(router + "." + lan.dhcp->domain));
  return names;
}

bool is_open_to_others(const WebConfig& config) {
  return std::ranges::any_of(config.listen, [](const WebListen& at) { return !at.address.is_loopback(); });
}

}  // namespace

Page::Page(boost::asio::io_context& loop, Journal& journal, const Paths& paths, Sources sources)
    : journal_(journal),
      paths_(paths),
      sources_(std::move(sources)),
      site_(std::make_shared<api::http::Site>(
          loop, api::http::Site::Sources{sources_.commands, [this] { return token_.present(); },
                                         [this] { return status_text(); },
                                         [this](bool openmetrics) { return metrics_text(openmetrics); }})),
      server_(loop, site_,
              [this](std::vector<Condition> problems) { journal_.set_conditions("page", std::move(problems)); }) {
  journal_.listen([this](const Event& event) {
    totals_.note(event);
    site_->events().tell(line_of(event));
  });
}

void Page::follow(const Config& config, const std::string& router) {
  follow_token(config.router.web);
  server_.follow(config.router.web, names_of(config, router));
}

void Page::follow_token(const WebConfig& config) {
  const auto path = config.token.empty() ? paths_.page_token() : config.token;
  // Also where only loopback is listened at: its buttons want one.
  const bool makes = config.token.empty() && !config.listen.empty() && !std::filesystem::exists(path);
  const auto made = makes ? make_page_token(path) : Result<std::string>("");
  token_.follow(path);
  static_cast<void>(token_.present());
  const auto why = made ? token_.problem() : made.error().message;
  std::vector<Condition> problems;
  if (!why.empty() && !config.listen.empty())
    problems.push_back({"page-token",
                        "page",
                        {},
                        why,
                        is_open_to_others(config) ? "nobody gets in from another host, and nothing can be changed"
                                                  : "nothing can be changed from the page"});
  journal_.set_conditions("page-token", std::move(problems));
}

std::string Page::status_text() const {
  return nlohmann::json{{"status", to_json(*sources_.status())}}.dump(-1, ' ', false,
                                                                      nlohmann::json::error_handler_t::replace);
}

std::string Page::metrics_text(bool openmetrics) {
  auto& told = metrics_.at(openmetrics ? 1 : 0);
  const auto now = std::chrono::steady_clock::now();
  if (now < told.until) return told.text;
  told.until = now + metrics_age;
  told.text =
      render::metrics_text(*sources_.status(), totals_.present(sources_.leases(), site_->events().readers()),
                           openmetrics ? render::MetricsFormat::openmetrics : render::MetricsFormat::prometheus);
  return told.text;
}

}  // namespace fairlead::daemon
