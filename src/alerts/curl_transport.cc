#include "alerts/curl_transport.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace nightjar::alerts {
namespace {

constexpr size_t kMostAnswer = size_t{64} << 10;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

List listOf(const std::vector<std::string>& lines) {
  List list;
  for (const std::string& line : lines) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return nullptr;
    if (!list) list.reset(longer);  // later ones hang behind the first
  }
  return list;
}

// libcurl's callbacks: 0, or less than was offered, ends the transfer.
size_t dropAnswer(char* /*data*/, size_t size, size_t count, void* seen) {
  auto& total = *static_cast<size_t*>(seen);
  total += size * count;
  return total > kMostAnswer ? 0 : size * count;
}
size_t giveBody(char* to, size_t size, size_t count, void* rest) {
  auto& body = *static_cast<std::string_view*>(rest);
  const size_t given = std::min(size * count, body.size());
  std::memcpy(to, body.data(), given);
  body.remove_prefix(given);
  return given;
}

bool isRefusal(const Channel& channel, long code) {
  if (channel.kind == ChannelKind::kEmail) return code >= 550 && code < 560;
  return code == 400 || code == 413 || code == 415 || code == 422;
}

class CurlTransport : public Transport {
 public:
  explicit CurlTransport(CURL* handle) : handle_(handle) {}

  Answer send(const Parcel& parcel) override {
    curl_easy_reset(handle_.get());
    error_.fill('\0');
    size_t seen = 0;
    std::string_view rest = parcel.body;
    setLimits(parcel, seen);
    const bool email = parcel.channel.kind == ChannelKind::kEmail;
    const List list = listOf(email ? parcel.channel.to : parcel.headers);
    if (!list) return {Answer::Fate::kLater, "no memory"};
    if (email) {
      setMail(parcel, *list, rest);
    } else {
      set(CURLOPT_HTTPHEADER, list.get());
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(parcel.body.size()));
      set(CURLOPT_POSTFIELDS, parcel.body.c_str());
    }
    const CURLcode result = curl_easy_perform(handle_.get());
    long code = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
    return answerTo(parcel, result, code);
  }

 private:
  struct Cleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  template <typename Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(handle_.get(), option, value) != CURLE_OK) unset_ = true;
  }

  void setLimits(const Parcel& parcel, size_t& seen) {
    unset_ = false;
    set(CURLOPT_URL, parcel.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, parcel.channel.kind == ChannelKind::kEmail ? "smtp,smtps" : "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!parcel.channel.ca_file.empty()) set(CURLOPT_CAINFO, parcel.channel.ca_file.c_str());
    set(CURLOPT_TIMEOUT, static_cast<long>(parcel.channel.timeout.count()));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_ERRORBUFFER, error_.data());
    set(CURLOPT_USERAGENT, "Nightjar");
    set(CURLOPT_WRITEFUNCTION, &dropAnswer);
    set(CURLOPT_WRITEDATA, &seen);
  }

  void setMail(const Parcel& parcel, curl_slist& to, std::string_view& rest) {
    const Channel& channel = parcel.channel;
    const bool tls = channel.encryption == Encryption::kTls;
    const std::string url = tls ? "smtps" + parcel.url.substr(parcel.url.find(':')) : parcel.url;
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_USE_SSL,
        static_cast<long>(channel.encryption == Encryption::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!channel.user.empty()) {
      set(CURLOPT_USERNAME, channel.user.c_str());
      set(CURLOPT_PASSWORD, parcel.password.c_str());
    }
    set(CURLOPT_MAIL_FROM, channel.from.c_str());
    set(CURLOPT_MAIL_RCPT, &to);
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, &giveBody);
    set(CURLOPT_READDATA, &rest);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(parcel.body.size()));
  }

  Answer answerTo(const Parcel& parcel, CURLcode result, long code) const {
    if (unset_) return {Answer::Fate::kLater, "libcurl does not take its settings"};
    const bool email = parcel.channel.kind == ChannelKind::kEmail;
    if (!email && code >= 200 && code < 300 && (result == CURLE_OK || result == CURLE_WRITE_ERROR)) {
      return {Answer::Fate::kDelivered, {}};
    }
    if (email && result == CURLE_OK) return {Answer::Fate::kDelivered, {}};
    const Answer::Fate fate = isRefusal(parcel.channel, code) ? Answer::Fate::kRefused : Answer::Fate::kLater;
    if (result == CURLE_OK || result == CURLE_WRITE_ERROR)
      return {fate, fmt::format("the receiver answered {}", code)};
    return {fate, error_[0] != '\0' ? error_.data() : curl_easy_strerror(result)};
  }

  std::unique_ptr<CURL, Cleanup> handle_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  bool unset_ = false;
};

}  // namespace

Result<std::unique_ptr<Transport>> curlTransport() {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return fail(ErrorKind::kLimit, "libcurl cannot be used");
  CURL* handle = curl_easy_init();
  if (handle == nullptr) return fail(ErrorKind::kLimit, "libcurl cannot be used");
  return std::make_unique<CurlTransport>(handle);
}

}  // namespace nightjar::alerts
