#include "core/render/metrics.hpp"

#include <fmt/format.h>

#include "core/render/metrics_table.hpp"

namespace fairlead::render {
namespace {

std::string_view suffix_of(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return "_total";
    case MetricType::info:
      return "_info";
    case MetricType::gauge:
      break;
  }
  return "";
}

std::string_view type_of(MetricType type, MetricsFormat format) {
  if (type == MetricType::counter) return "counter";
  return type == MetricType::info && format == MetricsFormat::openmetrics ? "info" : "gauge";
}

/// Within quotes, in both formats.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '"') result += '\\';
    if (c == '\n')
      result += "\\n";
    else
      result += c;
  }
  return result;
}

std::string labels_text(const Labels& labels) {
  if (labels.empty()) return "";
  std::string text;
  for (const auto& [name, value] : labels)
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "{" : ",", name, escaped(value));
  return text + "}";
}

/// Families and samples have one name in Prometheus' format; OpenMetrics names the family without the suffix.
void add_metric(std::string& text, const Metric& metric, const Samples& samples, MetricsFormat format) {
  const auto full_name = fmt::format("{}{}", metric.name, suffix_of(metric.type));
  const auto family = format == MetricsFormat::openmetrics ? std::string(metric.name) : full_name;
  text += fmt::format("# TYPE {} {}\n", family, type_of(metric.type, format));
  if (format == MetricsFormat::openmetrics && !metric.unit.empty())
    text += fmt::format("# UNIT {} {}\n", family, metric.unit);
  text += fmt::format("# HELP {} {}\n", family, metric.help);
  for (const auto& sample : samples.all())
    text += fmt::format("{}{} {}\n", full_name, labels_text(sample.labels), sample.value);
}

constexpr std::string_view introduction = R"(# Metrics

`/metrics` on the page's address (page.md) tells what the router does, for Prometheus and whatever reads its format: in
OpenMetrics where the client asks for it, else in Prometheus' text format. From another host it wants the token:

```yaml
scrape_configs:
  - job_name: fairlead
    authorization: { credentials_file: /etc/prometheus/fairlead.token }
    static_configs:
      - targets: ["192.168.1.1:8080"]
```

`packaging/prometheus/fairlead.rules.yml` has alerts, `packaging/grafana/fairlead.json` a dashboard (in the Debian
package they are in `/usr/share/doc/fairlead/examples`). What is not there (a pair, probes that answer) has no
samples. Names stay; metrics are added, never given another meaning.

| Metric | Type | Unit | Labels | Meaning |
|---|---|---|---|---|
)";

}  // namespace

std::string metrics_text(const Snapshot& snapshot, const Totals& totals, MetricsFormat format) {
  std::string text;
  for (const auto& metric : metrics()) {
    Samples samples;
    metric.collect({snapshot, totals}, samples);
    if (!samples.all().empty()) add_metric(text, metric, samples, format);
  }
  if (format == MetricsFormat::openmetrics) text += "# EOF\n";
  return text;
}

std::string metrics_markdown() {
  std::string text(introduction);
  for (const auto& metric : metrics())
    text += fmt::format("| `{}{}` | {} | {} | {} | {} |\n", metric.name, suffix_of(metric.type),
                        type_of(metric.type, MetricsFormat::openmetrics), metric.unit.empty() ? "" : metric.unit,
                        metric.labels, metric.help);
  return text;
}

}  // namespace fairlead::render
