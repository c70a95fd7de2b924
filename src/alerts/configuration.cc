// The only place of the folder that includes toml++, which throws.
#include "alerts/configuration.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include <toml++/toml.h>

#include "alerts/secret.h"

namespace nightjar::alerts {
namespace {

constexpr size_t kMaxFileSize = size_t{1} << 20;
constexpr size_t kMaxTables = 1000;
constexpr size_t kMaxTextSize = 2000;
constexpr int64_t kLongestTimeout = 120;
constexpr std::array<std::string_view, 3> kEncryptions{"starttls", "tls", "none"};
// docs/incidents.md, "Kinds".
constexpr std::array<std::string_view, 7> kIncidentKinds{
    "withdrawn", "announced-dark", "dark", "partial", "throttled", "traffic-down", "sites-blocked"};

// The first thing that is wrong; everything that is read after it is dropped.
struct Complaint {
  std::optional<Error> error;

  void set(const toml::source_region& source, std::string_view what) {
    if (error) return;
    error = Error{ErrorKind::kInvalid,
                  fmt::format("line {}, column {}: {}", source.begin.line, source.begin.column, what)};
  }
};

// One table. Each key that is asked for is known; finish() complains about the first other one.
class Table {
 public:
  Table(const toml::table& table, Complaint& complaint) : table_(table), complaint_(complaint) {}

  bool has(std::string_view key) const { return table_.contains(key); }
  void complain(std::string_view key, std::string_view what) {
    const toml::node* found = table_.get(key);
    complaint_.set(found ? found->source() : table_.source(), fmt::format("'{}' {}", key, what));
  }
  void require(std::string_view key) {
    if (!has(key)) complain(key, "is missing");
  }

  std::string text(std::string_view key) {
    const toml::node* found = get(key);
    if (!found) return {};
    return textOf(*found, key);
  }
  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> list;
    const toml::node* found = get(key);
    if (!found) return list;
    const toml::array* array = found->as_array();
    if (!array || array->empty()) return complain(key, "must be a list of texts"), list;
    for (const toml::node& element : *array) list.push_back(textOf(element, key));
    return list;
  }
  double share(std::string_view key, double otherwise) {
    const toml::node* found = get(key);
    if (!found) return otherwise;
    const double value = found->value<double>().value_or(-1);
    if (!(value >= 0 && value <= 1)) complain(key, "must be a number from 0 to 1");
    return value;
  }
  Seconds duration(std::string_view key, Seconds otherwise) {
    const toml::node* found = get(key);
    if (!found) return otherwise;
    const auto parsed = parseDuration(found->value_exact<std::string>().value_or(""));
    if (!parsed) complain(key, "must be a duration in quotes such as \"90s\" or \"2h\"");
    return parsed.value_or(otherwise);
  }
  template <size_t N>
  size_t word(std::string_view key, const std::array<std::string_view, N>& words) {
    const std::string value = text(key);
    const auto at = std::find(words.begin(), words.end(), value);
    if (at != words.end()) return static_cast<size_t>(at - words.begin());
    complain(key, fmt::format("must be one of {}", fmt::join(words, ", ")));
    return 0;
  }
  // [[key]]
  template <typename Use>
  void tables(std::string_view key, Use use) {
    const toml::node* found = get(key);
    if (!found) return;
    const toml::array* array = found->as_array();
    if (!array) return complain(key, fmt::format("must be written as [[{}]]", key));
    if (array->size() > kMaxTables)
      return complain(key, fmt::format("stands more than {} times", kMaxTables));
    for (const toml::node& element : *array) {
      const toml::table* table = element.as_table();
      if (!table) return complain(key, fmt::format("must be written as [[{}]]", key));
      Table inner(*table, complaint_);
      use(inner);
      inner.finish();
    }
  }
  void finish() {
    for (const auto& [key, value] : table_) {
      if (known_.contains(std::string(key.str()))) continue;
      complaint_.set(key.source(),
                     fmt::format("unknown key '{}'; known here: {}", key.str(), fmt::join(known_, ", ")));
    }
  }

 private:
  const toml::node* get(std::string_view key) {
    known_.emplace(key);
    return table_.get(key);
  }
  std::string textOf(const toml::node& node, std::string_view key) {
    auto value = node.value_exact<std::string>();
    const bool good = value && !value->empty() && value->size() <= kMaxTextSize &&
                      std::none_of(value->begin(), value->end(), [](char c) { return c >= 0 && c < ' '; });
    if (!good) complain(key, "must be one line of text in quotes");
    return good ? *std::move(value) : std::string();
  }

  const toml::table& table_;
  Complaint& complaint_;
  std::set<std::string> known_;
};

std::string readSecret(Table& table, std::string_view key) {
  std::string place = table.text(key);
  if (!place.empty() && !isSecretPlace(place)) {
    table.complain(key, "must name where the secret is: \"file:PATH\" or \"env:NAME\"");
  }
  return place;
}

void readEmail(Table& table, Channel& channel) {
  for (const char* key : {"from", "to"}) table.require(key);
  channel.from = table.text("from");
  channel.to = table.texts("to");
  const auto isAddress = [](const std::string& text) {
    return text.find('@') != std::string::npos && text.find_first_of(" <>,;\"\\") == std::string::npos &&
           std::none_of(text.begin(), text.end(), [](char c) { return c < 0; });
  };
  if (!isAddress(channel.from)) table.complain("from", "must be an address such as alerts@example.org");
  if (!std::all_of(channel.to.begin(), channel.to.end(), isAddress)) {
    table.complain("to", "must hold addresses such as desk@example.org");
  }
  channel.user = table.text("user");
  channel.password = readSecret(table, "password");
  if (channel.user.empty() != channel.password.empty())
    table.complain("user", "needs 'password', and the reverse");
  if (table.has("encryption"))
    channel.encryption = static_cast<Encryption>(table.word("encryption", kEncryptions));
  if (channel.encryption == Encryption::kNone && !channel.user.empty()) {
    table.complain("encryption", "must not be \"none\" where a password is sent");
  }
}

void readUrl(Table& table, Channel& channel) {
  table.require("url");
  channel.url = table.text("url");
  if (isSecretPlace(channel.url)) return;
  const bool email = channel.kind == ChannelKind::kEmail;
  const bool good = email ? channel.url.starts_with("smtp://")
                          : channel.url.starts_with("https://") || channel.url.starts_with("http://");
  if (!good) {
    table.complain("url", email ? "must be smtp://HOST:PORT" : "must begin with https:// or http://");
  }
}

Channel readChannel(Table& table) {
  Channel channel;
  table.require("name");
  channel.name = table.text("name");
  channel.kind = static_cast<ChannelKind>(table.word("kind", kChannelKinds));
  readUrl(table, channel);
  channel.ca_file = table.text("ca_file");
  channel.timeout = table.duration("timeout", channel.timeout);
  if (channel.timeout > Seconds(kLongestTimeout)) {
    table.complain("timeout", fmt::format("must be at most {} seconds", kLongestTimeout));
  }
  if (channel.kind == ChannelKind::kWebhook) channel.secret = readSecret(table, "secret");
  if (channel.kind == ChannelKind::kEmail) readEmail(table, channel);
  if (channel.kind == ChannelKind::kAlertmanager) {
    channel.lasts = table.duration("lasts", std::chrono::hours(6));
  }
  return channel;
}

Rule readRule(Table& table, const std::vector<Channel>& channels) {
  Rule rule;
  for (const std::string& code : table.texts("places")) {
    auto place = Entity::parse(code);
    if (!place) {
      table.complain("places", fmt::format("holds '{}', which is no place", code));
    } else {
      rule.places.push_back(*std::move(place));
    }
  }
  rule.kinds = table.texts("kinds");
  for (const std::string& kind : rule.kinds) {
    if (std::find(kIncidentKinds.begin(), kIncidentKinds.end(), kind) != kIncidentKinds.end()) continue;
    table.complain("kinds",
                   fmt::format("holds '{}', which is none of {}", kind, fmt::join(kIncidentKinds, ", ")));
  }
  rule.least_depth = table.share("least_depth", 0);
  rule.least_duration = table.duration("least_duration", Seconds(0));
  rule.least_confidence = table.share("least_confidence", 0);
  table.require("channels");
  for (const std::string& name : table.texts("channels")) {
    const auto found = std::find_if(channels.begin(), channels.end(),
                                    [&name](const Channel& channel) { return channel.name == name; });
    if (found == channels.end()) {
      table.complain("channels", fmt::format("holds '{}', which is the name of no channel", name));
    } else {
      rule.channels.push_back(static_cast<size_t>(found - channels.begin()));
    }
  }
  return rule;
}

Configuration read(Table& root) {
  Configuration all;
  all.base_url = root.text("base_url");
  while (all.base_url.ends_with('/')) all.base_url.pop_back();
  all.worse_step = root.share("worse_step", all.worse_step);
  if (all.worse_step < 0.01) root.complain("worse_step", "must be at least 0.01");
  all.quiet = root.duration("quiet", all.quiet);
  all.bundle = root.duration("bundle", all.bundle);
  all.settle = root.duration("settle", all.settle);
  all.recent = root.duration("recent", all.recent);
  all.give_up = root.duration("give_up", all.give_up);
  root.tables("channel", [&](Table& table) {
    Channel channel = readChannel(table);
    for (const Channel& other : all.channels) {
      if (other.name == channel.name) table.complain("name", "is that of another channel");
    }
    all.channels.push_back(std::move(channel));
  });
  root.tables("rule", [&](Table& table) { all.rules.push_back(readRule(table, all.channels)); });
  for (const char* key : {"channel", "rule"}) root.require(key);
  root.finish();
  return all;
}

}  // namespace

Result<Configuration> parseConfiguration(std::string_view text) {
  if (text.size() > kMaxFileSize) {
    return fail(ErrorKind::kLimit, fmt::format("a configuration has at most {} bytes", kMaxFileSize));
  }
  try {
    const toml::table table = toml::parse(text);
    Complaint complaint;
    Table root(table, complaint);
    Configuration all = read(root);
    if (complaint.error) return std::unexpected(*complaint.error);
    return all;
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::kInvalid, fmt::format("line {}, column {}: {}", error.source().begin.line,
                                                 error.source().begin.column, error.description()));
  } catch (const std::exception& error) {  // an allocation that failed
    return fail(ErrorKind::kLimit, error.what());
  }
}

}  // namespace nightjar::alerts
