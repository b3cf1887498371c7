#pragma once
// Purpose: one question to Kea's control socket and its answer, within the event loop. Kea takes one a connection, and
// ends the answer by closing. Source: Kea Administrator Reference Manual 2.2, chapter 17.
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "base/error.hpp"

namespace fairlead::kea {

/// `done` is called once, from the loop, with the bytes of the answer, or with why there is none within `patience`.
void ask(boost::asio::io_context& loop, const std::string& socket, std::string question,
         std::chrono::milliseconds patience, std::function<void(Result<std::string>)> done);

}  // namespace fairlead::kea
