#include "core/config/reference.hpp"

#include <fmt/format.h>

#include "core/config/sections.hpp"

namespace fairlead::config {
namespace {

constexpr std::string_view introduction = R"(# The file

Everything Fairlead does is said in one file, `fairlead.toml`. This is a whole one: a LAN, two internet links, and
nothing else to say, because everything has a default.

```toml
# My cafe.
[lan.home]
interface = "eth0"

[wan.cable1]
interface = "eth1"

[wan.cable2]
interface = "eth2"
```

With it, the two links share the work: each new connection from the LAN takes the next one in turn, a link that goes
down is left out, hosts in the LAN are hidden behind the links' addresses, and nothing from outside gets in that the LAN
did not ask for. Addresses and gateways are what the system has; they are followed when they change.

- The file is [TOML](https://toml.io): `key = value`, text in quotes, lists in `[…]`, `#` begins a comment. The order of
  sections does not matter, except that of policies: the first that matches decides.
- `fairlead check FILE` tells everything that is wrong with it, in one go, with line and column, and changes nothing. A
  key that Fairlead does not know is an error, so that a slip of the pen is not silently ignored. Warnings do not stop
  it.
- Durations are a whole number and `ms`, `s`, `m`, `h` or `d`: `"500ms"`, `"10m"`. Bit rates are a number and `bit`,
  `kbit`, `mbit` or `gbit`, in powers of 1000: `"50mbit"`. Rates are a number and `/second`, `/minute`, `/hour` or
  `/day`: `"5/minute"`.
- Addresses are IPv4 or IPv6 everywhere. Where a list is taken, one value may stand without brackets.
- **Not available yet** marks what a later version brings: it is checked now and answered with an error that says what
  to do until then.

`examples/small.toml` is the file above; `examples/cafe.toml` shows every section.
)";

constexpr std::string_view weights_note = R"(
### Weights from bandwidth

The uplinks that have no `weight` but a `bandwidth` get one from its `down`: the rates, in whole Mbit/s and at least 1,
are divided by their greatest common divisor. 500, 200, 100, 50 and 20 Mbit/s become 50:20:10:5:2. If the largest would
exceed 255, all are scaled so that it is 255, rounded, and at least 1. An uplink with neither has weight 1, so where one
uplink has a bandwidth, give one to all.
)";

/// A pipe would end the table's cell.
std::string cell(std::string_view text) {
  std::string result;
  for (const char character : text) {
    if (character == '|') result += '\\';
    result += character;
  }
  return result;
}

void add_rows(std::string& text, const KeyInfos& keys, const std::string& path) {
  for (const auto* key : keys) {
    const auto name = path + std::string(key->name);
    const auto later = key->later.empty() ? "" : fmt::format(" **Not available yet**: {}.", key->later);
    text += fmt::format("| `{}` | {} | {} | {}{} | `{} = {}` |\n", name, cell(key->type()),
                        key->required ? "*required*" : cell(key->fallback), cell(key->meaning), cell(later), key->name,
                        cell(key->example));
    // The keys of [health] have a section of their own.
    if (key->inner != nullptr && key->name != "health") add_rows(text, key->inner(), name + ".");
  }
}

}  // namespace

std::string reference_markdown() {
  std::string text(introduction);
  for (const auto& section : sections()) {
    text += fmt::format("\n## `{}`\n\n{}\n", section.heading, section.introduction);
    text += "\n| Key | Values | Default | Meaning | Example |\n|---|---|---|---|---|\n";
    add_rows(text, section.keys(), "");
    if (section.name == "wan") text += weights_note;
  }
  return text;
}

}  // namespace fairlead::config
