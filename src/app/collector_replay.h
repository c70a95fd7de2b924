// One collector's archive files, merged into one stream of records in order of time.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/inputs.h"
#include "app/record_cursor.h"
#include "routing/view/record_applier.h"

namespace nightjar::app {

// So much damage in one file (some 600 update messages) is a gap in the record; less is told, and no more.
inline constexpr uint64_t kTolerableDamage = 65'536;

// Holes in a collector's record, found by the names of its update files: RIS writes one every 5 minutes,
// RouteViews one every 15.
struct Gap {
  Time from;
  Time until;  // `from` itself when a dump mends it: then only what was seen before is stale
  auto operator<=>(const Gap&) const = default;
};
// `files` are one collector's, in order. Nothing is said of files whose names carry no time.
std::vector<Gap> findGaps(const std::vector<InputFile>& files);

// How files are read: on how many threads, and what is told of trouble.
struct ReadOptions {
  bool readAhead = true;
  size_t filesAhead = 1;  // opened, and inflated as far as their buffers go, before their turn
  std::function<void(const Error&)> onTrouble;
};

struct FileRead {
  InputFile file;
  Time until;  // of its last record
};

class CollectorReplay {
 public:
  // `view` must outlive the object. `files` are in order (planInputs).
  CollectorReplay(view::Visibility& view, const std::string& name, std::vector<InputFile> files,
                  ReadOptions options);

  // The time of what comes next; nothing when all is done.
  std::optional<Time> nextTime();
  // Applies everything before `limit`.
  void applyUntil(Time limit);

  const view::RecordApplier& applier() const { return applier_; }
  // The files that gave at least one record and are used up.
  const std::vector<FileRead>& filesRead() const { return filesRead_; }

 private:
  struct OpenFile {
    InputFile input;
    uint64_t damage = 0;
    Time last;  // of the last record applied
    std::unique_ptr<RecordCursor> cursor;
  };

  void openAhead();
  void startNextFile();
  OpenFile* earliest();
  void applyFile(OpenFile& file, Time limit);
  void applyDump(OpenFile& file);
  void close(OpenFile& file);
  void trouble(OpenFile& file, const RecordCursor::Trouble& trouble);
  std::optional<Time> nextGapMark() const;

  ReadOptions options_;
  view::RecordApplier applier_;
  std::deque<InputFile> waiting_;                                          // not opened yet
  std::deque<std::pair<InputFile, std::unique_ptr<RecordStream>>> ahead_;  // opened, not begun
  std::list<OpenFile> open_;
  std::deque<Time> gapMarks_;  // begins and ends of gaps
  std::vector<FileRead> filesRead_;
  std::string current_;  // path, for findings
};

}  // namespace nightjar::app
