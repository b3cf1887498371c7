#include "plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace fairlead::bench {
namespace {

constexpr std::array colours{"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#000000"};
constexpr double width = 860;

const char* colour(std::size_t series) { return colours.at(series % colours.size()); }

std::string escaped(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '&')
      result += "&amp;";
    else if (letter == '<')
      result += "&lt;";
    else
      result += letter;
  }
  return result;
}

enum class Anchor : std::uint8_t { start, middle, end };

std::string words(double x, double y, Anchor anchor, const std::string& text, const char* more = "") {
  constexpr std::array anchors{"start", "middle", "end"};
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                     anchors.at(static_cast<std::size_t>(anchor)), more, escaped(text));
}

std::string line(double x1, double y1, double x2, double y2, const char* stroke, double thick = 1) {
  return fmt::format("<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" stroke=\"{}\" stroke-width=\"{:g}\" fill=\"none\"/>\n",
                     x1, y1, x2, y2, stroke, thick);
}

std::string page(double height, const std::string& title, const std::string& content) {
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
             "height=\"{1:.0f}\" font-family=\"sans-serif\" font-size=\"13\">\n"
             "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
             width, height) +
         words(16, 26, Anchor::start, title, " font-size=\"16\" font-weight=\"bold\"") + content + "</svg>\n";
}

template <typename Series>
std::string legend(const std::vector<Series>& series, double x, double y) {
  std::string text;
  for (std::size_t n = 0; n < series.size(); ++n) {
    text +=
        fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"12\" height=\"12\" fill=\"{}\"/>\n", x, y - 10, colour(n));
    text += words(x + 18, y, Anchor::start, series[n].name);
    y += 18;
  }
  return text;
}

/// 1, 2 or 5 times a power of ten, so that about five steps reach `most`.
double step_to(double most) {
  const double power = std::pow(10, std::floor(std::log10(most / 5)));
  for (const double times : {1.0, 2.0, 5.0})
    if (most / (times * power) <= 6) return times * power;
  return 10 * power;
}

std::string number(double value) {
  return std::abs(value) >= 1000 ? with_thousands(static_cast<int>(std::lround(value))) : fmt::format("{:.3g}", value);
}

/// Where a value is on an axis from `from` to `to`, in the picture's units.
struct Axis {
  bool logarithmic = false;
  double low = 0;
  double high = 1;
  double from = 0;
  double to = 1;

  [[nodiscard]] double at(double value) const {
    const auto part = logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
    return from + part * (to - from);
  }
  [[nodiscard]] std::vector<double> ticks() const {
    std::vector<double> values;
    if (logarithmic) {
      const bool few = high / low < 100;
      for (double power = std::pow(10, std::floor(std::log10(low))); power <= high * 1.001; power *= 10)
        for (const double times : {1.0, 2.0, 5.0})
          if (power * times >= low * 0.999 && power * times <= high * 1.001 && (few || times == 1.0))
            values.push_back(power * times);
    } else {
      const double step = step_to(high - low);
      for (double value = std::ceil(low / step) * step; value <= high * 1.001; value += step) values.push_back(value);
    }
    return values;
  }
};

Axis axis_of(const std::vector<double>& values, bool logarithmic) {
  const auto [least, most] = std::ranges::minmax(values);
  if (logarithmic) return {true, least, std::max(most, least * 1.001), 0, 1};
  return {false, std::min(0.0, least), most > 0 ? most * 1.05 : 1, 0, 1};
}

}  // namespace

std::string svg_of(const Bars& bars) {
  constexpr double left = 250;
  constexpr double thick = 13;
  const double top = 50 + 18 * static_cast<double>(bars.series.size());
  const double group = thick * static_cast<double>(bars.series.size()) + 10;
  const double bottom = top + group * static_cast<double>(bars.labels.size());
  double most = 0;
  for (const auto& series : bars.series)
    for (const auto& value : series.values) most = std::max(most, value.high);
  Axis axis{false, 0, most > 0 ? most : 1, left, width - 90};
  auto text = legend(bars.series, left, 50);
  for (const double tick : axis.ticks()) {
    text += line(axis.at(tick), top - 6, axis.at(tick), bottom, "#ddd");
    text += words(axis.at(tick), bottom + 18, Anchor::middle, number(tick));
  }
  text += words(width - 16, bottom + 18, Anchor::end, bars.unit);
  for (std::size_t label = 0; label < bars.labels.size(); ++label) {
    double y = top + group * static_cast<double>(label);
    text += words(left - 8, y + (group - 10) / 2 + 4, Anchor::end, bars.labels[label]);
    for (std::size_t n = 0; n < bars.series.size(); ++n, y += thick) {
      const auto& value = bars.series[n].values.at(label);
      text += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>\n", left, y,
                          std::max(0.0, axis.at(value.median) - left), thick - 2, colour(n));
      text += line(axis.at(value.low), y + thick / 2 - 1, axis.at(value.high), y + thick / 2 - 1, "#333");
      text += words(axis.at(value.high) + 5, y + thick - 3, Anchor::start, number(value.median), " font-size=\"11\"");
    }
  }
  return page(bottom + 34, bars.title, text);
}

std::string svg_of(const Lines& lines) {
  constexpr double left = 70;
  constexpr double right = width - 250;
  constexpr double top = 50;
  constexpr double bottom = 380;
  std::vector<double> xs;
  std::vector<double> ys;
  for (const auto& series : lines.series)
    for (const auto& point : series.points) {
      xs.push_back(point.x);
      ys.insert(ys.end(), {point.y.low, point.y.high});
    }
  if (xs.empty()) return page(bottom, lines.title, "");
  auto x = axis_of(xs, lines.log_x);
  auto y = axis_of(ys, lines.log_y);
  x.from = left;
  x.to = right;
  y.from = bottom;
  y.to = top;
  auto text = legend(lines.series, right + 20, top + 10);
  for (const double tick : x.ticks()) {
    text += line(x.at(tick), top, x.at(tick), bottom, "#ddd");
    text += words(x.at(tick), bottom + 18, Anchor::middle, number(tick));
  }
  for (const double tick : y.ticks()) {
    text += line(left, y.at(tick), right, y.at(tick), "#ddd");
    text += words(left - 8, y.at(tick) + 4, Anchor::end, number(tick));
  }
  text += words((left + right) / 2, bottom + 40, Anchor::middle, lines.x_title);
  text += words(left, top - 8, Anchor::start, lines.y_title, " font-size=\"12\" fill=\"#555\"");
  for (std::size_t n = 0; n < lines.series.size(); ++n) {
    std::string path;
    for (const auto& [at, value] : lines.series[n].points) {
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x.at(at), y.at(value.median));
      text += line(x.at(at), y.at(value.low), x.at(at), y.at(value.high), colour(n));
      text += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\"/>\n", x.at(at), y.at(value.median),
                          colour(n));
    }
    text += fmt::format("<path d=\"{}\" stroke=\"{}\" stroke-width=\"2\" fill=\"none\"/>\n", path, colour(n));
  }
  return page(bottom + 56, lines.title, text);
}

}  // namespace fairlead::bench
