// A message on its way: what a transport sends, with the secrets in it, and what became of it.
#pragma once

#include <string>
#include <vector>

#include "alerts/configuration.h"
#include "alerts/message.h"

namespace nightjar::alerts {

struct Parcel {
  const Channel& channel;
  std::string url;
  std::string password;              // e-mail
  std::vector<std::string> headers;  // HTTP
  const std::string& body;
};

struct Answer {
  enum class Fate : uint8_t {
    kDelivered,
    kLater,   // try again
    kRefused  // the receiver will never take this message
  };
  Fate fate = Fate::kLater;
  std::string words;  // what went wrong
};

// Reads the secrets of its channel and signs webhooks as Standard Webhooks has it
// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md): HMAC-SHA256
// over "ID.SECONDS.BODY", in base64 behind "v1,". A key that begins with "whsec_" is base64, as there; any
// other is the bytes of the key themselves. REQUIRES: channel and message outlive the parcel.
Result<Parcel> pack(const Channel& channel, const Message& message, Time now);

class Transport {
 public:
  virtual ~Transport() = default;
  virtual Answer send(const Parcel& parcel) = 0;
};

}  // namespace nightjar::alerts
