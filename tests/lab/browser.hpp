#pragma once
// Purpose: a browser on a host of the lab: headless Chromium, driven over a pipe by the DevTools protocol
// (https://chromedevtools.github.io/devtools-protocol/): one page, what it asks for, and what it complains of.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/fd.hpp"
#include "lab/host.hpp"
#include "lab/wait.hpp"

namespace fairlead {

class Browser {
 public:
  using Json = nlohmann::json;

  /// With an empty profile below `folder`. Errors are failures of the test; then is_open() is false.
  Browser(const lab::Host& host, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    const auto in = (folder / "in").string();
    const auto out = (folder / "out").string();
    // Opened for both directions, so that neither side waits for the other to open its end.
    for (const auto& [path, fd] : {std::pair{in, &to_}, std::pair{out, &from_}}) {
      EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
      fd->reset(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    }
    const auto* script = R"(exec 3<"$1" 4>"$2"; shift 2; exec "$@")";
    auto child = host.start({"/bin/sh",
                             "-c",
                             script,
                             "sh",
                             in,
                             out,
                             "chromium",
                             "--headless=new",
                             "--no-sandbox",
                             "--remote-debugging-pipe",
                             "--user-data-dir=" + (folder / "profile").string(),
                             "--no-first-run",
                             "--disable-gpu",
                             "--disable-dev-shm-usage",
                             "--disable-extensions",
                             "--disable-background-networking",
                             "--disable-component-update",
                             "--disable-sync",
                             "--no-proxy-server",
                             "--hide-scrollbars",
                             "--force-device-scale-factor=1",
                             "about:blank"});
    EXPECT_TRUE(child) << child.error().message;
    if (!child) return;
    child_ = std::move(*child);
    attach();
  }

  [[nodiscard]] bool is_open() const { return !session_.empty(); }

  /// The result of a command of the protocol; null where it failed.
  Json command(const std::string& method, const Json& parameters = Json::object()) {
    const int id = ++last_id_;
    Json message{{"id", id}, {"method", method}, {"params", parameters}};
    if (!session_.empty()) message["sessionId"] = session_;
    const auto text = message.dump() + '\0';
    EXPECT_EQ(::write(to_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    const auto deadline = lab::in(std::chrono::seconds(30));
    while (auto answer = next(deadline)) {
      if (answer->value("id", 0) != id) {
        note(*answer);
        continue;
      }
      EXPECT_FALSE(answer->contains("error")) << method << ": " << answer->dump();
      return answer->value("result", Json());
    }
    ADD_FAILURE() << "no answer to " << method;
    return {};
  }

  /// What an expression is in the page; awaited where it is a promise.
  Json evaluate(const std::string& expression) {
    const auto told =
        command("Runtime.evaluate", {{"expression", expression}, {"returnByValue", true}, {"awaitPromise", true}});
    EXPECT_FALSE(told.contains("exceptionDetails")) << expression << ": " << told.dump();
    return told.contains("result") ? told["result"].value("value", Json()) : Json();
  }
  bool wait_for(const std::string& expression, std::chrono::milliseconds time = std::chrono::seconds(10)) {
    return lab::wait_until([&] { return evaluate("Boolean(" + expression + ")") == true; }, lab::in(time));
  }

  void go_to(const std::string& url) {
    command("Page.navigate", {{"url", url}});
    EXPECT_TRUE(wait_for("document.readyState === 'complete' && location.href !== 'about:blank'"));
  }
  void click(const std::string& selector) { evaluate("document.querySelector(" + Json(selector).dump() + ").click()"); }
  /// As if it was typed where the focus is.
  void type(const std::string& text) { command("Input.insertText", {{"text", text}}); }
  void type(const std::string& selector, const std::string& text) {
    evaluate("document.querySelector(" + Json(selector).dump() + ").focus()");
    type(text);
  }
  /// "Tab" or "Enter".
  void press(const std::string& key) {
    const bool enters = key == "Enter";
    Json event{{"key", key}, {"code", key}, {"windowsVirtualKeyCode", enters ? 13 : 9}};
    for (const auto* kind : {"keyDown", "keyUp"}) {
      event["type"] = kind;
      // Without its character Enter would do nothing.
      if (enters && event["type"] == "keyDown") event["text"] = "\r";
      command("Input.dispatchKeyEvent", event);
      event.erase("text");
    }
  }
  /// Tab until what `selector` finds has the focus; false where it is not reached.
  bool tab_to(const std::string& selector) {
    constexpr int most = 200;
    const auto reached = "document.activeElement === document.querySelector(" + Json(selector).dump() + ")";
    for (int n = 0; n < most && evaluate(reached) != true; ++n) press("Tab");
    return evaluate(reached) == true;
  }
  void look_as(int width, int height, bool phone, bool dark) {
    command("Emulation.setDeviceMetricsOverride",
            {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", phone}});
    command("Emulation.setEmulatedMedia",
            {{"features", Json::array({{{"name", "prefers-color-scheme"}, {"value", dark ? "dark" : "light"}}})}});
  }
  /// Of what is in sight, as PNG in base64.
  std::string screenshot() { return command("Page.captureScreenshot", {{"format", "png"}}).value("data", ""); }

  /// Errors and warnings of the console, exceptions, and what the browser itself logs as an error.
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
  /// Every address that the page has asked for.
  [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }

 private:
  void attach() {
    const auto target = command("Target.createTarget", {{"url", "about:blank"}}).value("targetId", "");
    session_ = command("Target.attachToTarget", {{"targetId", target}, {"flatten", true}}).value("sessionId", "");
    EXPECT_FALSE(session_.empty());
    for (const auto* domain : {"Page", "Runtime", "Log", "Network"}) command(std::string(domain) + ".enable");
  }

  std::optional<Json> next(lab::Deadline deadline) {
    std::size_t end = 0;
    while ((end = waiting_.find('\0')) == std::string::npos) {
      std::array<char, 65536> buffer{};
      if (!lab::wait_ready(from_.get(), POLLIN, deadline)) return std::nullopt;
      const auto size = ::read(from_.get(), buffer.data(), buffer.size());
      if (size <= 0) return std::nullopt;
      waiting_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    auto message = Json::parse(waiting_.substr(0, end), nullptr, false);
    waiting_.erase(0, end + 1);
    return message;
  }

  void note(const Json& event) {
    const auto method = event.value("method", "");
    if (method == "Network.requestWillBeSent") requests_.push_back(event["params"]["request"]["url"]);
    if (method == "Runtime.exceptionThrown") complaints_.push_back(event["params"]["exceptionDetails"].dump());
    if (method == "Log.entryAdded" && event["params"]["entry"]["level"] == "error")
      complaints_.push_back(event["params"]["entry"].dump());
    if (method == "Runtime.consoleAPICalled") {
      const auto type = event["params"].value("type", "");
      if (type == "error" || type == "warning" || type == "assert")
        complaints_.push_back(event["params"]["args"].dump());
    }
  }

  Fd to_;
  Fd from_;
  lab::Child child_;
  int last_id_ = 0;
  std::string session_;
  std::string waiting_;
  std::vector<std::string> complaints_;
  std::vector<std::string> requests_;
};

}  // namespace fairlead
