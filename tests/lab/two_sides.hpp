#pragma once
// Purpose: two empty network namespaces with a cable between them, and event loops that run in them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <string>
#include <thread>

#include "base/text.hpp"
#include "lab/process.hpp"
#include "sys/netns/netns.hpp"

namespace fairlead::lab_test {

/// An event loop in a thread of its own, which lives in a network namespace.
class LoopThread {
 public:
  explicit LoopThread(const std::string& network_namespace)
      : thread_([this, network_namespace] {
          const auto guard = netns::enter(network_namespace);
          loop_.run();
        }) {}
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;
  ~LoopThread() {
    loop_.stop();
    thread_.join();
  }

  boost::asio::io_context& loop() { return loop_; }
  /// Runs `work` in the loop and returns when it is done.
  template <typename Work>
  void call(Work work) {
    std::promise<void> done;
    boost::asio::post(loop_, [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }
  /// The loop stands still until the promise is kept, like a program that is stopped.
  void freeze(std::shared_future<void> until) {
    boost::asio::post(loop_, [until] { until.wait(); });
  }

 private:
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ = boost::asio::make_work_guard(loop_);
  std::thread thread_;
};

class TwoSides : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0U) << "needs root: it makes network namespaces";
    static std::atomic<int> counter = 0;
    const auto base = "fl-pair-" + std::to_string(::getpid()) + "-" + std::to_string(++counter);
    left_ = add_namespace(base + "-left");
    right_ = add_namespace(base + "-right");
  }
  void TearDown() override {
    for (const auto& name : namespaces_) ip("netns del " + name);
  }

  static std::string ip(const std::string& arguments) {
    lab::Command command{"ip"};
    for (const auto word : split(arguments, ' ')) command.emplace_back(word);
    auto output = lab::must_run(command);
    EXPECT_TRUE(output) << output.error().message;
    return output.value_or("");
  }
  std::string add_namespace(const std::string& name) {
    ip("netns add " + name);
    namespaces_.push_back(name);
    ip("-n " + name + " link set lo up");
    return name;
  }
  /// `device` in both, up.
  void plug(const std::string& device) const { plug(device, left_, right_); }
  static void plug(const std::string& device, const std::string& one, const std::string& other) {
    ip("link add " + device + " netns " + one + " type veth peer name " + device + " netns " + other);
    for (const auto& side : {one, other}) {
      // Usable at once, without the search for another host that has the same.
      ip("netns exec " + side + " sysctl -qw net.ipv6.conf." + device + ".accept_dad=0");
      ip("-n " + side + " link set " + device + " up");
    }
  }

  std::string left_;
  std::string right_;

 private:
  std::vector<std::string> namespaces_;
};

}  // namespace fairlead::lab_test
