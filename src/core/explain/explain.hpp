#pragma once
// Purpose: the way that a new connection would take, step by step, with the line of the file that decides: from the
// same compiled state that the kernel has. Pure: no kernel, no clock.
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/compile/compile.hpp"
#include "core/explain/walk.hpp"
#include "core/model/config.hpp"

namespace fairlead::explain {

struct Question {
  IpAddress from;
  IpAddress to;
  std::uint8_t protocol = 6;
  std::uint16_t port = 0;  ///< of the destination
  std::uint16_t from_port = 40000;
  std::string in;  ///< uplink that it comes in by; empty: from a LAN, or from the router itself
};

struct Step {
  std::string what;
  Where where;  ///< line 0: no line of the file says so
};

/// One way that it may take.
struct Way {
  std::string uplink;  ///< empty: none
  std::string device;
  std::string gateway;
  std::string source;  ///< what source NAT writes; empty: the source stays
  double share = 1;    ///< of such connections
};

struct Explanation {
  enum class Outcome : std::uint8_t { forwarded, to_router, refused, dropped, unreachable };
  Outcome outcome = Outcome::forwarded;
  std::vector<Step> steps;
  std::vector<Way> ways;  ///< of what leaves the router; more than one where it depends on the moment
  IpAddress to;           ///< after port forwarding
  std::uint16_t port = 0;
  std::string policy;   ///< that decided; empty: none
  std::string forward;  ///< that applied; empty: none
};

class Explainer {
 public:
  /// The arguments must outlive it.
  Explainer(const Config& config, const Facts& facts, const compile::Compiled& compiled);

  /// What maps that packets fill hold at the moment.
  void set_dynamic_lookup(DynamicLookup lookup) { walker_.set_dynamic_lookup(std::move(lookup)); }

  /// Errors: there is no such uplink, the families differ, or a rule is not understood.
  [[nodiscard]] Result<Explanation> explain(const Question& question);
  /// Only the policy's name, of a connection from a LAN; "" where none decides.
  [[nodiscard]] std::string policy_of(const Question& question);

 private:
  struct Start {
    Packet packet;
    Step step;
    bool from_router = false;
  };

  Result<Start> start(const Question& question) const;
  [[nodiscard]] std::optional<Route> route_of(const Packet& packet) const;
  /// Another route of the system leads elsewhere than to the uplink that was chosen: the filter takes the choice back.
  [[nodiscard]] bool is_overruled(const Packet& packet, const std::optional<Route>& way) const;
  [[nodiscard]] Way way_of(const Packet& packet, const Nexthop& hop) const;
  Result<void> follow(Packet packet, bool from_router, const std::string& turn, Explanation& told);
  void tell_passages(const std::vector<Passage>& passages, std::size_t from, Explanation& told) const;
  void tell_passage(const Passage& passage, Explanation& told) const;
  void tell_policy(const Passage& passage, Explanation& told) const;
  void tell_forward(const Passage& passage, Explanation& told) const;
  void tell_service(const Packet& packet, Explanation& told) const;

  const Config& config_;
  const Facts& facts_;
  const compile::Compiled& compiled_;
  Config effective_;  // with the prefixes that LANs got from uplinks
  Fib fib_;
  Walker walker_;
};

[[nodiscard]] const char* to_text(Explanation::Outcome outcome);
/// For people; `file` names the file of the lines.
[[nodiscard]] std::string to_text(const Explanation& told, const std::string& file);
[[nodiscard]] nlohmann::json to_json(const Explanation& told);

[[nodiscard]] Result<Explanation> explanation_from_json(const nlohmann::json& json);

/// {"from", "to", "protocol", "port", "in"}. Errors: what is wrong with it.
[[nodiscard]] Result<Question> question_from_json(const nlohmann::json& json);

}  // namespace fairlead::explain
