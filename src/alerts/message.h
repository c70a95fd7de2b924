// News in words, and as what each kind of channel takes.
#pragma once

#include <string>

#include "alerts/configuration.h"
#include "alerts/decide.h"

namespace nightjar::alerts {

// As it is kept until it is delivered: the same bytes at every attempt.
struct Message {
  std::string id;  // permanent, 32 hexadecimal digits
  std::string channel;
  ChannelKind kind = ChannelKind::kWebhook;  // that `body` was written for
  Time created;
  std::string title;  // one line: "DOWN: Egypt (EG) since 2011-01-27 22:10 UTC, 89 % below usual"
  std::string body;
};

// The line and the words behind it, as mail and chats show them.
struct Words {
  std::string title;
  std::string text;
};
Words wordsOf(const Configuration& configuration, const News& news);

// `body` is JSON (docs/alerts.md; Slack's incoming webhooks; Alertmanager's POST /api/v2/alerts) or a mail
// (RFC 5322).
Message writeMessage(const Configuration& configuration, const News& news, Time now);

}  // namespace nightjar::alerts
