#include "alerts/parcel.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "alerts/secret.h"

namespace nightjar::alerts {
namespace {

Result<std::string> keyOf(const std::string& secret) {
  constexpr std::string_view kPrefix = "whsec_";
  if (!secret.starts_with(kPrefix)) return secret;
  std::string key(secret.size(), '\0');
  size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<uint8_t*>(key.data()), key.size(), secret.data() + kPrefix.size(),
                        secret.size() - kPrefix.size(), nullptr, &length, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      length == 0) {
    return fail(ErrorKind::kInvalid, "the webhook's secret is not base64 behind whsec_");
  }
  key.resize(length);
  return key;
}

std::string hmacSha256(std::string_view key, std::string_view text) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const uint8_t*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const uint8_t*>(text.data()), text.size());
  std::array<uint8_t, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  std::array<char, sodium_base64_ENCODED_LEN(crypto_auth_hmacsha256_BYTES, sodium_base64_VARIANT_ORIGINAL)>
      text64{};
  sodium_bin2base64(text64.data(), text64.size(), mac.data(), mac.size(), sodium_base64_VARIANT_ORIGINAL);
  return text64.data();
}

Result<void> sign(const Channel& channel, const Message& message, Time now,
                  std::vector<std::string>& headers) {
  const auto seconds = std::chrono::floor<Seconds>(now).time_since_epoch().count();
  headers.push_back(fmt::format("webhook-id: {}", message.id));
  headers.push_back(fmt::format("webhook-timestamp: {}", seconds));
  if (channel.secret.empty()) return {};
  const auto secret = secretAt(channel.secret);
  if (!secret) return std::unexpected(secret.error());
  const auto key = keyOf(*secret);
  if (!key) return std::unexpected(key.error());
  const std::string what = fmt::format("{}.{}.{}", message.id, seconds, message.body);
  headers.push_back(fmt::format("webhook-signature: v1,{}", hmacSha256(*key, what)));
  return {};
}

}  // namespace

Result<Parcel> pack(const Channel& channel, const Message& message, Time now) {
  Parcel parcel{.channel = channel, .url = channel.url, .body = message.body};
  if (isSecretPlace(channel.url)) {
    auto url = secretAt(channel.url);
    if (!url) return std::unexpected(url.error());
    parcel.url = *std::move(url);
  }
  if (channel.kind == ChannelKind::kEmail) {
    auto password = secretAt(channel.password);
    if (!password) return std::unexpected(password.error());
    parcel.password = *std::move(password);
    return parcel;
  }
  if (channel.kind == ChannelKind::kAlertmanager) parcel.url += "/api/v2/alerts";
  parcel.headers = {"Content-Type: application/json",
                    "Expect:", fmt::format("Idempotency-Key: {}", message.id)};
  if (channel.kind == ChannelKind::kWebhook) {
    if (auto done = sign(channel, message, now, parcel.headers); !done) return std::unexpected(done.error());
  }
  return parcel;
}

}  // namespace nightjar::alerts
