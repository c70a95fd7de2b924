// Any text as a configuration of alerts, and as an incident's document: something that holds together, or an
// error.
#include <cstdlib>
#include <string_view>

#include "alerts/configuration.h"
#include "alerts/message.h"
#include "alerts/outage.h"

namespace {

using namespace nightjar;  // NOLINT(google-build-using-namespace)

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = alerts::parseConfiguration(text);
  if (!read) {
    require(!read.error().message.empty());
  } else {
    require(!read->channels.empty() && !read->rules.empty());
    for (const alerts::Rule& rule : read->rules) {
      for (const size_t channel : rule.channels) require(channel < read->channels.size());
    }
  }
  series::StoredIncident stored{"KZ-1", 1, "nightjar", Entity::country("KZ"), Time(Seconds(1'641'376'800)),
                                {},     {}};
  stored.json = text;
  const auto outage = alerts::readOutage(stored);
  if (!outage) return 0;
  alerts::Configuration configuration;
  configuration.channels = {{.name = "desk"},
                            {.name = "mail", .kind = alerts::ChannelKind::kEmail, .from = "a@b"}};
  for (size_t channel = 0; channel < configuration.channels.size(); ++channel) {
    const auto message = alerts::writeMessage(configuration, {channel, alerts::Event::kDown, {&*outage}},
                                              outage->judged_until);
    require(message.title.find('\n') == std::string::npos && message.title.find('\r') == std::string::npos);
    require(message.id.size() == 32);
  }
  return 0;
}
