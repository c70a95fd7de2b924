#include "report.h"

#include <fmt/format.h>
#include <fmt/os.h>
#include <rapidjson/filewritestream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

namespace nightjar::bench {
namespace {

using Json = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

bool writeFile(const std::string& folder, const std::string& name, const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::ofstream out(folder + "/" + name);
  out << text;
  out.close();
  if (!out) fmt::print(stderr, "cannot write {}/{}\n", folder, name);
  return static_cast<bool>(out);
}

bool writeJson(const std::string& folder, const std::string& name, const std::function<void(Json&)>& fill) {
  rapidjson::StringBuffer buffer;
  Json json(buffer);
  json.SetIndent(' ', 1);
  json.SetMaxDecimalPlaces(5);
  fill(json);
  return writeFile(folder, name, std::string(buffer.GetString(), buffer.GetSize()) + "\n");
}

void put(Json& json, const char* name, double value) {
  json.Key(name);
  json.Double(value);
}

void put(Json& json, const char* name, const std::string& value) {
  json.Key(name);
  json.String(value.c_str(), static_cast<rapidjson::SizeType>(value.size()));
}

void putSummary(Json& json, const Summary& summary) {
  json.StartObject();
  json.Key("events");
  json.Uint64(summary.events);
  json.Key("found");
  json.Uint64(summary.found);
  json.Key("closed_early");
  json.Uint64(summary.absorbed);
  put(json, "onset_error_minutes", summary.onset_minutes);
  put(json, "end_error_minutes", summary.end_minutes);
  put(json, "depth_error", summary.depth_error);
  put(json, "alarm_after_minutes", summary.alarm_minutes);
  json.EndObject();
}

void printRow(std::string_view label, const Summary& one) {
  fmt::print("  {:<26} {:>5} {:>6} {:>6.1f} {:>8} {:>9.0f} {:>9.0f} {:>8.3f} {:>9.0f} {:>8}\n", label,
             one.events, one.found, 100 * one.share(), one.tellable, one.onset_minutes, one.end_minutes,
             one.depth_error, one.alarm_minutes, one.absorbed);
}

// A name that a file may have.
std::string fileName(const RealSeries& series) {
  std::string name = series.set + "-";
  for (const char c : series.place) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) {
      name += c;
    } else if (name.back() != '-') {
      name += '-';
    }
  }
  return name;
}

Time startOf(const series::Series& series, size_t bin) {
  return Bin{series.first.index + static_cast<int64_t>(bin)}.start(series.width);
}

double secondsOf(Time time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace

void printTallies(const std::string& rule, const Tallies& tallies) {
  const Tally& all = tallies.at("");
  const Summary summary = all.summary();
  fmt::print("\n{}: {} false alarms, {:.4f} per series-week\n", rule, summary.false_alarms,
             summary.alarmsPerWeek());
  fmt::print("  {:<26} {:>5} {:>6} {:>6} {:>8} {:>9} {:>9} {:>8} {:>9} {:>8}\n", "events", "are", "found",
             "%", "tellable", "onset min", "end min", "depth", "alarm min", "absorbed");
  for (const EventClass& one : eventClasses()) printRow(one.name, all.summary(one.holds));
  for (const auto& [kind, tally] : tallies) {
    if (kind.empty()) continue;
    printRow(kind, tally.summary());
    const Summary clear = tally.summary(eventClass(kDeepAndLong).holds);
    fmt::print("    {:.4f} false alarms a week; of >= 20 % and >= 3 bins {} of {}, tellable {}\n",
               tally.summary().alarmsPerWeek(), clear.found, clear.events, clear.tellable);
  }
}

void printRealScores(const std::vector<RealScore>& scores) {
  fmt::print("  {:<15} {:<14} {:<12} {:>6} {:>5} {:>12} {:>9} {:>9} {:>8} {:>9}\n", "set", "place", "rule",
             "events", "found", "false a week", "onset min", "end min", "depth", "alarm min");
  std::set<std::pair<std::string, std::string>> shown;  // what has many places is shown as one
  for (const RealScore& one : scores) {
    const bool single =
        one.series->set == "iraq-2023" || one.series->set == "bago-2021" || one.series->place == "nation";
    const std::string place = single ? one.series->place : "(all others)";
    if (!shown.insert({one.series->set + place, one.rule}).second) continue;
    Tally tally;
    for (const RealScore& other : scores) {
      const bool alone = other.series->set == "iraq-2023" || other.series->set == "bago-2021" ||
                         other.series->place == "nation";
      const bool same = single ? other.series == one.series : !alone && other.series->set == one.series->set;
      if (same && other.rule == one.rule) tally.add(other.score);
    }
    const Summary summary = tally.summary();
    fmt::print("  {:<15} {:<14} {:<12} {:>6} {:>5} {:>12.3f} {:>9.0f} {:>9.0f} {:>8.3f} {:>9.0f}\n",
               one.series->set, place, one.rule, summary.events, summary.found, summary.alarmsPerWeek(),
               summary.onset_minutes, summary.end_minutes, summary.depth_error, summary.alarm_minutes);
  }
}

void printTargets(const std::string& title, const std::vector<Target>& targets) {
  fmt::print("\n{}\n", title);
  for (const Target& target : targets) {
    fmt::print("  {:<7} {}: {}\n", target.met ? "met" : "MISSED", target.name, target.outcome);
  }
}

bool writeTallies(const std::string& folder, const std::map<std::string, Tallies>& by_rule) {
  return writeJson(folder, "corpus.json", [&](Json& json) {
    json.StartObject();
    for (const auto& [rule, tallies] : by_rule) {
      json.Key(rule.c_str());
      json.StartObject();
      for (const auto& [kind, tally] : tallies) {
        json.Key(kind.empty() ? "all" : kind.c_str());
        json.StartObject();
        put(json, "series_weeks", tally.summary().weeks);
        put(json, "false_alarms_per_week", tally.summary().alarmsPerWeek());
        json.Key("events");
        json.StartObject();
        for (const EventClass& one : eventClasses()) {
          json.Key(one.name.c_str());
          putSummary(json, tally.summary(one.holds));
        }
        json.EndObject();
        json.EndObject();
      }
      json.EndObject();
    }
    json.EndObject();
  });
}

bool writeCurves(const std::string& folder, const Curves& curves) {
  return writeJson(folder, "curve.json", [&](Json& json) {
    json.StartObject();
    for (const auto& [which, by_rule] : curves) {
      json.Key(which.c_str());
      json.StartObject();
      for (const auto& [rule, curve] : by_rule) {
        json.Key(rule.c_str());
        json.StartArray();
        for (const CurvePoint& point : curve) {
          json.StartObject();
          put(json, "threshold_scale", point.scale);
          put(json, "false_alarms_per_week", point.alarms_per_week);
          put(json, "found", point.found);
          json.EndObject();
        }
        json.EndArray();
      }
      json.EndObject();
    }
    json.EndObject();
  });
}

bool writeRealScores(const std::string& folder, const std::vector<RealScore>& scores) {
  return writeJson(folder, "real.json", [&](Json& json) {
    json.StartArray();
    for (const RealScore& one : scores) {
      json.StartObject();
      put(json, "set", one.series->set);
      put(json, "place", one.series->place);
      put(json, "signal", one.series->sample.series.key.signal);
      put(json, "rule", one.rule);
      Tally tally;
      tally.add(one.score);
      put(json, "false_alarms_per_week", tally.summary().alarmsPerWeek());
      json.Key("events");
      putSummary(json, tally.summary());
      json.Key("anomalies");
      json.StartArray();
      for (const detect::Anomaly& anomaly : one.sayings.anomalies) {
        json.StartObject();
        put(json, "onset", formatTime(anomaly.onset));
        json.Key("end");
        anomaly.end ? json.String(formatTime(*anomaly.end).c_str()) : json.Null();
        put(json, "depth", anomaly.depth());
        json.EndObject();
      }
      json.EndArray();
      json.EndObject();
    }
    json.EndArray();
  });
}

bool writeReliability(const std::string& folder, const std::map<std::string, Reliability>& by_name) {
  return writeJson(folder, "reliability.json", [&](Json& json) {
    json.StartObject();
    for (const auto& [name, reliability] : by_name) {
      json.Key(name.c_str());
      json.StartObject();
      put(json, "brier_score", reliability.brier);
      put(json, "brier_score_of_the_share", reliability.brier_base);
      json.Key("steps");
      json.StartArray();
      for (const Reliability::Step& step : reliability.steps) {
        json.StartObject();
        json.Key("examples");
        json.Uint64(step.examples);
        put(json, "said", step.said);
        put(json, "was", step.was);
        json.EndObject();
      }
      json.EndArray();
      json.EndObject();
    }
    json.EndObject();
  });
}

bool writeTargets(const std::string& folder, const std::vector<Target>& targets) {
  return writeJson(folder, "targets.json", [&](Json& json) {
    json.StartArray();
    for (const Target& target : targets) {
      json.StartObject();
      put(json, "target", target.name);
      put(json, "outcome", target.outcome);
      json.Key("met");
      json.Bool(target.met);
      json.EndObject();
    }
    json.EndArray();
  });
}

bool gnuplot(const std::string& folder, const std::string& name, const std::string& script) {
  if (!writeFile(folder, name + ".gp", script)) return false;
  const std::string command = fmt::format("cd '{}' && gnuplot '{}.gp'", folder, name);
  if (std::system(command.c_str()) == 0)
    return true;  // NOLINT(bugprone-command-processor): our own words only
  fmt::print(stderr, "gnuplot failed on {}/{}.gp\n", folder, name);
  return false;
}

bool plotCurves(const std::string& folder, const Curves& curves) {
  std::string script =
      "set terminal pngcairo size 1800,650 font 'sans,11'\nset output 'curve.png'\n"
      "set multiplot layout 1,3\nset logscale x\nset xrange [0.0005:100]\nset yrange [0:1]\n"
      "set xlabel 'false alarms per series-week'\nset ylabel 'share of events found'\nset grid\nset key "
      "bottom right\n";
  size_t number = 0;
  for (const auto& [which, by_rule] : curves) {
    script += fmt::format("set title '{}'\nplot ", which);
    size_t lines = 0;
    for (const auto& [rule, curve] : by_rule) {
      const std::string file = fmt::format("curve-{}-{}.txt", number, lines++);
      std::string data;
      for (const CurvePoint& point : curve) {
        data += fmt::format("{} {} {}\n", std::max(point.alarms_per_week, 0.0005), point.found, point.scale);
      }
      if (!writeFile(folder, file, data)) return false;
      script += fmt::format("'{}' using 1:2 with linespoints linewidth 2 title '{}', ", file, rule);
    }
    script += "\n";
    ++number;
  }
  return gnuplot(folder, "curve", script);
}

bool plotRealScores(const std::string& folder, const std::vector<RealScore>& scores) {
  std::map<std::string, std::vector<const RealScore*>> by_series;
  for (const RealScore& one : scores) by_series[fileName(*one.series)].push_back(&one);
  std::string script =
      "set terminal pngcairo size 1200,500 font 'sans,10'\nset xdata time\nset timefmt '%s'\n"
      "set format x '%d %b %H:%M'\nset xtics rotate by -30\nset grid\nunset key\nset style fill solid\n";
  for (const auto& [name, rules] : by_series) {
    const series::Series& series = rules.front()->series->sample.series;
    std::string data;
    double top = 1;
    for (size_t i = 0; i < series.points.size(); ++i) {
      const series::Point& point = series.points[i];
      if (point.present()) data += fmt::format("{:.0f} {}\n", secondsOf(startOf(series, i)), point.value);
      top = std::max(top, point.value);
    }
    if (!writeFile(folder, name + ".txt", data)) return false;
    const double lane = top * 0.07;
    script += fmt::format("set output '{0}.png'\nset title '{0}'\nset yrange [{1}:{2}]\n", name,
                          -lane * static_cast<double>(rules.size() + 1), top * 1.05);
    int object = 1;
    for (const Event& event : rules.front()->series->sample.events) {
      script += fmt::format(
          "set object {} rectangle from '{:.0f}',0 to '{:.0f}',{} fillcolor '#ffe0b0' behind\n", object++,
          secondsOf(startOf(series, event.from)), secondsOf(startOf(series, event.until)), top * 1.05);
    }
    for (size_t i = 0; i < rules.size(); ++i) {
      const double low = -lane * (static_cast<double>(i) + 1.4), high = low + lane * 0.6;
      script += fmt::format("set label {} '{}' at graph 0.005, first {} front font 'sans,9'\n", i + 1,
                            rules[i]->rule, (low + high) / 2);
      for (const detect::Anomaly& anomaly : rules[i]->sayings.anomalies) {
        script += fmt::format(
            "set object {} rectangle from '{:.0f}',{} to '{:.0f}',{} fillcolor '{}' front\n", object++,
            secondsOf(anomaly.onset), low, secondsOf(anomaly.end.value_or(series.end().start(series.width))),
            high, rules[i]->rule == "nightjar" ? "#c03020" : "#607080");
      }
    }
    script += fmt::format(
        "plot '{}.txt' using 1:2 with lines linecolor '#2050a0'\nunset object\nunset label\n", name);
  }
  return gnuplot(folder, "real", script);
}

}  // namespace nightjar::bench
