#include "app/mrt_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "app/command.h"
#include "app/options.h"
#include "app/record_stream.h"
#include "routing/feed/codec.h"
#include "routing/feed/source.h"
#include "routing/print/bgpdump_line.h"
#include "routing/print/json_line.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    "Usage: nightjar mrt [-m | -v | -vm | --json] FILE...\n"
    "Prints route archives in MRT format (plain, gzip, bzip2, xz or zstd), one line per route or session "
    "change.\n"
    "\n"
    "  -m         lines as `bgpdump -m` prints them (the default)\n"
    "  -v         say more on standard error: records that are skipped, a last record that is cut short\n"
    "  --json     one JSON object per line; docs/mrt.md lists the fields\n"
    "  -h, --help print this\n"
    "\n"
    "Damage is told on standard error as FILE: byte N: what, and the next record is printed.\n"
    "Exit status: 0 all was read, 1 a file could not be read or was damaged in part, 2 wrong usage.\n";

// Text is handed to the system in pieces of about this size.
constexpr size_t kFlushSize = size_t{1} << 20;
// Of one file at most so many findings are told on standard error; --json prints all of them.
constexpr uint64_t kMostFindingsTold = 100;

struct Formats {
  bool json = false;
  bool verbose = false;
};

// Looks at the first bytes; false for what is no ordinary file, since looking would take them from its
// reader.
bool isCompressed(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  auto source = feed::Source::ofFile(path);
  if (!source) return false;
  const auto head = source->peek(8);
  if (!head || head->empty()) return false;
  for (const auto& codec : {feed::makeGzip(), feed::makeBzip2(), feed::makeXz(), feed::makeZstd()}) {
    if (codec->begins(*head)) return true;
  }
  return false;
}

// Which findings mean that the file itself is broken. The others are what a speaker sent wrong, which the
// archive keeps faithfully, and what Nightjar does not decode.
bool isDamage(wire::FindingKind kind) {
  return kind == wire::FindingKind::kDamage || kind == wire::FindingKind::kSessionReset;
}

// Tells the findings of one file.
class FindingTeller {
 public:
  FindingTeller(const std::string& path, bool verbose) : path_(path), verbose_(verbose) {}
  ~FindingTeller() {
    if (count_ > kMostFindingsTold) {
      complain(
          {ErrorKind::kInvalid, fmt::format("and {} more like these", count_ - kMostFindingsTold), path_});
    }
  }
  FindingTeller(const FindingTeller&) = delete;
  FindingTeller& operator=(const FindingTeller&) = delete;

  void tell(const wire::Finding& finding) {
    damaged_ = damaged_ || isDamage(finding.kind);
    if (finding.kind == wire::FindingKind::kUnsupported && !verbose_) return;
    if (++count_ <= kMostFindingsTold) tell(finding.offset, finding.what);
  }
  void tellTruncated(uint64_t offset) {
    if (verbose_) tell(offset, "the last record is cut short, as in a file that is still being written");
  }
  bool damaged() const { return damaged_; }

 private:
  void tell(uint64_t offset, const std::string& what) {
    if (count_ <= 1) compressed_ = isCompressed(path_);
    const std::string_view of = compressed_ ? " of the decompressed data" : "";
    complain({ErrorKind::kInvalid, fmt::format("byte {}{}: {}", offset, of, what), path_});
  }

  const std::string& path_;
  bool verbose_;
  bool compressed_ = false;
  bool damaged_ = false;
  uint64_t count_ = 0;
};

// Prints the files one after the other.
class ArchivePrinter {
 public:
  explicit ArchivePrinter(Formats formats) : formats_(formats) {}

  // False once standard output takes no more; all other trouble makes failed() true and is told.
  bool printFile(const std::string& path);
  bool failed() const { return failed_; }

 private:
  bool printBlock(const RecordBlock& block, print::RecordPrinter& printer, FindingTeller& teller);
  void printDamage(const wire::Finding& finding, FindingTeller& teller);
  bool flush();

  Formats formats_;
  bool failed_ = false;
  print::TextBuffer out_;
  print::Findings findings_;
};

bool ArchivePrinter::flush() {
  const auto written = writeOutput(out_.view());
  out_.clear();
  if (written) return true;
  complain(written.error());
  failed_ = true;
  return false;
}

void ArchivePrinter::printDamage(const wire::Finding& finding, FindingTeller& teller) {
  if (formats_.json) print::appendFinding(out_, finding, {});
  teller.tell(finding);
}

bool ArchivePrinter::printBlock(const RecordBlock& block, print::RecordPrinter& printer,
                                FindingTeller& teller) {
  auto damage = block.findings.begin();
  bool writable = true;
  block.forEach([&](const wire::MrtRecord& record) {
    if (!writable) return;
    for (; damage != block.findings.end() && damage->offset < record.offset; ++damage)
      printDamage(*damage, teller);
    printer.print(record, out_, findings_);
    for (const wire::Finding& finding : findings_) teller.tell(finding);
    findings_.clear();
    if (out_.size() >= kFlushSize) writable = flush();
  });
  for (; damage != block.findings.end(); ++damage) printDamage(*damage, teller);
  if (block.truncatedTail) teller.tellTruncated(*block.truncatedTail);
  return writable;
}

bool ArchivePrinter::printFile(const std::string& path) {
  auto stream = RecordStream::open(path);
  if (!stream) {
    complain(stream.error());
    failed_ = true;
    return true;
  }
  std::unique_ptr<print::RecordPrinter> printer;
  if (formats_.json) {
    printer = std::make_unique<print::JsonLinePrinter>();
  } else {
    printer = std::make_unique<print::BgpdumpLinePrinter>();
  }
  FindingTeller teller(path, formats_.verbose);
  for (;;) {
    const auto block = (*stream)->next();
    if (!block) {
      complain(block.error());
      failed_ = true;
      break;
    }
    if (*block == nullptr) break;
    if (!printBlock(**block, *printer, teller)) return false;
  }
  failed_ = failed_ || teller.damaged();
  return flush();
}

}  // namespace

int mrtCommand(int argc, char** argv) {
  Formats formats;
  bool lines = false;
  Options options(argv[0], kHelp);
  options.flag("m", lines);
  options.flag("v", formats.verbose);
  options.flag("json", formats.json);
  const auto files = options.read(argc, argv);
  if (lines && formats.json) options.refuse("-m and --json are two formats: choose one");
  if (files.empty()) options.refuse("name at least one file");
  return runWith(options.result(formats), [&](const Formats& chosen) -> Result<int> {
    ArchivePrinter printer(chosen);
    for (auto file = files.begin(); file != files.end() && printer.printFile(*file); ++file) {
    }
    return printer.failed() ? kFailed : kDone;
  });
}

}  // namespace nightjar::app
