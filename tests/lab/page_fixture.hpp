#pragma once
// Purpose: a router whose page is served in its LAN, too, and what one asks it with curl(1).
#include <nlohmann/json.hpp>

#include "router_fixture.hpp"

namespace fairlead {

struct HttpAnswer {
  int status = 0;  ///< 0: none came
  std::string body;
  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
};

class PageLab : public RouterLab {
 protected:
  static std::string web(const std::string& what) { return "[router]\nname = \"left\"\nweb = { " + what + " }\n"; }
  static std::string served_in_lan() { return web(R"(listen = ["127.0.0.1:8080", "192.168.1.1:8080"])"); }

  [[nodiscard]] std::string token() const {
    auto text = fairlead("token").out;
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }
  /// What curl on that host gets, with these further arguments.
  [[nodiscard]] HttpAnswer ask(const std::string& from, const std::string& url,
                               const std::vector<std::string>& arguments = {}) const {
    lab::Command command{"curl", "-s", "--max-time", "10", "-w", "\n%{http_code}", url};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto output = host(from).run(command);
    EXPECT_TRUE(output) << output.error().message;
    if (!output) return {};
    const auto line = output->out.rfind('\n');
    return {std::atoi(output->out.c_str() + line + 1), output->out.substr(0, line)};
  }
  static std::vector<std::string> bearing(const std::string& token) { return {"-H", "Authorization: Bearer " + token}; }
  [[nodiscard]] HttpAnswer post(const std::string& from, const std::string& url, const std::string& body,
                                const std::string& token) const {
    auto arguments = bearing(token);
    arguments.insert(arguments.end(), {"-H", "Content-Type: application/json", "-d", body});
    return ask(from, url, arguments);
  }
  [[nodiscard]] std::vector<std::string> conditions() const {
    std::vector<std::string> found;
    const auto told = status();
    for (const auto& condition : told.at("conditions"))
      found.push_back(condition["id"].get<std::string>() + " " + condition["subject"].get<std::string>() + ": " +
                      condition["why"].get<std::string>());
    return found;
  }

  const std::string loopback_ = "http://127.0.0.1:8080";
  const std::string lan_ = "http://192.168.1.1:8080";
};

}  // namespace fairlead
