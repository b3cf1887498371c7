#pragma once
// Purpose: an rtnetlink socket in the network namespace of the thread that opens it. Every request is
// acknowledged; the kernel's own words (extended ack) are part of each error; dumps that changed under way are
// taken again, so that a result is always one consistent list.
// Source: linux Documentation/userspace-api/netlink/intro.rst, netlink(7), rtnetlink(7).
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <libmnl/libmnl.h>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "sys/netlink/message.hpp"

namespace fairlead::netlink {

/// The kernel's answer to a request.
struct Answer {
  int error = 0;        ///< an errno value; 0: done
  std::string message;  ///< extended ack; mostly empty on success

  [[nodiscard]] bool ok() const { return error == 0; }
  /// "WHAT: No such process (FIB table does not exist)".
  [[nodiscard]] Error as_error(std::string_view what) const;
};

/// The messages of a finished dump.
class Messages {
 public:
  void append(const nlmsghdr& message);
  void clear() { bytes_.clear(); }
  /// visit(const nlmsghdr&) for each, in the kernel's order.
  template <typename Visitor>
  void for_each(const Visitor& visit) const {
    for (std::size_t at = 0; at < bytes_.size();) {
      const auto* message = reinterpret_cast<const nlmsghdr*>(bytes_.data() + at);
      visit(*message);
      at += NLMSG_ALIGN(std::size_t{message->nlmsg_len});
    }
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

class Socket {
 public:
  /// Stays in the namespace in which it was opened, wherever the thread goes later.
  static Result<Socket> open();

  /// Sends and waits for the acknowledgement. An Error is a failure to talk to the kernel; what the kernel
  /// answered is in Answer.
  Result<Answer> request(Request& request);

  /// NLM_F_DUMP. A table or device that does not exist gives an empty list.
  Result<Messages> dump(Request& request);

  /// The index of a device, if it exists.
  Result<std::optional<IfIndex>> find_link(const std::string& link);
  /// The index of a device that must exist.
  Result<IfIndex> need_link(const std::string& link);

 private:
  struct Close {
    void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
  };
  using Handle = std::unique_ptr<mnl_socket, Close>;

  explicit Socket(Handle handle) : handle_(std::move(handle)), buffer_(buffer_size) {}
  /// One request, its replies and the answer; `interrupted` where the kernel says that the list changed meanwhile.
  Result<Answer> exchange(Request& request, int flags, Messages& replies, bool& interrupted);

  static constexpr std::size_t buffer_size = 65'536;  // larger than any message the kernel puts into a dump

  Handle handle_;
  std::uint32_t sequence_ = 0;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace fairlead::netlink
