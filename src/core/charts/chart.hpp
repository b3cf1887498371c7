#pragma once
// Purpose: how one uplink did lately: every two seconds of the last hour, and every minute of the last day. In memory
// only; it grows to about 65 kB.
#include <chrono>
#include <cstddef>
#include <limits>
#include <vector>

namespace fairlead::charts {

inline constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

struct Point {
  float down = 0;  ///< bit/s
  float up = 0;
  float latency = nothing;  ///< ms
  float loss = nothing;     ///< 0…1
  float connections = nothing;
};

class Chart {
 public:
  static constexpr auto fine_step = std::chrono::seconds(2);
  static constexpr auto coarse_step = std::chrono::minutes(1);
  static constexpr std::size_t fine_points = 1800;
  static constexpr std::size_t coarse_points = 1440;

  /// Called once a fine step.
  void add(const Point& point);

  /// The oldest first; each is the mean of `group` points, the newest group begins with the newest point.
  [[nodiscard]] std::vector<Point> last_hour(std::size_t group = 1) const { return fine_.grouped(group); }
  [[nodiscard]] std::vector<Point> newest(std::size_t count) const { return fine_.newest(count); }
  [[nodiscard]] std::vector<Point> last_day(std::size_t group = 1) const { return coarse_.grouped(group); }

 private:
  class Ring {
   public:
    explicit Ring(std::size_t capacity) : capacity_(capacity) {}
    void add(const Point& point);
    [[nodiscard]] std::vector<Point> grouped(std::size_t group) const;
    [[nodiscard]] std::vector<Point> newest(std::size_t count) const;

   private:
    std::size_t capacity_;
    std::size_t next_ = 0;  // where the next goes once it is full
    std::vector<Point> points_;
  };

  Ring fine_{fine_points};
  Ring coarse_{coarse_points};
  std::size_t since_coarse_ = 0;
};

}  // namespace fairlead::charts
