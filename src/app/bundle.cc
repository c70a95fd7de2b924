#include "app/bundle.h"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <vector>

#include "app/incident_chart.h"
#include "app/names.h"
#include "app/scratch_folder.h"
#include "app/series_store.h"
#include "detect/incident/judge.h"
#include "detect/print/json.h"
#include "evidence/chart.h"
#include "evidence/manifest.h"
#include "evidence/report_html.h"
#include "series/signal_traits.h"

namespace nightjar::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSamplesAtOnce = 2'000'000;  // 48 MB

Result<void> write(const fs::path& path, std::string_view content) {
  std::ofstream out(path, std::ios::binary);
  out << content;
  out.close();
  if (!out) return std::unexpected(Error{ErrorKind::kIo, "cannot be written", path.string()});
  return {};
}

Result<std::string> read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::unexpected(Error{ErrorKind::kIo, "cannot be read", path.string()});
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// What belongs to the same judgement as an entity: its country, or its network everywhere.
bool isNeeded(const Entity& entity, const Entity& place) {
  const std::string_view country = place.countryCode();
  if (!country.empty() && entity.countryCode() == country) return true;
  return place.asn() && entity.asn() == place.asn();
}

std::unexpected<Error> givenUp() {
  return fail(ErrorKind::kLimit, "given up");
}

// The bins of all those series before `until`, a stretch of them at a time: a store is written bin by bin,
// and where each series came alone, it would pack every one of its pages again and again.
Result<void> copySeries(series::Store& from, const std::vector<series::SeriesInfo>& infos, Bin until,
                        series::Store& to, const GivenUp& given_up) {
  Bin first = until;
  Bin end = Bin{0};
  std::vector<series::SeriesId> ids;
  for (const series::SeriesInfo& info : infos) {
    const auto id = to.idOf(info.key);
    if (!id) return std::unexpected(id.error());
    ids.push_back(*id);
    first = std::min(first, info.first);
    end = std::max(end, std::min(until, info.last.next()));
  }
  const auto stretch =
      static_cast<int64_t>(std::max<size_t>(1, kSamplesAtOnce / std::max<size_t>(1, ids.size())));
  for (Bin begin = first; begin < end; begin = Bin{begin.index + stretch}) {
    const Bin stop = std::min(end, Bin{begin.index + stretch});
    std::vector<std::vector<series::Sample>> by_bin(static_cast<size_t>(stop.index - begin.index));
    for (size_t i = 0; i < infos.size(); ++i) {
      if (given_up && given_up()) return givenUp();
      if (infos[i].last < begin || stop <= infos[i].first) continue;
      const auto series = from.read(infos[i].key, begin, stop);
      if (!series) return std::unexpected(series.error());
      for (size_t at = 0; at < by_bin.size(); ++at) {
        if (series->points[at].present()) by_bin[at].push_back({ids[i], series->points[at]});
      }
    }
    for (size_t at = 0; at < by_bin.size(); ++at) {
      const auto added = to.append(Bin{begin.index + static_cast<int64_t>(at)}, by_bin[at]);
      if (!added) return std::unexpected(added.error());
    }
  }
  return {};
}

// Reads as `series` does, as long as somebody waits.
class PatientReader : public detect::SeriesReader {
 public:
  PatientReader(detect::SeriesReader& series, const GivenUp& given_up)
      : series_(series), given_up_(given_up) {}
  Result<std::vector<series::SeriesKey>> keys() override { return series_.keys(); }
  Result<series::Series> read(const series::SeriesKey& key) override {
    if (given_up_ && given_up_()) return givenUp();
    return series_.read(key);
  }
  Result<series::Series> readSpan(const series::SeriesKey& key, Time from, Time until) override {
    if (given_up_ && given_up_()) return givenUp();
    return series_.readSpan(key, from, until);
  }
  std::string name(const Entity& entity) override { return series_.name(entity); }
  detect::Access access(const Entity& entity) override { return series_.access(entity); }

 private:
  detect::SeriesReader& series_;
  const GivenUp& given_up_;
};

// A store of its own with all that the judgement of `place` looks at, up to the bin `until`.
Result<void> writeBins(series::Store& store, const Entity& place, Bin until, const std::string& path,
                       const GivenUp& given_up) {
  auto bins = series::openStore(path, store.width());
  if (!bins) return std::unexpected(bins.error());
  const auto infos = store.list({});
  if (!infos) return std::unexpected(infos.error());
  if (const auto begun = (*bins)->begin(); !begun) return begun;
  std::vector<series::SeriesInfo> needed;
  std::copy_if(infos->begin(), infos->end(), std::back_inserter(needed),
               [&](const series::SeriesInfo& info) { return isNeeded(info.key.entity, place); });
  if (const auto copied = copySeries(store, needed, until, **bins, given_up); !copied) return copied;
  const auto sources = store.sources();
  if (!sources) return std::unexpected(sources.error());
  for (const series::Source& source : *sources) {
    if (const auto added = (*bins)->addSource(source); !added) return added;
  }
  const auto networks = store.networks();
  if (!networks) return std::unexpected(networks.error());
  if (const auto kept = (*bins)->putNetworks(*networks); !kept) return kept;
  return (*bins)->commit();
}

// The document that judging the bins of `path` gives for the incident; empty where there is no such incident.
Result<std::string> judgeAnew(const std::string& path, const std::string& rule, const std::string& incident,
                              const GivenUp& given_up = {}) {
  const auto bins = series::openStoreForReading(path);
  if (!bins) return std::unexpected(bins.error());
  const auto provenance = provenanceOf(**bins);
  if (!provenance) return std::unexpected(provenance.error());
  detect::JudgeOptions options;
  options.rule = rule;
  options.geo_source = provenance->geolocation;
  options.simulation = provenance->simulation;
  const auto networks = (*bins)->networks();
  if (!networks) return std::unexpected(networks.error());
  StoreReader series(**bins);
  NamedReader named(series, *networks);
  PatientReader reader(named, given_up);
  const auto report = detect::judge(reader, options);
  if (!report) return std::unexpected(report.error());
  for (const detect::Incident& one : report->incidents) {
    if (one.id == incident) return detect::toJson(*report, one);
  }
  return std::string();
}

std::string textOf(const rapidjson::Value& document, const char* field) {
  const auto at = document.FindMember(field);
  return at != document.MemberEnd() && at->value.IsString() ? at->value.GetString() : "";
}

// The names of the fields in which two documents differ.
std::string differences(const std::string& published, const std::string& judged) {
  if (judged.empty()) return "judged anew, there is no such incident";
  rapidjson::Document one, other;
  one.Parse(published.c_str(), published.size());
  other.Parse(judged.c_str(), judged.size());
  if (!one.IsObject() || !other.IsObject()) return "the published document is damaged";
  std::string names;
  for (const auto& member : one.GetObject()) {
    const auto same = other.FindMember(member.name);
    if (same != other.MemberEnd() && same->value == member.value) continue;
    names += (names.empty() ? "" : ", ") + std::string(member.name.GetString());
  }
  return fmt::format("judged anew, it differs in: {}", names.empty() ? "its form" : names);
}

Result<std::string> binsCsv(series::Store& store, const Entity& place, Bin from, Bin until) {
  std::string text = "time,signal,value,coverage\n";
  const auto infos = store.list({.entity = place});
  if (!infos) return std::unexpected(infos.error());
  for (const series::SeriesInfo& info : *infos) {
    const auto series = store.read(info.key, from, until);
    if (!series) return std::unexpected(series.error());
    Bin bin = from;
    for (const series::Point& point : series->points) {
      if (point.present()) {
        fmt::format_to(std::back_inserter(text), "{},{},{},{:.3f}\n", formatTime(bin.start(series->width)),
                       info.key.signal, point.value, point.coverage);
      }
      bin = bin.next();
    }
  }
  return text;
}

std::string csvCell(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    result += c;
    if (c == '"') result += c;
  }
  return result + '"';
}

// "SHA-256,bytes" of an input, as its note says; "," where there is none.
std::string hashCells(const series::Note* note) {
  rapidjson::Document document;
  if (note != nullptr) document.Parse(note->json.c_str(), note->json.size());
  if (!document.IsObject()) return ",";
  const auto bytes = document.FindMember("bytes");
  const bool known = bytes != document.MemberEnd() && bytes->value.IsUint64();
  return fmt::format("{},{}", textOf(document, "sha256"),
                     known ? std::to_string(bytes->value.GetUint64()) : std::string());
}

// What was read; then, without times, what placed address space.
std::string sourcesCsv(const std::vector<series::Source>& sources, const std::vector<series::Note>& notes) {
  std::map<std::string, const series::Note*> inputs;
  for (const series::Note& note : notes) {
    if (note.kind == "input") inputs[note.name] = &note;
  }
  std::string text = "input,collector,kind,from,until,geo_source,simulation,program,sha256,bytes\n";
  for (const series::Source& one : sources) {
    const auto hash = inputs.find(one.collector + "/" + one.input);
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{},{}\n", csvCell(one.input),
                   csvCell(one.collector), one.kind, formatTime(one.from), formatTime(one.until),
                   csvCell(one.geolocation), csvCell(one.simulation), csvCell(one.program),
                   hashCells(hash == inputs.end() ? nullptr : hash->second));
  }
  for (const series::Note& note : notes) {
    if (note.kind != "map") continue;
    fmt::format_to(std::back_inserter(text), "{},\"\",map,,,,,,{}\n", csvCell(note.name.substr(1)),
                   hashCells(&note));
  }
  return text;
}

std::string parametersJson(const series::StoredIncident& incident, const rapidjson::Document& document,
                           BinWidth width) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto put = [&json](const char* key, const std::string& value) {
    json.Key(key);
    json.String(value.c_str(), static_cast<rapidjson::SizeType>(value.size()));
  };
  json.StartObject();
  put("incident", incident.id);
  json.Key("revision");
  json.Uint(incident.revision);
  put("rule", incident.rule);
  put("parameters_version", textOf(document, "parameters_version"));
  put("program", "nightjar " NIGHTJAR_VERSION);
  put("geo_source", textOf(document, "geo_source"));
  json.Key("bin_seconds");
  json.Int64(width.length().count());
  json.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

Result<void> makeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return std::unexpected(Error{ErrorKind::kIo, error.message(), folder.string()});
  if (!fs::is_empty(folder, error) || error) {
    return std::unexpected(Error{ErrorKind::kConflict, "is not an empty folder", folder.string()});
  }
  return {};
}

// Writes the pages and tables that people read.
Result<void> writeReport(series::Store& store, const series::StoredIncident& incident,
                         const rapidjson::Document& document, const fs::path& folder,
                         const evidence::SecretKey& key) {
  const auto shown = shownBins(incident, store.width());
  if (!shown) return std::unexpected(shown.error());
  const auto chart = chartOf(store, incident);
  if (!chart) return std::unexpected(chart.error());
  const auto png = evidence::toPng(*chart);
  if (!png) return std::unexpected(png.error());
  auto svg = evidence::toSvg(*chart);
  if (!svg) return std::unexpected(svg.error());
  auto sources = store.sources();
  if (!sources) return std::unexpected(sources.error());
  const auto bins = binsCsv(store, incident.entity, shown->from, shown->until);
  if (!bins) return std::unexpected(bins.error());
  const auto notes = store.notes();
  if (!notes) return std::unexpected(notes.error());
  const std::string table = sourcesCsv(*sources, *notes);
  const auto page = evidence::toHtml({incident.json, incident.revision, std::move(*svg), std::move(*sources),
                                      "nightjar " NIGHTJAR_VERSION, evidence::toHex(key.publicKey())});
  if (!page) return std::unexpected(page.error());
  struct File {
    const char* name;
    std::string_view content;
  };
  const std::string parameters = parametersJson(incident, document, store.width());
  for (const File& file :
       {File{"incident.json", incident.json}, File{"report.html", *page}, File{"chart.png", *png},
        File{"bins.csv", *bins}, File{"sources.csv", table}, File{"parameters.json", parameters}}) {
    if (const auto written = write(folder / file.name, file.content); !written) return written;
  }
  return {};
}

Result<void> fill(series::Store& store, const series::StoredIncident& incident,
                  const rapidjson::Document& document, Time judged_until, const std::string& folder,
                  const evidence::SecretKey& key, const GivenUp& given_up) {
  const Bin data_end = Bin::of(judged_until, store.width());
  const std::string bins = (fs::path(folder) / "bins.db").string();
  if (const auto written = writeBins(store, incident.entity, data_end, bins, given_up); !written)
    return written;
  const auto anew = judgeAnew(bins, incident.rule, incident.id, given_up);
  if (!anew) return std::unexpected(anew.error());
  if (*anew != incident.json) {
    return fail(ErrorKind::kUsage,
                fmt::format("incident '{}' cannot be vouched for: {}; `nightjar detect` judges "
                            "the store anew",
                            incident.id, differences(incident.json, *anew)));
  }
  if (const auto written = writeReport(store, incident, document, folder, key); !written) return written;
  return evidence::seal(folder, key);
}

// Takes away what a bundle that came to nothing left: the folder was empty before.
void clearOut(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) fs::remove_all(entry.path(), ignored);
}

}  // namespace

Result<void> writeBundle(series::Store& store, const std::string& id, const std::string& folder,
                         const evidence::SecretKey& key, const GivenUp& given_up) {
  const auto revisions = store.revisions(id);
  if (!revisions) return std::unexpected(revisions.error());
  if (revisions->empty()) return fail(ErrorKind::kUsage, fmt::format("the store holds no incident '{}'", id));
  const series::StoredIncident& incident = revisions->back();
  rapidjson::Document document;
  document.Parse(incident.json.c_str(), incident.json.size());
  const auto judged_until = document.IsObject() ? parseTime(textOf(document, "judged_until"))
                                                : Result<Time>(fail(ErrorKind::kInvalid, ""));
  if (!judged_until) return fail(ErrorKind::kInvalid, fmt::format("incident '{}' cannot be read", id));
  if (const auto made = makeFolder(folder); !made) return made;
  const auto filled = fill(store, incident, document, *judged_until, folder, key, given_up);
  if (!filled) clearOut(folder);
  return filled;
}

Result<Verified> verifyBundle(const std::string& folder) {
  const auto key = evidence::checkSeal(folder);
  if (!key) return std::unexpected(key.error());
  const fs::path root(folder);
  auto published = read(root / "incident.json");
  if (!published) return std::unexpected(published.error());
  rapidjson::Document document;
  document.Parse(published->c_str(), published->size());
  if (!document.IsObject()) {
    return std::unexpected(Error{ErrorKind::kInvalid, "is no incident", (root / "incident.json").string()});
  }
  // A store that is opened may leave files beside itself: not in the bundle.
  const auto scratch = ScratchFolder::make("verify");
  if (!scratch) return std::unexpected(scratch.error());
  const std::string copy = scratch->path() + "/bins.db";
  std::error_code error;
  fs::copy_file(root / "bins.db", copy, error);
  if (error) return std::unexpected(Error{ErrorKind::kIo, error.message(), (root / "bins.db").string()});
  const auto anew = judgeAnew(copy, textOf(document, "rule"), textOf(document, "id"));
  if (!anew) return std::unexpected(anew.error());
  if (*anew != *published) {
    return std::unexpected(
        Error{ErrorKind::kInvalid, differences(*published, *anew), (root / "incident.json").string()});
  }
  return Verified{*key, std::move(*published)};
}

}  // namespace nightjar::app
