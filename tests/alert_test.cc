// `nightjar alert`: the real binary against receivers that take, refuse, hang and die, and against a real
// mail server and Alertmanager.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "http_receiver.h"
#include "run_program.h"
#include "series/store.h"

namespace nightjar::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kOk = HttpReceiver::kOk;
const std::string kFailing = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

// A child that is killed, if it still runs, with the object.
class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments, rlim_t most_file_bytes = RLIM_INFINITY) {
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ != 0) return;
    const rlimit limit{most_file_bytes, most_file_bytes};
    if (most_file_bytes != RLIM_INFINITY) setrlimit(RLIMIT_FSIZE, &limit);
    const int null = open("/dev/null", O_RDWR);
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, descriptor);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) stop(SIGKILL);
  }
  pid_t pid() const { return pid_; }
  // Its exit status, or 128 and the signal's number.
  int wait() {
    int status = 0;
    waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  int stop(int signal) {
    kill(pid_, signal);
    return wait();
  }

 private:
  pid_t pid_ = -1;
};

class AlertTest : public testing::Test {
 protected:
  std::string store() const { return folder_ / "store"; }
  std::string config() const { return folder_ / "alerts.toml"; }

  void put(const std::string& id, const std::string& entity, const std::string& end = {}) {
    const auto store = series::openStore(this->store());
    ASSERT_TRUE(store) << store.error().describe();
    series::StoredIncident incident{
        id, 0, "nightjar", Entity::parse(entity).value(), parseTime("2022-01-05T10:00:00Z").value(), {}, {}};
    if (!end.empty()) incident.end = parseTime(end).value();
    incident.json = fmt::format(
        R"({{"id":"{}","name":"Қазақстан","kind":"withdrawn","state":"{}","depth":0.9,"simulation":"a test",)"
        R"("judged_until":"2022-01-05T18:00:00Z"}})",
        id, end.empty() ? "open" : "ended");
    ASSERT_TRUE((*store)->putIncident(incident));
  }
  void configure(const std::string& text) { writeFile(config(), text); }
  void configureWebhook(const std::string& url, const std::string& more = {}) {
    configure(
        fmt::format("[[channel]]\nname = \"desk\"\nkind = \"webhook\"\nurl = \"{}\"\n{}\n"
                    "[[rule]]\nchannels = [\"desk\"]\n",
                    url, more));
  }
  std::vector<std::string> command(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{NIGHTJAR_BINARY, "alert", "--store", store(), "--config", config()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Outcome run(const std::vector<std::string>& more = {}) const { return runProgram(command(more)); }

  const TemporaryFolder folder_;
};

std::string idOf(const Received& one) {
  const auto found = one.headers.find("idempotency-key");
  return found == one.headers.end() ? "" : found->second;
}

TEST_F(AlertTest, TellsOnceThatItIsDownAndOnceThatItIsBack) {
  const HttpReceiver receiver;
  put("KZ-1", "KZ");
  configureWebhook(receiver.url());
  EXPECT_EQ(run().status, 0);
  EXPECT_EQ(run().status, 0);
  ASSERT_EQ(receiver.received().size(), 1U);
  EXPECT_THAT(receiver.received()[0].body, HasSubstr(R"("event":"down")"));
  EXPECT_THAT(receiver.received()[0].body, HasSubstr(R"("title":"SIMULATION: DOWN: Қазақстан (KZ) since)"));
  put("KZ-1", "KZ", "2022-01-05T15:30:00Z");
  EXPECT_EQ(run().status, 0);
  EXPECT_EQ(run().status, 0);
  ASSERT_EQ(receiver.received().size(), 2U);
  EXPECT_THAT(receiver.received()[1].body, HasSubstr(R"("event":"restored")"));
  EXPECT_THAT(receiver.received()[1].body, HasSubstr("after 5h 30m"));
}

TEST_F(AlertTest, AReceiverCanCheckWhoSentIt) {
  const HttpReceiver receiver;
  put("KZ-1", "KZ");
  writeFile(folder_ / "key", std::string("a key of this test\n"));
  chmod((folder_ / "key").c_str(), 0600);
  configureWebhook(receiver.url(), fmt::format("secret = \"file:{}\"", (folder_ / "key").string()));
  EXPECT_EQ(run().status, 0);
  ASSERT_EQ(receiver.received().size(), 1U);
  Received one = receiver.received()[0];
  const std::string what =
      one.headers["webhook-id"] + "." + one.headers["webhook-timestamp"] + "." + one.body;
  const std::string key = "a key of this test";
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const uint8_t*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const uint8_t*>(what.data()), what.size());
  std::array<uint8_t, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  std::array<char, 64> text{};
  sodium_bin2base64(text.data(), text.size(), mac.data(), mac.size(), sodium_base64_VARIANT_ORIGINAL);
  EXPECT_EQ(one.headers["webhook-signature"], std::string("v1,") + text.data());
  EXPECT_EQ(one.headers["idempotency-key"], one.headers["webhook-id"]);
}

TEST_F(AlertTest, KilledBeforeTheAnswerItTellsAgainUnderTheSameId) {
  std::atomic<pid_t> victim = 0;
  const HttpReceiver receiver([&](const Received&) -> std::string {
    if (const pid_t pid = victim.exchange(0); pid > 0) kill(pid, SIGKILL);
    return kOk;
  });
  put("KZ-1", "KZ");
  configureWebhook(receiver.url());
  // Stopped at first, so that the receiver knows whom to kill.
  std::vector<std::string> words{"sh", "-c", "kill -STOP $$; exec \"$@\"", "sh"};
  for (const std::string& word : command()) words.push_back(word);
  Child child(words);
  int stopped = 0;
  waitpid(child.pid(), &stopped, WUNTRACED);
  victim = child.pid();
  kill(child.pid(), SIGCONT);
  EXPECT_EQ(child.wait(), 128 + SIGKILL);
  EXPECT_EQ(run().status, 0);
  ASSERT_EQ(receiver.received().size(), 2U);
  EXPECT_EQ(idOf(receiver.received()[0]), idOf(receiver.received()[1]));
  EXPECT_EQ(receiver.received()[0].body, receiver.received()[1].body);
}

TEST_F(AlertTest, KilledAtAnyMomentNothingIsLostOrToldTwiceUnderTwoIds) {
  const HttpReceiver receiver;
  const std::vector<std::string> countries{"KZ", "EG", "IR", "IQ", "SY", "CU", "MM", "UG", "TG", "ET",
                                           "SD", "TD", "GA", "CM", "VE", "BY", "TM", "UZ", "KG", "TJ"};
  for (const std::string& country : countries) put(country + "-1", country);
  configureWebhook(receiver.url());
  std::mt19937 random(7);
  int kills = 0;
  for (int i = 0; i < 60; ++i) {
    Child child(command());
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 60'000));
    kills += child.stop(SIGKILL) == 128 + SIGKILL ? 1 : 0;
  }
  EXPECT_GT(kills, 5);
  EXPECT_EQ(run().status, 0);
  std::map<std::string, std::set<std::string>> ids;  // by what was told
  for (const Received& one : receiver.received())
    ids[one.body.substr(one.body.find("\"title\""))].insert(idOf(one));
  EXPECT_EQ(ids.size(), countries.size());
  for (const auto& [told, under] : ids) EXPECT_EQ(under.size(), 1U) << told;
}

TEST_F(AlertTest, AChannelThatFailsWaitsAndHoldsUpNoOther) {
  std::atomic<bool> broken = true;
  const HttpReceiver good;
  const HttpReceiver hanging(
      [&](const Received&) { return std::string(broken ? HttpReceiver::kHang : kOk); });
  const HttpReceiver failing([&](const Received&) { return broken ? kFailing : kOk; });
  put("KZ-1", "KZ");
  const auto channel = [](const std::string& name, const std::string& url) {
    return fmt::format("[[channel]]\nname = \"{}\"\nkind = \"slack\"\nurl = \"{}\"\ntimeout = \"1s\"\n", name,
                       url);
  };
  configure(channel("hanging", hanging.url()) + channel("failing", failing.url()) +
            channel("nobody", fmt::format("http://127.0.0.1:{}/", freePort())) + channel("good", good.url()) +
            "[[rule]]\nchannels = [\"hanging\", \"failing\", \"nobody\", \"good\"]\n");
  const auto began = std::chrono::steady_clock::now();
  const Outcome first = run();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(8));
  EXPECT_EQ(first.status, 1);
  EXPECT_THAT(first.err, HasSubstr("3 messages wait"));
  EXPECT_THAT(first.err, HasSubstr("failing: attempt 1 failed, the next in"));
  EXPECT_EQ(good.received().size(), 1U);
  broken = false;
  EXPECT_EQ(run().status, 1) << "it is not time yet";
  EXPECT_EQ(good.received().size(), 1U);
  EXPECT_EQ(failing.received().size(), 1U);
  std::this_thread::sleep_for(std::chrono::seconds(10));
  EXPECT_EQ(run().status, 1) << "nobody listens still";
  ASSERT_EQ(failing.received().size(), 2U);
  EXPECT_EQ(idOf(failing.received()[0]), idOf(failing.received()[1]));
  EXPECT_EQ(hanging.received().size(), 2U);
}

TEST_F(AlertTest, NoRedirectIsFollowedAndNoAnswerIsReadWithoutEnd) {
  const HttpReceiver elsewhere;
  const HttpReceiver redirecting([&](const Received&) {
    return fmt::format("HTTP/1.1 307 There\r\nLocation: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                       elsewhere.url());
  });
  put("KZ-1", "KZ");
  configureWebhook(redirecting.url());
  EXPECT_EQ(run().status, 1);
  EXPECT_EQ(redirecting.received().size(), 1U);
  EXPECT_EQ(elsewhere.received().size(), 0U);
  const HttpReceiver talking([](const Received&) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(1 << 20, 'x');
  });
  put("EG-1", "EG");
  configure(fmt::format(
      "[[channel]]\nname = \"b\"\nkind = \"matrix\"\nurl = \"{}\"\n[[rule]]\nchannels = [\"b\"]\n",
      talking.url()));
  const Outcome outcome = run();
  EXPECT_EQ(outcome.status, 0) << "it was taken, whatever is said after that: " << outcome.err;
}

TEST_F(AlertTest, FollowsAStoreThatIsWrittenToUntilItIsInterrupted) {
  const HttpReceiver receiver;
  put("KZ-1", "KZ");
  configureWebhook(receiver.url());
  Child child(command({"--follow"}));
  ASSERT_TRUE(receiver.waitFor(1));
  put("EG-1", "EG");
  ASSERT_TRUE(receiver.waitFor(2));
  EXPECT_THAT(receiver.received()[1].body, HasSubstr("(EG)"));
  EXPECT_EQ(run().status, 1) << "two at once would tell everything twice";
  EXPECT_EQ(child.stop(SIGTERM), 0);
}

TEST_F(AlertTest, AFullDiskLosesNothing) {
  const HttpReceiver receiver;
  constexpr size_t kIncidents = 26;
  for (char letter = 'A'; letter <= 'Z'; ++letter)
    put(fmt::format("A{}-1", letter), fmt::format("A{}", letter));
  configureWebhook(receiver.url());
  constexpr rlim_t kRoom = 40 << 10;  // for SQLite's file beside the store, not for all the messages
  EXPECT_EQ(Child(command(), kRoom).wait(), 1);
  EXPECT_EQ(receiver.received().size(), 0U) << "what could not be kept must not be told";
  EXPECT_EQ(run().status, 0);
  EXPECT_EQ(receiver.received().size(), kIncidents);
}

TEST_F(AlertTest, ADryRunSendsAndKeepsNothing) {
  const HttpReceiver receiver;
  put("KZ-1", "KZ");
  configureWebhook(receiver.url());
  const Outcome outcome = run({"--dry-run"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr("To desk:\nSIMULATION: DOWN: Қазақстан (KZ) since 2022-01-05 10:00 UTC"));
  EXPECT_EQ(receiver.received().size(), 0U);
  EXPECT_FALSE(std::filesystem::exists(store() + ".alerts.db"));
}

TEST_F(AlertTest, WrongFilesAreNamed) {
  configureWebhook("http://127.0.0.1:1/", "colour = \"red\"");
  EXPECT_THAT(run().err, HasSubstr("alerts.toml: line 5, column 1: unknown key 'colour'"));
  configureWebhook("http://127.0.0.1:1/");
  const Outcome outcome = run();
  EXPECT_EQ(outcome.status, 1);
  EXPECT_FALSE(std::filesystem::exists(store() + ".alerts.db"));
}

// Waits up to ten seconds until somebody listens there.
bool listens(uint16_t port, const std::string& greeting) {
  for (int i = 0; i < 200; ++i) {
    if (!converse(port, greeting).empty()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

TEST_F(AlertTest, MailGoesEncryptedToARealServer) {
  constexpr const char* kPython = "/usr/bin/python3";
  if (runProgram({kPython, "-c", "import aiosmtpd"}).status != 0)
    GTEST_SKIP() << "python3-aiosmtpd is missing";
  const std::string key = folder_ / "key.pem";
  const std::string certificate = folder_ / "certificate.pem";
  if (runProgram({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                  "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
                  "-out", certificate})
          .status != 0) {
    GTEST_SKIP() << "openssl is missing";
  }
  const uint16_t port = freePort();
  const Child server({kPython, "-m", "aiosmtpd", "-n", "-l", fmt::format("127.0.0.1:{}", port), "--tlscert",
                      certificate, "--tlskey", key, "-c", "aiosmtpd.handlers.Mailbox", folder_ / "mail"});
  ASSERT_TRUE(listens(port, "QUIT\r\n"));
  put("KZ-1", "KZ");
  const auto configureMail = [&](const std::string& more) {
    configure(
        fmt::format("[[channel]]\nname = \"mail\"\nkind = \"email\"\nurl = \"smtp://127.0.0.1:{}\"\n"
                    "from = \"nightjar@example.org\"\nto = [\"a@example.org\", \"b@example.org\"]\n{}\n"
                    "[[rule]]\nchannels = [\"mail\"]\n",
                    port, more));
  };
  configureMail("");
  const Outcome refused = run();
  EXPECT_EQ(refused.status, 1) << "nobody vouches for the server's certificate";
  EXPECT_THAT(refused.err, HasSubstr("certificate"));
  std::filesystem::remove(store() + ".alerts.db");  // instead of waiting for the next attempt
  configureMail(fmt::format("ca_file = \"{}\"", certificate));
  const Outcome sent = run();
  EXPECT_EQ(sent.status, 0) << sent.err;
  std::vector<std::string> mails;
  for (const auto& file : std::filesystem::directory_iterator(folder_ / "mail/new"))
    mails.push_back(readFile(file));
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_THAT(mails[0], HasSubstr("From: Nightjar <nightjar@example.org>"));
  EXPECT_THAT(mails[0], HasSubstr("X-RcptTo: a@example.org, b@example.org"));
  EXPECT_THAT(mails[0], HasSubstr("Subject: =?UTF-8?B?"));
  EXPECT_THAT(mails[0], HasSubstr("Content-Transfer-Encoding: base64"));
}

TEST_F(AlertTest, AlertmanagerHoldsTheAlertUntilItIsBack) {
  const uint16_t port = freePort();
  writeFile(folder_ / "alertmanager.yml",
            std::string("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"));
  const Child server({"prometheus-alertmanager", "--config.file=" + (folder_ / "alertmanager.yml").string(),
                      "--storage.path=" + (folder_ / "alertmanager").string(),
                      "--cluster.listen-address=", fmt::format("--web.listen-address=127.0.0.1:{}", port)});
  if (runProgram({"prometheus-alertmanager", "--version"}).status != 0) {
    GTEST_SKIP() << "prometheus-alertmanager is missing";
  }
  const std::string question = "GET /api/v2/alerts HTTP/1.0\r\n\r\n";
  ASSERT_TRUE(listens(port, question));
  // An alert whose end lies behind is dropped, so that the whole story has to be told now.
  put("KZ-1", "KZ");
  configure(
      fmt::format("[[channel]]\nname = \"am\"\nkind = \"alertmanager\"\nurl = \"http://127.0.0.1:{}\"\n"
                  "[[rule]]\nchannels = [\"am\"]\n",
                  port));
  const Outcome down = run();
  EXPECT_EQ(down.status, 0) << down.err;
  EXPECT_THAT(converse(port, question), HasSubstr("\"incident\":\"KZ-1\""));
  put("KZ-1", "KZ", "2022-01-05T15:30:00Z");
  const Outcome back = run();
  EXPECT_EQ(back.status, 0) << back.err;
  EXPECT_THAT(converse(port, question), Not(HasSubstr("\"incident\":\"KZ-1\"")));
}

}  // namespace
}  // namespace nightjar::test
