#include "imports/curated_outages.h"

#include <fmt/format.h>

#include <charconv>

#include "base/printable.h"
#include "imports/countries.h"
#include "imports/csv_reader.h"
#include "imports/written_time.h"

namespace nightjar::imports {
namespace {

struct Columns {
  size_t id, begin, end, country, bgp, probing, telescope, scope, cause, confirmation;
};

Result<Columns> columnsOf(const CsvRow& header) {
  const CsvColumns names(header);
  struct Wanted {
    std::string_view name;
    size_t Columns::*field;
  };
  constexpr Wanted kWanted[] = {
      {"ID", &Columns::id},
      {"Begin time", &Columns::begin},
      {"End time", &Columns::end},
      {"Country", &Columns::country},
      {"IODA BGP visible by human", &Columns::bgp},
      {"IODA AP visible by human", &Columns::probing},
      {"IODA IBR visible by human", &Columns::telescope},
      {"Scope (based on granularity at which the outage appears in IODA)", &Columns::scope},
      {"Cause", &Columns::cause},
      {"Confirmation Status", &Columns::confirmation},
  };
  Columns columns{};
  for (const Wanted& wanted : kWanted) {
    const auto at = names.at(wanted.name);
    if (!at) return std::unexpected(at.error());
    columns.*wanted.field = *at;
  }
  return columns;
}

// "TRUE", "True ", "ture"; "N/A" and nothing say nothing.
std::optional<bool> readMark(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text.front() == 'T' || text.front() == 't') return true;
  if (text.front() == 'F' || text.front() == 'f') return false;
  return std::nullopt;
}

bool isNothing(std::string_view text) {
  return text.empty() || text == "N/A" || text == "NA";
}

// "Country", "Region (Zulia)", "AS (8048)".
bool readScope(std::string_view text, CuratedOutage& outage) {
  if (text == "Country") return true;
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return false;
  const std::string_view inside = text.substr(open + 1, close - open - 1);
  if (text.starts_with("Region")) {
    outage.scope = OutageScope::kRegion;
    outage.region = inside;
    return !inside.empty();
  }
  Asn asn;
  const auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), asn.number);
  outage.scope = OutageScope::kNetwork;
  outage.asn = asn;
  return text.starts_with("AS") && error == std::errc() && end == inside.data() + inside.size();
}

class Rows {
 public:
  Rows(const Columns& columns, CuratedOutages& out) : columns_(columns), out_(out) {}

  // The words that drop the row, or nothing.
  std::optional<std::string> take(const CsvRow& row) {
    const auto field = [&row](size_t column) { return fieldOf(row, column).value_or(""); };
    if (row.fields.size() <= columns_.scope) return "columns are missing";
    CuratedOutage outage;
    outage.line = row.line;
    outage.id = field(columns_.id);
    const auto begin = times_.read(field(columns_.begin));
    if (!begin) return "the begin " + begin.error().message;
    outage.begin = *begin;
    tellForm(row);
    if (!isNothing(field(columns_.end))) {
      const auto end = times_.read(field(columns_.end));
      if (!end) return "the end " + end.error().message;
      if (*end < *begin) {
        return fmt::format("ends before it begins: {} to {}", formatTime(*begin), formatTime(*end));
      }
      outage.end = *end;
      tellForm(row);
    }
    outage.country_name = field(columns_.country);
    outage.country = countryOf(outage.country_name).value_or("");
    if (outage.country.empty()) {
      out_.findings.note(lineOf(row.line), quote(outage.country_name) + " is no country that is known");
    }
    if (!readScope(field(columns_.scope), outage)) {
      return fmt::format("the scope {} cannot be read", quote(field(columns_.scope)));
    }
    outage.in_bgp = readMark(field(columns_.bgp));
    outage.in_probing = readMark(field(columns_.probing));
    outage.in_telescope = readMark(field(columns_.telescope));
    outage.cause = field(columns_.cause);
    const std::string_view confirmation = field(columns_.confirmation);
    if (!confirmation.empty()) outage.confirmed = confirmation == "Confirmed";
    out_.outages.push_back(std::move(outage));
    return std::nullopt;
  }

 private:
  void tellForm(const CsvRow& row) {
    if (form_ && *form_ != times_.form() && !told_) {
      out_.findings.note(lineOf(row.line), fmt::format("the form of the times changes, from {} to {}",
                                                       nameOf(*form_), nameOf(times_.form())));
      told_ = true;
    }
    form_ = times_.form();
  }

  const Columns& columns_;
  CuratedOutages& out_;
  TimeReader times_{Seconds(0), DayOrder::kMonthFirst};  // 7/28/2020 among others
  std::optional<TimeForm> form_;
  bool told_ = false;
};

}  // namespace

Result<CuratedOutages> readCuratedOutages(std::string_view text) {
  CuratedOutages out;
  CsvReader reader(text, out.findings);
  CsvRow row;
  const auto header = reader.next(row);
  if (!header) return std::unexpected(header.error());
  if (!*header) return fail(ErrorKind::kInvalid, "has no header of columns");
  const auto columns = columnsOf(row);
  if (!columns) return std::unexpected(columns.error());
  Rows rows(*columns, out);
  for (;;) {
    const auto more = reader.next(row);
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    if (auto trouble = rows.take(row)) out.findings.drop(lineOf(row.line), std::move(*trouble));
  }
  out.rows = out.outages.size() + out.findings.dropped();
  return out;
}

}  // namespace nightjar::imports
