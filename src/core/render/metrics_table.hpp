#pragma once
// Purpose: every metric as a row: what it is called, what it is, and where its values come from.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/render/metrics.hpp"

namespace fairlead::render {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

/// The samples of one metric, to be filled.
class Samples {
 public:
  void add(Labels labels, double value);
  void add(Labels labels, std::uint64_t value);
  void add(Labels labels, bool value) { add(std::move(labels), std::uint64_t{value ? 1U : 0U}); }
  template <typename T>
  void add_if(const Labels& labels, const std::optional<T>& value) {
    if (value) add(labels, *value);
  }

  struct Sample {
    Labels labels;
    std::string value;
  };
  [[nodiscard]] const std::vector<Sample>& all() const { return samples_; }

 private:
  std::vector<Sample> samples_;
};

struct MetricsInput {
  const Snapshot& snapshot;
  const Totals& totals;
};

enum class MetricType : std::uint8_t { gauge, counter, info };

struct Metric {
  std::string_view name;  ///< of the family: without "_total" and "_info"
  MetricType type = MetricType::gauge;
  std::string_view unit;    ///< the name ends with it; empty: a number of things
  std::string_view labels;  ///< for people
  std::string_view help;
  void (*collect)(const MetricsInput& from, Samples& into) = nullptr;
};

/// In the order in which they are told.
[[nodiscard]] std::span<const Metric> metrics();

}  // namespace fairlead::render
