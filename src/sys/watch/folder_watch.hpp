#pragma once
// Purpose: tells when a file of a folder is written or replaced, from the event loop. Source: inotify(7).
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <string>

#include "base/error.hpp"

namespace fairlead::watch {

class FolderWatch {
 public:
  /// `changed` is called with the file's name; an empty name: something changed, and the kernel cannot say what.
  FolderWatch(boost::asio::io_context& loop, std::function<void(const std::string& name)> changed)
      : events_(loop), changed_(std::move(changed)) {}

  /// Makes the folder where there is none.
  Result<void> start(const std::string& folder);

 private:
  void wait();
  void take();

  boost::asio::posix::stream_descriptor events_;
  std::function<void(const std::string&)> changed_;
};

}  // namespace fairlead::watch
