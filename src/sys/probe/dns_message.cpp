#include "sys/probe/dns_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace fairlead::probe {
namespace {

constexpr std::size_t header_size = 12;
constexpr std::size_t longest_label = 63;
constexpr std::uint16_t class_in = 1;

std::uint16_t type_of(Family family) { return family == Family::v4 ? 1 : 28; }

void put16(std::vector<std::uint8_t>& bytes, std::uint16_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
  bytes.push_back(static_cast<std::uint8_t>(value & 0xffU));
}

/// Reads forward; after an attempt to read beyond the end, everything is zero and ok() is false.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  std::uint8_t byte() {
    if (at_ >= bytes_.size()) {
      ok_ = false;
      return 0;
    }
    return bytes_[at_++];
  }
  std::uint16_t number() {
    const auto high = byte();
    return static_cast<std::uint16_t>(static_cast<unsigned>(high) << 8U | byte());
  }
  std::span<const std::uint8_t> take(std::size_t size) {
    if (size > bytes_.size() - std::min(at_, bytes_.size())) {
      ok_ = false;
      return {};
    }
    at_ += size;
    return bytes_.subspan(at_ - size, size);
  }
  /// Names of answers are not compared: the question was, and aliases have other names anyway.
  void skip_name() {
    while (ok_) {
      const auto length = byte();
      if (length == 0) return;
      if ((length & 0xc0U) == 0xc0U) {
        static_cast<void>(byte());
        return;
      }
      static_cast<void>(take(length));
    }
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

std::string failure(int code) {
  constexpr std::array names{"", "a format error", "a server failure", "no such name", "not implemented", "a refusal"};
  const auto index = static_cast<std::size_t>(code);
  return index < names.size() ? names.at(index) : fmt::format("error {}", code);
}

}  // namespace

std::vector<std::uint8_t> dns_question(std::uint16_t id, std::string_view name, Family family) {
  std::vector<std::uint8_t> bytes;
  put16(bytes, id);
  put16(bytes, 0x0100);  // recursion desired
  for (const auto count : std::array<std::uint16_t, 4>{1, 0, 0, 0}) put16(bytes, count);
  if (name.ends_with('.')) name.remove_suffix(1);
  while (!name.empty()) {
    const auto label = name.substr(0, name.find('.'));
    if (label.empty() || label.size() > longest_label) return {};
    bytes.push_back(static_cast<std::uint8_t>(label.size()));
    bytes.insert(bytes.end(), label.begin(), label.end());
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  bytes.push_back(0);
  put16(bytes, type_of(family));
  put16(bytes, class_in);
  return bytes;
}

std::expected<std::vector<IpAddress>, std::string> dns_addresses(std::span<const std::uint8_t> answer,
                                                                 std::span<const std::uint8_t> question) {
  const auto wrong = [](std::string text) { return std::unexpected(std::move(text)); };
  if (answer.size() < question.size() || !std::ranges::equal(answer.first(2), question.first(2)))
    return wrong("not the answer to the question");
  Reader reader(answer);
  static_cast<void>(reader.number());
  const auto flags = reader.number();
  if ((flags & 0x8000U) == 0) return wrong("not an answer");
  if ((flags & 0xfU) != 0) return wrong(failure(static_cast<int>(flags & 0xfU)));
  if (reader.number() != 1) return wrong("not the answer to the question");
  const auto count = reader.number();
  static_cast<void>(reader.take(4));
  const auto asked = question.subspan(header_size);
  const auto same = [](std::uint8_t a, std::uint8_t b) {  // a server may change the letters' case
    const auto lower = [](int c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; };
    return lower(a) == lower(b);
  };
  if (!std::ranges::equal(reader.take(asked.size()), asked, same)) return wrong("not the answer to the question");
  std::vector<IpAddress> addresses;
  for (int record = 0; record < count && reader.ok(); ++record) {
    reader.skip_name();
    const auto type = reader.number();
    static_cast<void>(reader.take(6));  // class and lifetime
    const auto data = reader.take(reader.number());
    for (const auto family : families)
      if (type == type_of(family) && data.size() == static_cast<std::size_t>(address_bits(family) / 8))
        addresses.push_back(IpAddress::from_bytes(family, data));
  }
  if (!reader.ok()) return wrong("an answer that ends too early");
  if (addresses.empty()) return wrong("no address");
  return addresses;
}

bool is_walled_garden(const IpAddress& address) {
  static const auto ranges = [] {
    std::vector<Prefix> result;
    for (const auto* text : {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                             "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3", "::/8", "fc00::/7", "fe80::/10"})
      result.push_back(*Prefix::parse(text));
    return result;
  }();
  return std::ranges::any_of(ranges, [&](const Prefix& range) { return range.contains(address); });
}

}  // namespace fairlead::probe
