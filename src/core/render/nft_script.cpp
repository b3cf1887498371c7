#include "core/render/nft_script.hpp"

#include <fmt/format.h>

#include <iterator>

namespace fairlead::render {
namespace {

using Output = std::back_insert_iterator<std::string>;

std::string element_list(const std::map<std::string, std::string>& elements, const std::string& separator,
                         bool with_data) {
  std::string text;
  for (const auto& [key, data] : elements) {
    if (!text.empty()) text += separator;
    text += key;
    if (with_data && !data.empty()) text += " : " + data;
  }
  return text;
}

std::string definition(const nft::CtHelper& helper) {
  return fmt::format("type \"{}\" protocol {};", helper.type, helper.protocol);
}

std::string definition(const nft::Flowtable& flowtable, const char* separator) {
  std::string devices;
  for (const auto& device : flowtable.devices) devices += fmt::format("{}\"{}\"", devices.empty() ? "" : ", ", device);
  auto text = fmt::format("hook ingress priority 0;{}devices = {{ {} }};", separator, devices);
  if (flowtable.in_hardware) text += fmt::format("{}flags offload;", separator);
  return text;
}

void write_set(Output out, const std::string& name, const nft::Set& set) {
  fmt::format_to(out, "\t{} {} {{\n", set.is_map ? "map" : "set", name);
  std::string_view rest = set.definition;
  while (!rest.empty()) {
    const auto end = rest.find(';');
    fmt::format_to(out, "\t\t{}\n", rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  }
  fmt::format_to(out, "\t\tcomment \"{}\"\n", comment(set));
  if (!set.elements.empty())
    fmt::format_to(out, "\t\telements = {{ {} }}\n", element_list(set.elements, ",\n\t\t\t     ", true));
  fmt::format_to(out, "\t}}\n\n");
}

void write_chain(Output out, const std::string& name, const nft::Chain& chain) {
  fmt::format_to(out, "\tchain {} {{\n", name);
  if (!chain.hook.empty()) fmt::format_to(out, "\t\t{}\n", chain.hook);
  for (const auto& rule : chain.rules) fmt::format_to(out, "\t\t{} comment \"{}\"\n", rule.text, comment(rule));
  fmt::format_to(out, "\t}}\n\n");
}

}  // namespace

std::string nft_table(const nft::Table& table) {
  std::string text;
  const Output out(text);
  fmt::format_to(out, "table {} {{\n", nft::table_name);
  for (const auto& [name, helper] : table.helpers)
    fmt::format_to(out, "\tct helper {} {{\n\t\t{}\n\t}}\n\n", name, definition(helper));
  for (const auto& [name, flowtable] : table.flowtables)
    fmt::format_to(out, "\tflowtable {} {{\n\t\t{}\n\t}}\n\n", name, definition(flowtable, "\n\t\t"));
  for (const auto& [name, set] : table.sets) write_set(out, name, set);
  for (const auto& [name, chain] : table.chains) write_chain(out, name, chain);
  if (text.ends_with("\n\n")) text.pop_back();
  return text + "}\n";
}

std::string nft_add_helper(const std::string& name, const nft::CtHelper& helper) {
  return fmt::format("add ct helper {} {} {{ {} }}\n", nft::table_name, name, definition(helper));
}

std::string nft_add_flowtable(const std::string& name, const nft::Flowtable& flowtable) {
  return fmt::format("add flowtable {} {} {{ {} }}\n", nft::table_name, name, definition(flowtable, " "));
}

std::string nft_add_set(const std::string& name, const nft::Set& set) {
  return fmt::format("add {} {} {} {{ {} comment \"{}\"; }}\n", set.is_map ? "map" : "set", nft::table_name, name,
                     set.definition, comment(set));
}

std::string nft_add_chain(const std::string& name, const nft::Chain& chain) {
  if (chain.hook.empty()) return fmt::format("add chain {} {}\n", nft::table_name, name);
  return fmt::format("add chain {} {} {{ {} }}\n", nft::table_name, name, chain.hook);
}

std::string nft_add_rule(const std::string& chain, const nft::Rule& rule) {
  return fmt::format("add rule {} {} {} comment \"{}\"\n", nft::table_name, chain, rule.text, comment(rule));
}

std::string nft_elements(const char* verb, const std::string& name, const std::map<std::string, std::string>& elements,
                         bool with_data) {
  if (elements.empty()) return "";
  return fmt::format("{} element {} {} {{ {} }}\n", verb, nft::table_name, name,
                     element_list(elements, ", ", with_data));
}

}  // namespace fairlead::render
