#include "alerts/message.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sodium.h>

#include <array>
#include <cmath>
#include <iterator>

namespace nightjar::alerts {
namespace {

constexpr size_t kNamed = 10;         // of a long list in words
constexpr double kNearlySure = 0.99;  // 100 % would say too much

// In the order of Event.
constexpr std::array<std::string_view, kEvents.size()> kTitles{"DOWN",     "WORSE",     "PARTLY BACK",
                                                               "RESTORED", "RETRACTED", "STILL DOWN"};

// docs/incidents.md, "Kinds".
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kKindWords{{
    {"withdrawn", "its networks are gone from the Internet's routing tables"},
    {"announced-dark",
     "its networks, all or most of them, are still announced, but hosts there do not answer"},
    {"dark", "most of what is measured there is gone"},
    {"partial", "a part of it cannot be reached"},
    {"throttled", "it can be reached, but slowly or with losses"},
    {"traffic-down", "less is sent from there than usual; whether it was cut cannot be told from that"},
    {"sites-blocked", "sites there cannot be fetched"},
}};

std::string_view kindWords(std::string_view kind) {
  for (const auto& [name, words] : kKindWords) {
    if (name == kind) return words;
  }
  return kind;
}

// "2011-01-27 22:10 UTC"
std::string clock(Time time) {
  std::string text = formatTime(std::chrono::floor<std::chrono::minutes>(time));
  text.resize(16);
  text[10] = ' ';
  return text + " UTC";
}

std::string percent(double share) {
  return fmt::format("{:.0f} %", 100 * share);
}

std::string link(const Configuration& configuration, const Outage& outage) {
  return configuration.base_url.empty() ? ""
                                        : fmt::format("{}/#/incident/{}", configuration.base_url, outage.id);
}

// What is said of one incident on one line.
std::string lineOf(const Outage& outage, Event event) {
  const Fall& fall = outage.whole;
  const std::string since = clock(fall.onset);
  switch (event) {
    case Event::kRestored:
      return fmt::format("{} is back since {}, after {}; at the lowest {} below usual", fall.label(),
                         clock(fall.end.value_or(outage.judged_until)), formatDuration(outage.duration()),
                         percent(fall.depth));
    case Event::kRetracted:
      if (outage.joined_into.empty()) {
        return fmt::format("{}: what was told of {} does not hold; the data show no outage", fall.label(),
                           since);
      }
      return fmt::format("{}: what was told of {} is part of the incident {} now", fall.label(), since,
                         outage.joined_into);
    case Event::kPartlyBack:
      return fmt::format(
          "{} is partly back, still {} below usual; down since {}, at the lowest {} below usual",
          fall.label(), outage.depth_now ? percent(*outage.depth_now) : "an unknown share", since,
          percent(fall.depth));
    default:
      return fmt::format("{} since {}, {} below usual", fall.label(), since,
                         percent(outage.depth_now.value_or(fall.depth)));
  }
}

std::string childrenOf(const Outage& outage) {
  if (outage.children.empty()) return {};
  std::string text = fmt::format("Fell with it ({}): ", outage.children.size());
  for (size_t i = 0; i < outage.children.size() && i < kNamed; ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", outage.children[i].label(),
                        percent(outage.children[i].depth));
  }
  return text + (outage.children.size() > kNamed ? ", ...\n" : "\n");
}

std::string textOfOne(const Configuration& configuration, const Outage& outage, Event event) {
  std::string text = lineOf(outage, event) + ".\n";
  if (event != Event::kRetracted) {
    text += fmt::format("What was seen: {} ({}).\n", kindWords(outage.whole.kind), outage.whole.kind);
    if (outage.open()) {
      text += fmt::format("Lasts {}; known until {}.\n", formatDuration(outage.duration()),
                          clock(outage.judged_until));
    }
    if (outage.confidence)
      text += fmt::format("Probability of an outage: {}.\n",
                          *outage.confidence > kNearlySure ? "over 99 %" : percent(*outage.confidence));
    text += childrenOf(outage);
  }
  text += fmt::format("Incident {}, revision {}\n", outage.id, outage.revision);
  const std::string address = link(configuration, outage);
  return address.empty() ? text : text + address + "\n";
}

std::string textOfMany(const Configuration& configuration, const News& news) {
  std::string text;
  for (const Outage* outage : news.outages) {
    text += fmt::format("- {}{}{}\n", lineOf(*outage, news.event), configuration.base_url.empty() ? "" : " ",
                        link(configuration, *outage));
  }
  return text;
}

const std::string& simulationOf(const News& news) {
  for (const Outage* outage : news.outages) {
    if (!outage->simulation.empty()) return outage->simulation;
  }
  return news.outages.front()->simulation;
}

// BLAKE2b over what makes the message this one and no other.
std::string idOf(const std::string& channel, const News& news, Time now) {
  std::string what =
      fmt::format("{}\n{}\n{}\n", channel, static_cast<int>(news.event), now.time_since_epoch().count());
  for (const Outage* outage : news.outages) what += fmt::format("{} {}\n", outage->id, outage->revision);
  std::array<uint8_t, crypto_generichash_BYTES_MIN> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const uint8_t*>(what.data()), what.size(),
                     nullptr, 0);
  std::string id;
  for (const uint8_t byte : hash) fmt::format_to(std::back_inserter(id), "{:02x}", byte);
  return id;
}

class Json {
 public:
  std::string take() const { return {buffer_.GetString(), buffer_.GetSize()}; }
  Json& open() { return writer_.StartObject(), *this; }
  Json& close() { return writer_.EndObject(), *this; }
  Json& key(const char* name) { return writer_.Key(name), *this; }
  Json& text(std::string_view value) {
    return writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size())), *this;
  }
  Json& field(const char* name, std::string_view value) { return key(name).text(value); }
  Json& field(const char* name, std::optional<Time> value) {
    return value ? field(name, formatTime(*value)) : null(name);
  }
  Json& field(const char* name, std::optional<double> value) {
    if (!value || !std::isfinite(*value)) return null(name);
    return key(name), writer_.Double(*value), *this;
  }
  Json& number(const char* name, int64_t value) { return key(name), writer_.Int64(value), *this; }
  Json& null(const char* name) { return key(name), writer_.Null(), *this; }
  Json& textOrNull(const char* name, std::string_view value) {
    return value.empty() ? null(name) : field(name, value);
  }
  template <typename Each>
  Json& list(const char* name, Each each) {
    if (name != nullptr) key(name);
    writer_.StartArray();
    each();
    return writer_.EndArray(), *this;
  }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

void writeOutage(Json& json, const Configuration& configuration, const Outage& outage) {
  const Fall& fall = outage.whole;
  json.open().field("id", outage.id).number("revision", outage.revision).field("entity", fall.entity.code());
  json.textOrNull("name", fall.name).field("kind", fall.kind).field("onset", std::optional(fall.onset));
  json.field("end", fall.end).field("judged_until", std::optional(outage.judged_until));
  json.number("duration_seconds", outage.duration().count()).field("depth", std::optional(fall.depth));
  json.field("depth_now", outage.depth_now).field("confidence", outage.confidence);
  json.textOrNull("simulation", outage.simulation).textOrNull("joined_into", outage.joined_into);
  json.textOrNull("link", link(configuration, outage));
  json.list("children", [&] {
    for (const Fall& child : outage.children) {
      json.open()
          .field("entity", child.entity.code())
          .textOrNull("name", child.name)
          .field("kind", child.kind);
      json.field("onset", std::optional(child.onset)).field("end", child.end);
      json.field("depth", std::optional(child.depth)).close();
    }
  });
  json.close();
}

std::string webhookBody(const Configuration& configuration, const News& news, const Message& message,
                        const Words& words) {
  Json json;
  json.open().field("id", message.id).field("event", kEvents[static_cast<size_t>(news.event)]);
  json.field("created", std::optional(message.created)).field("title", words.title).field("text", words.text);
  json.textOrNull("simulation", simulationOf(news)).list("incidents", [&] {
    for (const Outage* outage : news.outages) writeOutage(json, configuration, *outage);
  });
  return json.close().take();
}

// https://docs.slack.dev/messaging/formatting-message-text#escaping
std::string escapedForSlack(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// {"text": "..."}: what Slack's incoming webhooks take, and the generic webhooks of Matrix bridges.
std::string chatBody(const std::string& text) {
  Json json;
  return json.open().field("text", text).close().take();
}

// Alertmanager's API v2. Labels tell alerts apart, so that they hold only what never changes.
std::string alertmanagerBody(const Configuration& configuration, const News& news, const Message& message) {
  const bool over = news.event == Event::kRestored || news.event == Event::kRetracted;
  const Time lapses = message.created + configuration.channels[news.channel].lasts;
  Json json;
  json.list(nullptr, [&] {
    for (const Outage* outage : news.outages) {
      const Time end =
          over ? std::max(outage->whole.onset, outage->whole.end.value_or(message.created)) : lapses;
      json.open().field("startsAt", std::optional(outage->whole.onset)).field("endsAt", std::optional(end));
      json.key("labels").open().field("alertname", "InternetOutage").field("incident", outage->id);
      json.field("entity", outage->whole.entity.code()).close();
      const News alone{news.channel, news.event, {outage}};
      const Words words = wordsOf(configuration, alone);
      json.key("annotations").open().field("summary", words.title).field("description", words.text);
      json.field("kind", outage->whole.kind)
          .field("depth", fmt::format("{:.2f}", outage->whole.depth))
          .close();
      const std::string address = link(configuration, *outage);
      if (!address.empty()) json.field("generatorURL", address);
      json.close();
    }
  });
  return json.take();
}

std::string base64(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.resize(text.size() - 1);
  return text;
}

// RFC 2047: words of at most 75 bytes, none of which cuts a character in two.
std::string encodedSubject(std::string_view title) {
  constexpr size_t kBytesInWord = 42;
  std::string header;
  while (!title.empty()) {
    size_t length = std::min(title.size(), kBytesInWord);
    while (length > 1 && length < title.size() && (static_cast<uint8_t>(title[length]) & 0xc0) == 0x80)
      --length;
    header += fmt::format("{}=?UTF-8?B?{}?=", header.empty() ? "" : "\r\n ", base64(title.substr(0, length)));
    title.remove_prefix(length);
  }
  return header;
}

// RFC 5322. Base64 keeps lines short and bytes as they are on every way.
std::string mailBody(const Channel& channel, const Message& message, const Words& words) {
  constexpr size_t kLine = 76;  // RFC 2045, section 6.8
  const std::time_t seconds = std::chrono::system_clock::to_time_t(message.created);
  const std::string domain = channel.from.substr(channel.from.find('@') + 1);
  std::string mail = fmt::format(
      "Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\nFrom: Nightjar <{}>\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: "
      "<{}@{}>\r\n"
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n",
      fmt::gmtime(seconds), channel.from, fmt::join(channel.to, ",\r\n "), encodedSubject(words.title),
      message.id, domain);
  const std::string text = base64(words.text);
  for (size_t at = 0; at < text.size(); at += kLine) mail += text.substr(at, kLine) + "\r\n";
  return mail;
}

}  // namespace

Words wordsOf(const Configuration& configuration, const News& news) {
  const Outage& first = *news.outages.front();
  const std::string& simulation = simulationOf(news);
  Words words;
  const auto event = static_cast<size_t>(news.event);
  if (news.outages.size() == 1) {
    words.title = fmt::format("{}: {}", kTitles[event], lineOf(first, news.event));
    words.text = textOfOne(configuration, first, news.event);
  } else {
    const std::string_view country = first.whole.entity.countryCode();
    words.title = fmt::format("{}: {} networks or regions{}{}", kTitles[event], news.outages.size(),
                              country.empty() ? "" : " of ", country);
    words.text = textOfMany(configuration, news);
  }
  if (!simulation.empty()) {
    words.title = "SIMULATION: " + words.title;
    words.text = fmt::format("*** SIMULATION, NOT A MEASUREMENT: {} ***\n{}", simulation, words.text);
  }
  return words;
}

Message writeMessage(const Configuration& configuration, const News& news, Time now) {
  const Channel& channel = configuration.channels[news.channel];
  const Words words = wordsOf(configuration, news);
  Message message{idOf(channel.name, news, now), channel.name, channel.kind, now, words.title, {}};
  switch (channel.kind) {
    case ChannelKind::kWebhook:
      message.body = webhookBody(configuration, news, message, words);
      break;
    case ChannelKind::kSlack:
      message.body = chatBody(escapedForSlack(fmt::format("*{}*\n{}", words.title, words.text)));
      break;
    case ChannelKind::kMatrix:
      message.body = chatBody(fmt::format("{}\n{}", words.title, words.text));
      break;
    case ChannelKind::kEmail:
      message.body = mailBody(channel, message, words);
      break;
    case ChannelKind::kAlertmanager:
      message.body = alertmanagerBody(configuration, news, message);
      break;
  }
  return message;
}

}  // namespace nightjar::alerts
