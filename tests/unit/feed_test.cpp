// The monitor's stream: a slow reader loses lines and learns how many, a dead one costs nothing.
#include <gmock/gmock.h>

#include <boost/asio.hpp>
#include <nlohmann/json.hpp>

#include "api/feed.hpp"

namespace fairlead::api {
namespace {

namespace asio = boost::asio;
using Socket = asio::local::stream_protocol::socket;

class FeedTest : public testing::Test {
 protected:
  /// A reader's own end; the feed serves the other one.
  Socket reader() {
    Socket ours(loop_);
    auto theirs = std::make_shared<Socket>(loop_);
    asio::local::connect_pair(ours, *theirs);
    served_.push_back(theirs);
    asio::co_spawn(loop_, feed_.serve(theirs), asio::detached);
    turn();
    return ours;
  }
  void turn() {
    loop_.restart();
    loop_.poll();
  }
  /// All lines that come until the feed has nothing more to say.
  std::vector<std::string> lines_of(Socket& reader) {
    std::string text;
    reader.non_blocking(true);
    for (;;) {
      turn();
      std::array<char, 65536> buffer{};
      boost::system::error_code failed;
      const auto size = reader.read_some(asio::buffer(buffer), failed);
      if (failed) break;
      text.append(buffer.data(), size);
    }
    std::vector<std::string> lines;
    for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
      lines.push_back(text.substr(begin, end - begin));
    return lines;
  }

  asio::io_context loop_;
  Feed feed_{[] { return std::vector<std::string>{"opening"}; }};
  std::vector<std::weak_ptr<Socket>> served_;
};

TEST_F(FeedTest, EveryReaderGetsTheOpeningAndThenEveryLine) {
  auto one = reader();
  feed_.send("1");
  auto two = reader();
  feed_.send("2");
  EXPECT_THAT(lines_of(one), testing::ElementsAre(R"({"ok":true})", "opening", "1", "2"));
  EXPECT_THAT(lines_of(two), testing::ElementsAre(R"({"ok":true})", "opening", "2"));
}

TEST_F(FeedTest, ASlowReaderLearnsHowMuchItHasMissed) {
  constexpr int sent = 5000;
  auto slow = reader();
  auto quick = reader();
  const std::string padding(1000, 'x');
  std::size_t quick_got = 0;
  for (int number = 0; number < sent; ++number) {
    feed_.send(std::to_string(number) + padding);
    if (number % 100 == 99) quick_got += lines_of(quick).size();
  }
  EXPECT_EQ(quick_got, sent + 2U) << "it is not held up";
  const auto lines = lines_of(slow);
  int got = 0;
  int missed = 0;
  for (std::size_t i = 2; i < lines.size(); ++i) {
    if (lines[i].ends_with('x')) {
      EXPECT_EQ(lines[i], std::to_string(got + missed) + padding) << "in order, with the gap where it is told";
      ++got;
    } else {
      missed += nlohmann::json::parse(lines[i]).at("missed").get<int>();
    }
  }
  EXPECT_EQ(got + missed, sent);
  EXPECT_GT(missed, 2000) << "what waits is bounded";
  feed_.send("afterwards");
  EXPECT_THAT(lines_of(slow), testing::ElementsAre("afterwards"));
}

TEST_F(FeedTest, AReaderThatIsGoneIsForgotten) {
  auto idle = reader();
  auto busy = reader();
  feed_.send(std::string(1'000'000, 'x'));  // more than the socket takes: the write stays under way
  turn();
  for (const auto& served : served_) EXPECT_FALSE(served.expired());
  idle.close();
  busy.close();
  turn();
  feed_.send("to nobody");
  turn();
  for (const auto& served : served_) EXPECT_TRUE(served.expired());
}

TEST_F(FeedTest, MoreThanSixtyFourReadersAreRefused) {
  std::vector<Socket> readers;
  readers.reserve(64);
  for (int number = 0; number < 64; ++number) readers.push_back(reader());
  auto refused = reader();
  EXPECT_THAT(lines_of(refused), testing::ElementsAre(testing::HasSubstr("too many readers")));
  readers.pop_back();
  turn();
  auto taken = reader();
  EXPECT_THAT(lines_of(taken), testing::ElementsAre(R"({"ok":true})", "opening"));
}

}  // namespace
}  // namespace fairlead::api
