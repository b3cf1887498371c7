// Metrics: what a Snapshot becomes, in both formats, and the document that is made from their table.
#include "core/render/metrics.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "../support/sample_snapshot.hpp"
#include "base/text.hpp"
#include "core/render/metrics_table.hpp"

namespace fairlead::render {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, TellEveryUplinkInBothFormats) {
  const auto text = metrics_text(sample::snapshot(), sample::totals(), MetricsFormat::prometheus);
  for (const auto* line : {"fairlead_build_info{name=\"left\",version=\"0.1.0\"} 1",
                           "fairlead_uplink_up{uplink=\"cable1\"} 1",
                           "fairlead_uplink_up{uplink=\"cable2\"} 0",
                           "fairlead_uplink_state{uplink=\"cable2\",state=\"down\"} 1",
                           "fairlead_uplink_state{uplink=\"cable2\",state=\"up\"} 0",
                           "fairlead_uplink_state_changes_total{uplink=\"cable2\"} 3",
                           "fairlead_uplink_state_changes_total{uplink=\"cable1\"} 0",
                           "fairlead_uplink_share_ratio{uplink=\"cable1\",family=\"ipv4\"} 0.625",
                           "fairlead_uplink_receive_bytes_total{uplink=\"cable1\"} 18446744073709551615",
                           "fairlead_uplink_probe_loss_ratio{uplink=\"cable1\"} 0.25",
                           "fairlead_uplink_probe_rtt_seconds{uplink=\"cable1\"} 0.0125",
                           "fairlead_conntrack_entries 1200",
                           "fairlead_conntrack_entries_limit 262144",
                           "fairlead_reconcile_failing 0",
                           "fairlead_condition{condition=\"uplink-down\",subject=\"cable2\"} 1",
                           "fairlead_policy_connections_total{policy=\"a \\\"b\\\" \\\\ \\nc\"} 7",
                           "fairlead_pair_active{side=\"ours\"} 1",
                           "fairlead_pair_peer_up 1",
                           "fairlead_sync_lost_total 2",
                           "fairlead_events_total{kind=\"uplink\"} 5",
                           "process_cpu_seconds_total 1.5"})
    EXPECT_THAT(text, HasSubstr(std::string("\n") + line + "\n"));
  EXPECT_THAT(text, Not(HasSubstr("probe_rtt_seconds{uplink=\"cable2\"}"))) << "nothing answers there";
  EXPECT_THAT(text, HasSubstr("# TYPE fairlead_uplink_receive_bytes_total counter\n"));
  EXPECT_THAT(text, Not(HasSubstr("# UNIT")));
  const auto open = metrics_text(sample::snapshot(), sample::totals(), MetricsFormat::openmetrics);
  EXPECT_THAT(open,
              HasSubstr("# TYPE fairlead_uplink_receive_bytes counter\n# UNIT fairlead_uplink_receive_bytes bytes\n"));
  EXPECT_THAT(open, HasSubstr("# TYPE fairlead_build info\n"));
  EXPECT_TRUE(open.ends_with("\n# EOF\n"));
}

TEST(Metrics, WhatIsNotThereHasNoSamples) {
  auto alone = sample::snapshot();
  alone.pair.reset();
  const auto text = metrics_text(alone, {}, MetricsFormat::prometheus);
  EXPECT_THAT(text, Not(HasSubstr("fairlead_pair")));
  EXPECT_THAT(text, Not(HasSubstr("fairlead_sync")));
  EXPECT_THAT(text, Not(HasSubstr("process_")));
}

/// https://prometheus.io/docs/practices/naming/
TEST(Metrics, NamesFollowTheConventions) {
  std::set<std::string_view> names;
  for (const auto& metric : metrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_TRUE(std::regex_match(std::string(metric.name), std::regex("(fairlead|process)(_[a-z]+)+"))) << metric.name;
    EXPECT_FALSE(metric.name.ends_with("_total") || metric.name.ends_with("_info")) << metric.name;
    EXPECT_TRUE(metric.unit.empty() || metric.name.ends_with("_" + std::string(metric.unit))) << metric.name;
    EXPECT_TRUE(metric.help.ends_with('.')) << metric.name;
  }
}

/// Alerts and the dashboard ask for nothing that there is not, and every kind of trouble has an alert.
TEST(Metrics, WhatIsPackagedAsksForWhatThereIs) {
  std::set<std::string> names{"up"};
  for (const auto& metric : metrics())
    for (const auto* suffix : {"", "_total", "_info"}) names.insert(std::string(metric.name) + suffix);
  for (const auto* file : {"/packaging/prometheus/fairlead.rules.yml", "/packaging/grafana/fairlead.json"}) {
    std::ifstream stream(std::string(SOURCE_FOLDER) + file);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    const std::regex name("\\b(fairlead|process)_[a-z_]+\\b");
    int found = 0;
    for (auto match = std::sregex_iterator(text.begin(), text.end(), name); match != std::sregex_iterator(); ++match) {
      ++found;
      EXPECT_TRUE(names.contains(match->str())) << file << ": " << match->str();
    }
    EXPECT_GT(found, 10) << file;
  }
  std::ifstream stream(SOURCE_FOLDER "/packaging/grafana/fairlead.json");
  EXPECT_FALSE(nlohmann::json::parse(stream, nullptr, false).is_discarded());
}

TEST(Metrics, ReferenceIsTheDocumentInTheProject) {
  const std::string file = SOURCE_FOLDER "/docs/metrics.md";
  if (const char* wish = std::getenv("FAIRLEAD_REGENERATE"); wish != nullptr && std::string_view(wish) == "1")
    std::ofstream(file, std::ios::binary) << metrics_markdown();
  std::ifstream stream(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  EXPECT_TRUE(text == metrics_markdown()) << file << " is out of date: FAIRLEAD_REGENERATE=1 rewrites it";
}

}  // namespace
}  // namespace fairlead::render
