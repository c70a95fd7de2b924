#include "app/import_writer.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "app/input_hash.h"
#include "app/source_notes.h"
#include "imports/binning.h"

namespace nightjar::app {
namespace {

// All of what was read, in one batch: all of it is kept, or nothing.
class Writer {
 public:
  Writer(series::Store& store, imports::Intake& intake) : store_(store), intake_(intake) {}

  Result<WrittenImport> run() {
    written_.width = store_.width();
    if (const auto begun = store_.begin(); !begun) return std::unexpected(begun.error());
    auto done = writeSeries();
    if (done) done = writeRecords();
    if (done) done = store_.commit();
    if (!done) {
      store_.rollback();
      return std::unexpected(done.error());
    }
    return std::move(written_);
  }

 private:
  struct Cell {
    Bin bin;
    series::Sample sample;
  };

  Result<void> writeSeries() {
    std::vector<Cell> cells;
    for (const imports::ReadSeries& one : intake_.series()) {
      const auto points = imports::binned(one, store_.width());
      if (points.empty()) continue;
      const auto id = store_.idOf(one.key);
      if (!id) return std::unexpected(id.error());
      double coverage = 0;
      for (const auto& [bin, point] : points) {
        coverage += static_cast<double>(point.coverage);
        cells.push_back({bin, {*id, point}});
      }
      const Bin first = points.front().bin, last = points.back().bin;
      const auto all = static_cast<double>(last.index - first.index + 1);
      written_.lines.push_back({&one, points.size(), coverage / all, first, last});
    }
    std::sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
      return std::tie(a.bin, a.sample.series) < std::tie(b.bin, b.sample.series);
    });
    std::vector<series::Sample> samples;
    for (size_t i = 0; i < cells.size();) {
      const Bin bin = cells[i].bin;
      samples.clear();
      for (; i < cells.size() && cells[i].bin == bin; ++i) samples.push_back(cells[i].sample);
      const auto appended = store_.append(bin, samples);
      if (!appended) return std::unexpected(appended.error());
      written_.appended.added += appended->added;
      written_.appended.replaced += appended->replaced;
      written_.appended.unchanged += appended->unchanged;
    }
    return {};
  }

  Result<void> writeRecords() {
    for (const imports::ReadFile& file : intake_.files()) {
      if (!file.from) continue;
      const series::Source source{.input = file.name,
                                  .collector = {},
                                  .kind = "import",
                                  .from = *file.from,
                                  .until = *file.until,
                                  .geolocation = {},
                                  .simulation = {},
                                  .program = "nightjar " NIGHTJAR_VERSION};
      if (const auto added = store_.addSource(source); !added) return added;
      const auto hash = hashFile(file.name);
      if (!hash) continue;  // what came through a pipe cannot be read again
      const series::Note note = inputNote("input", file.name, "", *file.until, *hash);
      if (const auto kept = store_.putNotes({&note, 1}); !kept) return kept;
    }
    for (const imports::Judgement& judgement : intake_.judgements()) {
      const auto kept = store_.putIncident({judgement.id, 0, judgement.rule, judgement.entity,
                                            judgement.onset, judgement.end, judgement.json});
      if (!kept) return std::unexpected(kept.error());
    }
    return {};
  }

  series::Store& store_;
  imports::Intake& intake_;
  WrittenImport written_;
};

}  // namespace

Result<WrittenImport> writeImport(series::Store& store, imports::Intake& intake) {
  return Writer(store, intake).run();
}

}  // namespace nightjar::app
