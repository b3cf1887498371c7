#include "size_config.hpp"

#include <fmt/format.h>

#include "core/config/parse.hpp"

namespace fairlead::bench {
namespace {

/// Inline, since a file of 10,000 of each must stay below the 1 MiB that Fairlead takes.
std::string policy(int n) {
  std::string text = "{use=\"wan1\",";
  if (n % 3 == 2) return text + fmt::format("source=\"10.{}.{}.0/24\"}},\n", n / 250, n % 250);
  text += fmt::format("destination=\"203.0.{}.{}\"", n / 250, n % 250);
  return text + (n % 3 == 1 ? ",protocol=\"udp\",port=5000},\n" : "},\n");
}

}  // namespace

std::string file_of(const Size& size) {
  std::string text;
  if (size.policies > 0) text += "policy = [\n";
  for (int n = 0; n < size.policies; ++n) text += policy(n);
  if (size.policies > 0) text += "]\n";
  if (size.forwards > 0) text += "forward = [\n";
  for (int n = 1; n <= size.forwards; ++n) text += fmt::format("{{port={},protocol=\"udp\",to=\"192.168.1.2\"}},\n", n);
  if (size.forwards > 0) text += "]\n";
  text += fmt::format("[router]\noffload = \"{}\"\n", size.offload);
  text += "web = { listen = \"\" }\n[health]\nprobe = []\n[lan.lan]\ninterface = \"eth0\"\n";
  for (int n = 2; n <= size.lans; ++n) text += fmt::format("[lan.lan{0}]\ninterface = \"lan{0}\"\n", n);
  for (int n = 1; n <= size.uplinks; ++n)
    text += fmt::format("[wan.wan{0}]\ninterface = \"eth{0}\"\ngateway = \"100.64.{0}.1\"\n", n);
  return text;
}

bool is_available(const Size& size) {
  const auto parsed = config::parse(file_of(size));
  return parsed.config && parsed.diagnostics.empty();
}

Result<Config> config_of(const Size& size) {
  const auto parsed = config::parse(file_of(size));
  if (!parsed.config) return fail("the file is wrong: " + to_text(parsed.diagnostics.front(), "size.toml"));
  return *parsed.config;
}

}  // namespace fairlead::bench
