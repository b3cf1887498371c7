// What open pages are told: one status for all, changes in order, and nothing piled up for one that does not read.
#include <gmock/gmock.h>

#include "../support/http_requests.hpp"
#include "api/http/event_stream.hpp"

namespace fairlead::api::http {
namespace {

using namespace std::chrono_literals;

class HttpEvents : public testing::Test {
 protected:
  std::string read(EventStream::Reader& reader) {
    std::string text;
    for (const auto& piece : sample::finish(loop_, reader.next())) text += *piece;
    return text;
  }
  /// Until the status was made `times` times.
  void run_until_made(int times) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    loop_.restart();
    while (made_ < times && std::chrono::steady_clock::now() < deadline) loop_.run_one_for(100ms);
    ASSERT_EQ(made_, times);
  }

  boost::asio::io_context loop_{1};
  int made_ = 0;
  EventStream stream_{loop_, [this] { return "{\"n\":" + std::to_string(++made_) + "}"; }};
};

TEST_F(HttpEvents, AReaderBeginsWithWhatWasAndWhatIs) {
  stream_.tell(R"({"kind":"one"})");
  stream_.tell(R"({"kind":"two"})");
  const auto reader = stream_.open();
  EXPECT_EQ(
      read(*reader),
      "event: hello\ndata: {\"events\":[{\"kind\":\"one\"},{\"kind\":\"two\"}]}\n\nevent: status\ndata: {\"n\":1}\n\n");
  stream_.tell(R"({"kind":"three"})");
  EXPECT_EQ(read(*reader), "event: change\ndata: {\"kind\":\"three\"}\n\n");
}

TEST_F(HttpEvents, AStatusIsMadeOnceForAllAndSoonAfterAChange) {
  const auto first = stream_.open();
  const auto second = stream_.open();
  EXPECT_EQ(made_, 2);
  static_cast<void>(read(*first));
  static_cast<void>(read(*second));
  const auto begun = std::chrono::steady_clock::now();
  stream_.tell("{}");
  run_until_made(3);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 500ms);
  for (auto* reader : {first.get(), second.get()})
    EXPECT_EQ(read(*reader), "event: change\ndata: {}\n\nevent: status\ndata: {\"n\":3}\n\n");
  run_until_made(4);
  EXPECT_GT(std::chrono::steady_clock::now() - begun, 900ms) << "then once a second";
}

TEST_F(HttpEvents, NobodyReadsNothingIsMade) {
  auto reader = stream_.open();
  stream_.close(reader);
  reader->close();
  EXPECT_EQ(read(*reader), "");
  stream_.tell("{}");
  loop_.restart();
  loop_.run_for(1200ms);
  EXPECT_EQ(made_, 1);
}

TEST_F(HttpEvents, OneThatDoesNotKeepUpIsLetGo) {
  const auto reader = stream_.open();
  for (std::size_t n = 0; n < EventStream::most_waiting; ++n) stream_.tell("{}");
  EXPECT_EQ(read(*reader), "") << "it comes again, and begins anew";
}

TEST_F(HttpEvents, ThereIsALimit) {
  std::vector<std::shared_ptr<EventStream::Reader>> readers;
  for (std::size_t n = 0; n < EventStream::most_readers; ++n) readers.push_back(stream_.open());
  EXPECT_TRUE(readers.back());
  EXPECT_FALSE(stream_.open());
  stream_.close(readers.back());
  EXPECT_TRUE(stream_.open());
}

}  // namespace
}  // namespace fairlead::api::http
