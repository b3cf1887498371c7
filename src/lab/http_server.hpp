#pragma once
// Purpose: a small HTTP server of the lab: one answer to whatever is asked. Source: RFC 9112 (answers end with the
// connection).
#include <string>
#include <vector>

#include "base/error.hpp"
#include "lab/socket.hpp"

namespace fairlead::lab {

/// "200 OK" with `body`, or, with a `location`, "302 Found".
[[nodiscard]] std::string http_answer(const std::string& body, const std::string& location = {});

/// Answers without end.
void serve_http(std::vector<TcpListener> listeners, const std::string& answer);

}  // namespace fairlead::lab
