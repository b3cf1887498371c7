#pragma once
// Purpose: a JSON form as a table of docs/ describes it (field, type, meaning, when it is there), to compare real
// documents with: what they have and the table has not, what it promises and they lack, and types.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "base/wall_time.hpp"

namespace fairlead {

class JsonTable {
 public:
  /// The first table below `heading` ("## The JSON of status") in the file.
  JsonTable(const std::string& file, const std::string& heading) {
    std::ifstream stream(file);
    bool below = false;
    for (std::string line; std::getline(stream, line);) {
      if (line.starts_with("## ")) below = line == heading;
      if (below && line.starts_with("| `")) add_row(line);
    }
    EXPECT_FALSE(fields_.empty()) << file << " has no table below " << heading;
  }

  /// What is wrong with a document; nothing where it is as the table says.
  [[nodiscard]] std::vector<std::string> complaints(const nlohmann::json& document) {
    std::vector<std::string> found;
    compare(document, "", found);
    return found;
  }
  /// Fields that no document had.
  [[nodiscard]] std::vector<std::string> unseen() const {
    std::vector<std::string> found;
    for (const auto& [path, field] : fields_)
      if (!seen_.contains(path)) found.push_back(path);
    return found;
  }

 private:
  struct Field {
    std::string type;
    bool always = true;
  };

  /// "a.{b,c}.d" stands for "a.b.d" and "a.c.d".
  static std::vector<std::string> spelt_out(const std::string& path) {
    const auto open = path.find('{');
    if (open == std::string::npos) return {path};
    const auto close = path.find('}', open);
    std::vector<std::string> paths;
    for (const auto name : split(std::string_view(path).substr(open + 1, close - open - 1), ','))
      paths.push_back(path.substr(0, open) + std::string(name) + path.substr(close + 1));
    return paths;
  }

  void add_row(const std::string& line) {
    const auto cells = split(line, '|');
    ASSERT_EQ(cells.size(), 6U) << line;
    const auto trimmed = [](std::string_view cell) {
      const auto begin = cell.find_first_not_of(' ');
      return begin == std::string_view::npos ? ""
                                             : std::string(cell.substr(begin, cell.find_last_not_of(' ') - begin + 1));
    };
    const auto quoted = trimmed(cells[1]);
    const auto there = trimmed(cells[4]);
    for (const auto& path : spelt_out(quoted.substr(1, quoted.size() - 2))) {
      // "`theirs` while …" is said of that one only.
      const bool of_another = there.starts_with('`') && !path.ends_with(there.substr(1, there.find('`', 1) - 1));
      EXPECT_TRUE(fields_.emplace(path, Field{trimmed(cells[2]), there.empty() || of_another}).second) << path;
    }
  }

  static bool fits(const nlohmann::json& value, const std::string& type) {
    if (type.ends_with("[]")) {
      if (!value.is_array()) return false;
      for (const auto& one : value)
        if (!fits(one, type.substr(0, type.size() - 2))) return false;
      return true;
    }
    if (type == "time") return value.is_string() && parse_time(value.get<std::string>()).has_value();
    if (type == "number") return value.is_number();
    return (type == "string" && value.is_string()) || (type == "integer" && value.is_number_integer()) ||
           (type == "boolean" && value.is_boolean()) || (type == "object" && value.is_object());
  }

  void compare(const nlohmann::json& object, const std::string& prefix, std::vector<std::string>& found) {
    for (const auto& [key, value] : object.items()) {
      const auto path = prefix + key;
      const auto field = fields_.find(path);
      if (field == fields_.end()) {
        found.push_back(path + " is not in the table");
        continue;
      }
      seen_.insert(path);
      if (!fits(value, field->second.type))
        found.push_back(path + " is no " + field->second.type + ": " + value.dump());
      if (field->second.type == "object") compare(value, path + ".", found);
      if (field->second.type == "object[]")
        for (const auto& one : value) compare(one, path + "[].", found);
    }
    for (const auto& [path, field] : fields_) {
      const auto own = path.starts_with(prefix) ? path.substr(prefix.size()) : ".";
      if (field.always && !own.contains('.') && !object.contains(own)) found.push_back(path + " is missing");
    }
  }

  std::map<std::string, Field> fields_;
  std::set<std::string> seen_;
};

}  // namespace fairlead
