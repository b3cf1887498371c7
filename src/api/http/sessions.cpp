#include "api/http/sessions.hpp"

#include <algorithm>

#include "base/secret.hpp"

namespace fairlead::api::http {

Result<std::string> Sessions::begin(const std::string& token, Time now) {
  auto id = random_secret();
  if (!id) return id;
  std::erase_if(
      known_, [&](const auto& entry) { return entry.second.used + unused_for <= now || entry.second.token != token; });
  if (known_.size() >= most)
    known_.erase(std::ranges::min_element(known_, {}, [](const auto& entry) { return entry.second.used; }));
  known_[*id] = {token, now};
  return id;
}

bool Sessions::use(const std::string& id, const std::string& token, Time now) {
  // An id has 256 random bits: how long the search takes tells nobody anything of use.
  const auto found = known_.find(id);
  if (found == known_.end() || found->second.token != token || found->second.used + unused_for <= now) return false;
  found->second.used = now;
  return true;
}

}  // namespace fairlead::api::http
