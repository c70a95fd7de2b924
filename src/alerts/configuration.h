// Whom to tell of what: the file alerts.toml. docs/alerts.md describes every key.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/entity.h"
#include "base/result.h"
#include "base/time.h"

namespace nightjar::alerts {

enum class ChannelKind : uint8_t { kWebhook, kSlack, kMatrix, kEmail, kAlertmanager };
inline constexpr std::array<std::string_view, 5> kChannelKinds{"webhook", "slack", "matrix", "email",
                                                               "alertmanager"};

enum class Encryption : uint8_t { kStartTls, kTls, kNone };

struct Channel {
  std::string name;
  ChannelKind kind = ChannelKind::kWebhook;
  std::string url;      // or where it is to be found, as a secret (see secret.h)
  std::string secret;   // webhook: where the key of the signature is to be found; empty: not signed
  std::string ca_file;  // certificates to trust instead of the system's; empty: the system's
  Seconds timeout{10};  // of one attempt
  Seconds lasts{0};     // alertmanager: an alert that is not told again ends by itself

  Encryption encryption = Encryption::kStartTls;  // e-mail
  std::string from;
  std::vector<std::string> to;
  std::string user;      // empty: no authentication
  std::string password;  // where it is to be found
};

// All that are set must hold.
struct Rule {
  std::vector<Entity> places;      // one of these, or what belongs to one; empty: everywhere
  std::vector<std::string> kinds;  // one of these; empty: any
  double least_depth = 0;
  Seconds least_duration{0};
  double least_confidence = 0;   // asked only where it is known
  std::vector<size_t> channels;  // places in Configuration::channels
};

struct Configuration {
  std::string base_url;  // of `nightjar serve`, for links; empty: none
  double worse_step = 0.1;
  Seconds quiet = std::chrono::minutes(30);   // between two of the same event of one incident
  Seconds bundle = std::chrono::minutes(10);  // networks of one country that fall within it are told together
  Seconds settle = std::chrono::minutes(10);  // an end must stand that long before it is told
  Seconds recent = std::chrono::hours(24);    // what ended earlier than that, and was never told, is history
  Seconds give_up = std::chrono::hours(48);  // a message that could not be delivered for that long is dropped
  std::vector<Channel> channels;
  std::vector<Rule> rules;
};

// Fails with kInvalid, naming line, column and key, and with kLimit on a text that is too large.
Result<Configuration> parseConfiguration(std::string_view toml);

}  // namespace nightjar::alerts
