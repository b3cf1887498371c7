#pragma once
// Purpose: one question to the control socket of a program on this machine, and its answer, within the event loop. For
// those that take one question a connection and end the answer by closing: Kea (Administrator Reference Manual 2.2,
// chapter 17) and conntrackd.
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "base/error.hpp"

namespace fairlead::local {

struct Program {
  std::string name;  ///< for messages
  std::string socket;
};

/// `done` is called once, from the loop, with the bytes of the answer, or with why there is none within `patience`.
void ask(boost::asio::io_context& loop, const Program& program, std::string question,
         std::chrono::milliseconds patience, std::function<void(Result<std::string>)> done);

}  // namespace fairlead::local
