#pragma once
// Purpose: figures as pictures: values → SVG 1.1, without anything else. Colours are of Okabe and Ito's set, which
// people with any colour vision can tell apart; the background is white, for pages that are dark.
#include <string>
#include <vector>

#include "figure.hpp"

namespace fairlead::bench {

struct Plot {
  std::string file;  ///< name, without a folder
  std::string svg;
};

/// Bars that lie, with a label each; a bar of every series for each label. The spread is drawn over their ends.
struct Bars {
  std::string title;
  std::string unit;
  std::vector<std::string> labels;
  struct Series {
    std::string name;
    std::vector<Figure> values;  ///< one a label
  };
  std::vector<Series> series;
};
[[nodiscard]] std::string svg_of(const Bars& bars);

struct Lines {
  std::string title;
  std::string x_title;
  std::string y_title;
  bool log_x = false;  ///< then all x are above 0
  bool log_y = false;
  struct Point {
    double x = 0;
    Figure y;
  };
  struct Series {
    std::string name;
    std::vector<Point> points;
  };
  std::vector<Series> series;
};
[[nodiscard]] std::string svg_of(const Lines& lines);

}  // namespace fairlead::bench
