#pragma once
// Purpose: two routers' ends of the link between them, each in a namespace and thread of its own, and what they heard.
#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "sys/peer/peer_link.hpp"
#include "two_sides.hpp"

namespace fairlead::lab_test {

inline IpAddress address(const char* text) { return IpAddress::parse(text).value(); }

/// A program on one router: its end of the link, and a record of what it was told.
class LinkEnd {
 public:
  LinkEnd(const std::string& network_namespace, const char* ours, const char* theirs)
      : spec_{"sync0", address(ours), address(theirs)}, thread_(network_namespace) {}
  ~LinkEnd() { kill(); }
  LinkEnd(const LinkEnd&) = delete;
  LinkEnd& operator=(const LinkEnd&) = delete;

  void start() {
    thread_.call([this] {
      link_.emplace(thread_.loop(), spec_,
                    peer::Listener{[this] { note("connected"); },
                                   [this](nlohmann::json&& document) { take(std::move(document)); },
                                   [this](const std::string& why) { note("lost: " + why); },
                                   [this](const std::string& what) { note("odd: " + what); }});
    });
  }
  void kill() {
    thread_.call([this] { link_.reset(); });
  }
  bool send(const nlohmann::json& document) {
    bool taken = false;
    thread_.call([&] { taken = link_->send(document); });
    return taken;
  }
  /// In one turn of the loop.
  void send_many(const nlohmann::json& document, int times) {
    thread_.call([&] {
      for (int count = 0; count < times; ++count) EXPECT_TRUE(link_->send(document));
    });
  }
  bool connected() {
    bool is = false;
    thread_.call([&] { is = link_ && link_->connected(); });
    return is;
  }
  LoopThread& thread() { return thread_; }
  [[nodiscard]] const peer::Spec& spec() const { return spec_; }

  std::vector<std::string> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  std::vector<nlohmann::json> documents() {
    const std::lock_guard lock(mutex_);
    return documents_;
  }
  bool hears(std::size_t count, std::chrono::milliseconds at_most = std::chrono::seconds(10)) {
    return lab::wait_until([&] { return documents().size() >= count; }, lab::in(at_most));
  }
  /// Until the events so far hold `count` that begin with `what`.
  bool tells(const std::string& what, std::ptrdiff_t count = 1,
             std::chrono::milliseconds at_most = std::chrono::seconds(5)) {
    return lab::wait_until(
        [&] {
          return std::ranges::count_if(events(), [&](const auto& event) { return event.starts_with(what); }) >= count;
        },
        lab::in(at_most));
  }

 private:
  void note(const std::string& event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
  }
  void take(nlohmann::json&& document) {
    if (document.is_object()) static_cast<void>(document.at("number").get<int>());  // as a careless reader does it
    const std::lock_guard lock(mutex_);
    documents_.push_back(std::move(document));
  }

  peer::Spec spec_;
  std::mutex mutex_;
  std::vector<std::string> events_;
  std::vector<nlohmann::json> documents_;
  LoopThread thread_;
  std::optional<peer::PeerLink> link_;
};

/// The left router has the lower address, so it connects.
class PeerLinks : public TwoSides {
 protected:
  static constexpr const char* left_address = "10.255.0.1";
  static constexpr const char* right_address = "10.255.0.2";

  void SetUp() override {
    TwoSides::SetUp();
    left.emplace(left_, left_address, right_address);
    right.emplace(right_, right_address, left_address);
  }
  void TearDown() override {
    left.reset();
    right.reset();
    TwoSides::TearDown();
  }
  void plug_cable() const {
    plug("sync0");
    ip("-n " + left_ + " address add " + left_address + "/30 dev sync0");
    ip("-n " + right_ + " address add " + right_address + "/30 dev sync0");
  }
  void start_both() {
    left->start();
    right->start();
    ASSERT_TRUE(left->tells("connected") && right->tells("connected"));
  }
  void expect_that_it_carries(const std::string& text) {
    const auto before = std::pair(left->documents().size(), right->documents().size());
    EXPECT_TRUE(left->send(text));
    EXPECT_TRUE(right->send(text));
    ASSERT_TRUE(left->hears(before.first + 1) && right->hears(before.second + 1));
    EXPECT_EQ(left->documents().back(), text);
    EXPECT_EQ(right->documents().back(), text);
  }

  std::optional<LinkEnd> left;
  std::optional<LinkEnd> right;
};

}  // namespace fairlead::lab_test
